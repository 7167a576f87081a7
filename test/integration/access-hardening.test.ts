import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { type Access, openAccess } from '../../dist/access/access.js';
import type { DoorEvent } from '../../dist/access/door.js';
import { guardServer } from '../../dist/access/gate.js';
import { localPath } from '../../dist/access/request.js';
import { cheaply } from '../support/cheap-passwords.ts';
import { askBytes, askRaw, knock, lockSettings, ownerPassword, Visitor } from '../support/doors.ts';
import { type FlowNode, NodeRed } from '../support/node-red.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/until.ts';

describe('what somebody with bad intentions sends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'percept-hardening-'));
  const noted: DoorEvent[] = [];
  let access: Access;
  let server: Server;
  let url: string;
  /** What got past the door, by its path. */
  const inside: string[] = [];

  before(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    access = await openAccess({ folder, port, home: '/dashboard', note: (event) => noted.push(event) }, ownerPassword);
    await access.users.add('mina', 'operator', ownerPassword);
    server = createServer((request, response) => {
      inside.push(`${request.method} ${request.url}`);
      request.resume();
      response.end('inside');
    });
    guardServer(server, access);
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => socket.send('inside'));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await access.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const opened = async (cookie: string): Promise<WebSocket> => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/comms`, { headers: { cookie, origin: url } });
    await once(socket, 'message');
    return socket;
  };
  const closed = (socket: WebSocket): Promise<unknown> =>
    until(() => socket.readyState === WebSocket.CLOSED, { what: 'the socket to close' });

  const host = 'Host: 127.0.0.1';
  const hidden = `GET /flows HTTP/1.1\r\n${host}\r\n\r\n`;
  for (const [what, bytes] of [
    [
      'a length and chunks',
      `POST /access/sign-in HTTP/1.1\r\n${host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    [
      'two lengths',
      `POST /access/sign-in HTTP/1.1\r\n${host}\r\nContent-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    ],
    [
      'chunks that are none',
      `POST /access/sign-in HTTP/1.1\r\n${host}\r\nTransfer-Encoding: xchunked\r\n\r\n${hidden}`,
    ],
    [
      'chunks written oddly',
      `POST /access/sign-in HTTP/1.1\r\n${host}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    [
      'chunks twice',
      `POST /access/sign-in HTTP/1.1\r\n${host}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    ['a header over two lines', `GET /access/sign-in HTTP/1.1\r\n${host}\r\nX: a\r\n Cookie: b\r\n\r\n${hidden}`],
    ['line ends without CR', `GET /access/sign-in HTTP/1.1\n${host}\n\n${hidden}`],
    ['one request after another', `GET /access/sign-in HTTP/1.1\r\n${host}\r\n\r\n${hidden}`],
    [
      'a body that a GET has not',
      `GET /access/sign-in HTTP/1.1\r\n${host}\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}${hidden}`,
    ],
    [
      'an upgrade that is none',
      `GET /flows HTTP/1.1\r\n${host}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n${hidden}`,
    ],
    ['a way through', `CONNECT 127.0.0.1:80 HTTP/1.1\r\n${host}\r\n\r\n${hidden}`],
    ['no version', 'GET /flows\r\n\r\n'],
    ['an old version', 'GET /flows HTTP/1.0\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['every path', `OPTIONS * HTTP/1.1\r\n${host}\r\n\r\n`],
  ] as const) {
    test(`nothing is smuggled past: ${what}`, async () => {
      const before = inside.length;
      const answer = await askBytes(url, bytes);
      assert.doesNotMatch(answer, /inside/);
      assert.deepEqual(inside.slice(before), []);
    });
  }

  test('a form without end, and headers without end, end', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: url };
    const body = `name=owner&password=${'x'.repeat(3_000_000)}`;
    const ended = await askRaw(url, '/access/sign-in', { method: 'POST', headers, body }).catch(() => undefined);
    assert.ok(ended === undefined || ended.status === 401);
    assert.equal((await askRaw(url, '/', { headers: { cookie: 'y'.repeat(20_000) } })).status, 431);
    assert.equal((await new Visitor(url).signIn('owner', ownerPassword)).status, 303, 'and the door still opens');
  });

  test('nobody is led elsewhere', async () => {
    for (const next of [
      ...['//evil.example', '/\\evil.example', '/\t/evil.example', '/\n/evil.example', '\\\\evil.example'],
      ...['https://evil.example', 'javascript:alert(1)', '/.//evil.example', '/x/..//evil.example', '/access/sign-out'],
      ...['/%2e//evil.example', ' /x', '', 'x', '/access/../access/sign-out'],
    ])
      assert.equal(localPath(next, '/home'), '/home', next);
    assert.equal(localPath('/dashboard/펌프?a=1#b', '/home'), '/dashboard/%ED%8E%8C%ED%94%84?a=1#b');
    const evil = { host: 'evil.example', accept: 'text/html', 'x-forwarded-host': 'evil.example' };
    const { status, headers } = await askRaw(url, '/dashboard', { headers: evil });
    assert.deepEqual([status, headers.location], [302, '/access/sign-in?next=%2Fdashboard']);
  });

  test('a session from before signing in is not taken over, and ends', async () => {
    const attacker = new Visitor(url);
    await attacker.signIn('mina', ownerPassword);
    const given = attacker.cookie;
    const victim = new Visitor(url, given);
    await victim.signIn('owner', ownerPassword);
    assert.notEqual(victim.cookie, given);
    assert.equal((await attacker.ask('/flows')).status, 401);
    const made = new Visitor(url, `${given.split('=')[0]}=${'B'.repeat(43)}`);
    await made.signIn('owner', ownerPassword);
    assert.doesNotMatch(made.cookie, /BBBB/);
  });

  test('whoever else is signed in with the old password is out when it changes, sockets and all', async () => {
    const [here, there] = [new Visitor(url), new Visitor(url)];
    await here.signIn('mina', ownerPassword);
    await there.signIn('mina', ownerPassword);
    const [mine, theirs] = [await opened(here.cookie), await opened(there.cookie)];
    const changed = { current: ownerPassword, chosen: 'other words of mine' };
    assert.equal((await here.post('/access/password', changed)).status, 303);
    await closed(theirs);
    await closed(mine);
    assert.equal((await there.ask('/flows')).status, 401);
    assert.equal((await here.ask('/flows')).status, 200);
    const again = await opened(here.cookie);
    await here.post('/access/sign-out', {});
    await closed(again);
  });

  test('who loses the role that opened a socket loses the socket', async () => {
    await access.users.add('kim', 'operator', ownerPassword);
    const kim = new Visitor(url);
    await kim.signIn('kim', ownerPassword);
    const socket = await opened(kim.cookie);
    access.users.setRole('kim', 'viewer');
    // looked at when anybody leaves, and each half minute
    const other = new Visitor(url);
    await other.signIn('owner', ownerPassword);
    await other.post('/access/sign-out', {});
    await closed(socket);
    assert.equal((await kim.ask('/api/read')).status, 200, 'the session goes on, with what is left');
  });

  test('without TLS nobody’s word makes it so, and without a proxy nobody’s word says who asks', async () => {
    noted.length = 0;
    const forged = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9', forwarded: 'proto=https' };
    const visitor = new Visitor(url);
    const answer = await visitor.post('/access/sign-in', { name: 'owner', password: ownerPassword }, forged);
    assert.doesNotMatch(answer.headers.get('set-cookie') ?? '', /Secure/);
    assert.equal(answer.headers.get('strict-transport-security'), null);
    assert.equal(noted.at(-1)?.address, '127.0.0.1');
  });

  test('a name that nobody has takes as long as one that somebody has, and does not reach the log', async () => {
    noted.length = 0;
    // processor time of the server, which is in this process: what else the machine does is not in it
    const spent = { known: [] as number[], unknown: [] as number[] };
    for (let i = 0; i < 4; i++)
      for (const [kind, name] of [
        ['known', 'owner'],
        ['unknown', 'hunter2 is my password'],
      ] as const) {
        const began = process.cpuUsage();
        assert.equal((await new Visitor(url).signIn(name, 'a wrong guess')).status, 401);
        spent[kind].push(process.cpuUsage(began).user);
      }
    const ratio = Math.min(...spent.unknown) / Math.min(...spent.known);
    assert.ok(ratio > 0.5 && ratio < 2, String(ratio));
    assert.deepEqual([...new Set(noted.map(({ user }) => user))].sort(), ['', 'owner']);
  });

  test('who guesses at a name keeps its owner out of no browser that knows them', async (t) => {
    cheaply(t);
    await access.users.add('lee', 'viewer', ownerPassword);
    const [known, stranger] = [new Visitor(url), new Visitor(url)];
    await known.signIn('lee', ownerPassword);
    await known.post('/access/sign-out', {});
    for (let i = 0; i < 6; i++) await stranger.signIn('lee', 'a wrong guess');
    assert.equal((await stranger.signIn('lee', ownerPassword)).status, 429);
    assert.equal((await known.signIn('lee', ownerPassword)).status, 303);
    const thief = new Visitor(url, known.device);
    for (let i = 0; i < 5; i++)
      assert.equal((await thief.signIn('lee', 'a wrong guess')).status, 401, 'it opens nothing');
    assert.equal((await thief.signIn('lee', ownerPassword)).status, 429, 'and does not guess for ever');
    assert.equal((await thief.signIn('mina', ownerPassword)).status, 401, 'nor at other names');
  });

  test('whoever knocks without end is answered, and fills no log', async (t) => {
    cheaply(t);
    noted.length = 0;
    const statuses = new Set<number>();
    for (let i = 0; i < 100; i++) statuses.add((await new Visitor(url).signIn(`guess${i}`, 'a wrong guess')).status);
    assert.ok(statuses.has(429));
    assert.ok(noted.length <= 60, String(noted.length));
  });
});

test('a WebSocket that comes before any request finds the door closed', async () => {
  const port = await freePort();
  const flow: FlowNode[] = [
    { id: 'f1', type: 'tab', label: 'doors' },
    { id: 'f2', z: 'f1', type: 'websocket in', server: 'f3', wires: [[]] },
    { id: 'f3', type: 'websocket-listener', path: '/ws/live', wholemsg: 'false' },
  ];
  const nodeRed = await NodeRed.start({ port, flow, settings: lockSettings(port) });
  try {
    const at = nodeRed.url.replace('http', 'ws');
    await until(() => nodeRed.log.includes('Server now running'), { what: 'the server' });
    for (const path of ['/ws/live', '/comms', '/other']) assert.equal(await knock(at + path, {}), '401', path);
  } finally {
    await nodeRed.stop();
  }
});
