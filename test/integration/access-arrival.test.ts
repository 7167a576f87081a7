import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Access, openAccess } from '../../dist/access/access.js';
import { Visitor } from '../support/doors.ts';
import { freePort } from '../support/ports.ts';

const html = { accept: 'text/html' };

function hasOpenssl(): boolean {
  return spawnSync('openssl', ['version']).status === 0;
}

function certificate(folder: string): { key: Buffer; cert: Buffer } {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-keyout', key, '-out', cert, '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ],
    { stdio: 'ignore' },
  );
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

describe('the first owner', () => {
  const folder = mkdtempSync(join(tmpdir(), 'percept-arrival-'));
  let access: Access;
  let server: Server;
  let url: string;

  before(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    access = await openAccess({ folder, port, home: '/dashboard/overview' });
    server = createServer((request, response) => access.middleware(request, response, () => response.end('inside')));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await access.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('comes in by the printed address, once', async () => {
    const browser = new Visitor(url);
    const address = access.startAddress('/dashboard/one');
    const arrived = await browser.ask(address, { headers: html });
    assert.equal(arrived.headers.get('location'), '/dashboard/one');
    assert.equal(await (await browser.ask('/dashboard/one')).text(), 'inside');
    const other = await new Visitor(url).ask(address, { headers: html });
    assert.equal(other.status, 401);
    assert.match(await other.text(), /has been used, or is too old/);
    const reloaded = await browser.ask(address, { headers: html });
    assert.equal(reloaded.headers.get('location'), '/dashboard/one', 'a reload in the same browser goes on');
  });

  test('with the one-time password finds nothing open but the page to choose another', async () => {
    const browser = new Visitor(url);
    const sent = await browser.signIn('owner', access.firstPassword ?? '');
    assert.equal(sent.headers.get('location'), '/access/password?next=%2Fdashboard%2Foverview');
    assert.equal((await browser.ask('/flows')).status, 403);
    assert.equal(
      (await browser.ask('/dashboard', { headers: html })).headers.get('location')?.split('?')[0],
      '/access/password',
    );
    const weak = await browser.post('/access/password', { chosen: 'short' });
    assert.match(await weak.text(), /ten characters or more/);
    const before = browser.cookie;
    const chosen = await browser.post('/access/password', { chosen: 'words of my own', next: '/dashboard/two' });
    assert.equal(chosen.headers.get('location'), '/dashboard/two');
    assert.equal(await (await browser.ask('/flows')).text(), 'inside');
    assert.equal(
      (await new Visitor(url, before).ask('/flows')).status,
      401,
      'what was open under the old password is closed',
    );
    assert.equal((await new Visitor(url).signIn('owner', access.firstPassword ?? '')).status, 401);
  });

  test('changes the password only by the present one', async () => {
    const browser = new Visitor(url);
    await browser.signIn('owner', 'words of my own');
    const refused = await browser.post('/access/password', { current: 'guess', chosen: 'other words of mine' });
    assert.equal(refused.status, 400);
    const page = await (await browser.ask('/access/password')).text();
    assert.match(page, /name="current"/);
    await browser.post('/access/password', { current: 'words of my own', chosen: 'other words of mine' });
    assert.equal((await new Visitor(url).signIn('owner', 'other words of mine')).status, 303);
  });

  test('is not made again at the next start', async () => {
    const again = await openAccess({ folder, port: 1 });
    assert.equal(again.firstPassword, undefined);
    assert.equal(again.users.list().length, 1);
    await again.close();
  });

  test('reads the pages in their own language, and text from outside is only text', async () => {
    const korean = await new Visitor(url).ask('/access/sign-in', { headers: { 'accept-language': 'ko-KR,ko;q=0.9' } });
    assert.match(await korean.text(), /<h1>Percept 로그인<\/h1>/);
    const name = '"><script>alert(1)</script>';
    const page = await (await new Visitor(url).signIn(name, 'some password')).text();
    assert.doesNotMatch(page, /<script/);
    assert.match(page, /&#34;&#62;&#60;script/);
  });

  test('odd paths and forms end in an answer, not in a crash', async () => {
    const browser = new Visitor(url);
    for (const path of ['//', '/%', '/access/%zz', '/access/sign-in?next=%E0%A4%A', '/access/callback?code=1&state=2'])
      assert.ok((await browser.ask(path)).status >= 200, path);
    const large = await browser.post('/access/sign-in', { name: 'owner', password: 'x'.repeat(20_000) });
    assert.equal(large.status, 401);
    assert.equal((await browser.ask('/access/sign-in', { method: 'POST', body: '{"name":"owner"}' })).status, 401);
    assert.equal((await browser.ask('/access/me')).status, 401);
  });
});

test('with a certificate of its own, cookies are for TLS alone and browsers come back by TLS', {
  skip: !hasOpenssl(),
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'percept-arrival-'));
  const port = await freePort();
  const access = await openAccess({ folder, port }, 'words of my own');
  const { key, cert } = certificate(folder);
  const server = createTlsServer({ key, cert }, (request, response) =>
    access.middleware(request, response, () => response.end('inside')),
  );
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await access.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: `https://127.0.0.1:${port}` };
    const asking = request({
      port,
      host: '127.0.0.1',
      ca: cert,
      path: '/access/sign-in',
      method: 'POST',
      headers,
      agent: false,
    });
    asking.once('response', resolve).once('error', reject);
    asking.end('name=owner&password=words+of+my+own');
  });
  answer.resume();
  assert.equal(answer.statusCode, 303);
  assert.match(answer.headers['set-cookie']?.[0] ?? '', /; HttpOnly; SameSite=Lax; Path=\/; Max-Age=\d+; Secure$/);
  assert.match(answer.headers['strict-transport-security'] ?? '', /max-age/);
});

test('behind a proxy that ends TLS, cookies are for TLS alone and the origin is the public one', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'percept-arrival-'));
  const port = await freePort();
  const addresses: string[] = [];
  const access = await openAccess(
    { folder, port, publicUrl: 'https://plant.example', note: ({ address }) => addresses.push(address) },
    'words of my own',
  );
  const server = createServer((request, response) =>
    access.middleware(request, response, () => response.end('inside')),
  );
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await access.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const browser = new Visitor(`http://127.0.0.1:${port}`);
  const form = { name: 'owner', password: 'words of my own' };
  assert.equal((await browser.post('/access/sign-in', form)).status, 403, 'the inner address is another origin');
  const sent = { origin: 'https://plant.example', 'x-forwarded-for': '198.51.100.1, 203.0.113.9' };
  const response = await browser.post('/access/sign-in', form, sent);
  assert.deepEqual(addresses, ['203.0.113.9'], 'what the proxy has seen, not what it was told');
  assert.match(response.headers.get('set-cookie') ?? '', new RegExp(`^__Host-percept_${port}=.*; Secure$`));
  assert.match(response.headers.get('strict-transport-security') ?? '', /max-age/);
});
