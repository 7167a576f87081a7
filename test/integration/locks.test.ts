import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { type Locks, makeLocks } from '../../dist/access/locks.js';

const folder = mkdtempSync(join(tmpdir(), 'percept-locks-'));
let server: Server;
let sockets: WebSocketServer;
let locks: Locks;
let url: string;

before(async () => {
  locks = makeLocks(join(folder, 'key'), 1880);
  server = createServer((request, response) => locks.middleware(request, response, () => response.end('inside')));
  server.on('upgrade', locks.guardUpgrades);
  sockets = new WebSocketServer({ server });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
after(() => {
  sockets.close();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function cookie(): Promise<string> {
  const response = await fetch(`${url}/page?key=${locks.key}&a=1`, { redirect: 'manual' });
  assert.equal(response.headers.get('location'), '/page?a=1');
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

test('without the key every route gives 401 and says where the key is', async () => {
  for (const path of ['/', '/flows', '/dashboard/overview', '/?key=wrong', '/?key=']) {
    const response = await fetch(url + path);
    assert.equal(response.status, 401, path);
    assert.match(await response.text(), /carries the key/);
  }
});

test('the printed address is exchanged for a cookie that scripts cannot read, and the key leaves the address', async () => {
  const response = await fetch(`${url}/?key=${locks.key}`, { redirect: 'manual' });
  assert.match(response.headers.get('set-cookie') ?? '', /HttpOnly; SameSite=Lax/);
  assert.doesNotMatch(response.headers.get('set-cookie') ?? '', new RegExp(locks.key));
  assert.equal(await (await fetch(url, { headers: { cookie: await cookie() } })).text(), 'inside');
});

test('a tool may send the key as a bearer token', async () => {
  const response = await fetch(`${url}/flows`, { method: 'POST', headers: { authorization: `Bearer ${locks.key}` } });
  assert.equal(response.status, 200);
});

test("another site's page cannot use the browser's cookie to write", async () => {
  const headers = { cookie: await cookie(), origin: 'https://evil.example' };
  assert.equal((await fetch(url, { method: 'POST', headers })).status, 401);
});

test('a WebSocket needs the cookie and the same origin', async () => {
  const attempt = (headers: Record<string, string>): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url.replace('http', 'ws'), { headers });
      socket.once('open', () => {
        socket.terminate();
        resolve('open');
      });
      socket.once('error', () => resolve('refused'));
    });
  const session = await cookie();
  assert.equal(await attempt({}), 'refused');
  assert.equal(await attempt({ cookie: 'percept_1880=guess' }), 'refused');
  assert.equal(await attempt({ cookie: session, origin: 'https://evil.example' }), 'refused');
  assert.equal(await attempt({ cookie: session, origin: url }), 'open');
});

test("the dashboard's Socket.IO lock asks for the same", async () => {
  const verdict = (headers: Record<string, string>): unknown => {
    let given: unknown = 'not called';
    locks.ioMiddleware({ request: { headers } as never }, (error) => {
      given = error?.message ?? 'open';
    });
    return given;
  };
  const session = await cookie();
  assert.equal(verdict({}), 'locked');
  assert.equal(verdict({ cookie: session, host: 'a', origin: 'http://b' }), 'locked');
  assert.equal(verdict({ cookie: session, host: 'a', origin: 'http://a' }), 'open');
});

test('the key lies in a file that only its owner reads, and stays the same', () => {
  assert.equal(statSync(join(folder, 'key')).mode & 0o777, 0o600);
  assert.equal(makeLocks(join(folder, 'key'), 1880).key, locks.key);
});
