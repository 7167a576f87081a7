import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import test from 'node:test';
import { addressOf, Proxies } from '../../dist/access/address.js';
import { Attempts } from '../../dist/access/attempts.js';
import { changeIn } from '../../dist/access/changes.js';
import { Journeys, journeyMs } from '../../dist/access/journeys.js';

const from = (remoteAddress: string, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as IncomingMessage;

for (const [what, request, proxies, address] of [
  ['an address', from('192.168.1.7'), undefined, '192.168.1.7'],
  ['IPv4 in IPv6', from('::ffff:192.168.1.7'), undefined, '192.168.1.7'],
  ['a whole network of IPv6', from('2001:db8:1:2:3:4:5:6'), undefined, '2001:db8:1:2'],
  ['a network of IPv6 that is written short', from('2001:db8::5'), undefined, '2001:db8:0:0'],
  ['a link of this machine', from('fe80::1%eth0'), undefined, 'fe80:0:0:0'],
  ['whoever says so, without a proxy', from('127.0.0.1', '203.0.113.9'), undefined, '127.0.0.1'],
  ['who asked the proxy here', from('127.0.0.1', '203.0.113.9'), new Proxies(), '203.0.113.9'],
  ['who asked, and what they made up', from('::1', '10.0.0.1, 203.0.113.9'), new Proxies(), '203.0.113.9'],
  ['a stranger beside the proxy', from('192.168.1.7', '203.0.113.9'), new Proxies(), '192.168.1.7'],
  ['a proxy elsewhere', from('172.17.0.2', '203.0.113.9'), new Proxies(['172.16.0.0/12']), '203.0.113.9'],
  ['a proxy of one address', from('fd00::2', '2001:db8::5'), new Proxies(['fd00::2']), '2001:db8:0:0'],
  ['nonsense from a proxy', from('127.0.0.1', 'unknown'), new Proxies(), '127.0.0.1'],
] as const) {
  test(`who asks: ${what}`, () => {
    assert.equal(addressOf(request, proxies), address);
  });
}

test('a proxy that is no address is refused', () => {
  for (const bad of ['x', '10.0.0.0/99', '']) assert.throws(() => new Proxies([bad]), bad);
});

test('who guesses at one name from many addresses is stopped', async () => {
  const attempts = new Attempts();
  let tries = 0;
  const guess = async (): Promise<void> => {
    for (; tries < 1000; tries++) await attempts.begin('owner', `10.0.${tries % 200}.1`);
  };
  await assert.rejects(guess(), { code: 'access-too-often' });
  assert.equal(tries, 100);
});

test('a journey to the identity provider opens where it was sealed, as it was, in time', () => {
  const [ours, others] = [new Journeys(), new Journeys()];
  const journey = { state: 's', nonce: 'n', verifier: 'v' };
  const sealed = ours.seal(journey, '/dashboard', 1000);
  assert.deepEqual(ours.open(sealed, 2000), { ...journey, next: '/dashboard', until: 1000 + journeyMs });
  assert.equal(ours.open(sealed, 1001 + journeyMs), undefined);
  assert.equal(others.open(sealed, 2000), undefined);
  for (const changed of [sealed.slice(0, -2), `A${sealed.slice(1)}B`, '', 'x', sealed.slice(0, 30), '한글'])
    assert.equal(ours.open(changed, 2000), undefined, changed);
  assert.ok(ours.seal(journey, `/${'x'.repeat(5000)}`).length < 1000, 'a cookie has room for it');
});

const user = { username: 'mina', permissions: ['read'] };
for (const [what, entry, change] of [
  [
    'a deploy',
    { level: 98, event: 'flows.set', type: 'full', user, ip: '10.0.0.1', path: '/flows' },
    {
      action: 'changed',
      user: 'mina',
      address: '10.0.0.1',
      what: 'flows.set',
      detail: { type: 'full', path: '/flows' },
    },
  ],
  [
    'a node that was installed',
    { level: 98, event: 'nodes.install', module: 'm', version: '1', url: 'https://u:p@x', user, ip: '' },
    { action: 'changed', user: 'mina', address: '', what: 'nodes.install', detail: { module: 'm', version: '1' } },
  ],
  [
    'a try without permission',
    { level: 98, event: 'permission.fail', permissions: 'flows.write', user, ip: '' },
    { action: 'denied', user: 'mina', address: '', what: 'permission.fail', detail: { permissions: 'flows.write' } },
  ],
  ['a look at the flows', { level: 98, event: 'flows.get', user }, undefined],
  ['the editor’s own settings', { level: 98, event: 'settings.update', username: 'mina', user }, undefined],
  ['a project that is listed', { level: 98, event: 'projects.list', user }, undefined],
  ['what a node says', { level: 40, msg: 'flows.set' }, undefined],
] as const) {
  test(`the log of changes and ${what}`, () => {
    assert.deepEqual(changeIn(entry), change);
  });
}
