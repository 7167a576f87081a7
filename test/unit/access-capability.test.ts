import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import test from 'node:test';
import { capabilities } from '../../dist/access/capability.js';

const token = 'A-b_9'.repeat(10);

function asks(method: string, url: string, root = '/'): boolean {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method, url });
  return capabilities(root)(request);
}

test('the page of a link and its pictures are let through', () => {
  for (const method of ['GET', 'HEAD', 'POST']) assert.ok(asks(method, `/percept/alert/${token}`), method);
  for (const method of ['GET', 'HEAD']) assert.ok(asks(method, `/percept/alert/${token}/evidence/3`), method);
  assert.ok(asks('GET', `/percept/alert/${token}?utm_source=mail`));
  assert.ok(asks('GET', `/base/percept/alert/${token}`, '/base'));
  assert.ok(asks('GET', `/base/percept/alert/${token}`, 'base/'));
});

test('nothing else is, however it is written', () => {
  const others = [
    '/percept/alert/short',
    `/percept/alert/${token}/test`,
    `/percept/alert/${token}/`,
    `/percept/alert/${token}/evidence/`,
    `/percept/alert/${token}/evidence/100`,
    `/percept/alert/${token}/../../flows`,
    `/flows/../percept/alert/${token}`,
    `//percept/alert/${token}`,
    `/percept//alert/${token}`,
    `/percept/alert/%2e%2e%2f${token}`,
    `/percept/alert/${token}%2f..`,
    `/percept\\alert/${token}`,
    `/PERCEPT/alert/${token}`,
    `http://elsewhere/percept/alert/${token}`,
    `/flows?x=/percept/alert/${token}`,
    `/percept/alert/${token}\n`,
    `/percept/bucket/${token}`,
    '/',
    '',
  ];
  for (const url of others) assert.ok(!asks('GET', url), url);
  assert.ok(!asks('GET', `/percept/alert/${token}`, '/base'));
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'CONNECT'])
    assert.ok(!asks(method, `/percept/alert/${token}`), method);
  assert.ok(!asks('POST', `/percept/alert/${token}/evidence/3`));
});
