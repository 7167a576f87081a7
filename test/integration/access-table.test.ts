import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openDatabase } from '../../dist/access/database.js';
import { Sessions } from '../../dist/access/sessions.js';
import { Users } from '../../dist/access/users.js';
import { Demo } from '../support/demo.ts';
import { askRaw, knock, ownerPassword, PageChannel, type RawAnswer, Visitor } from '../support/doors.ts';
import type { FlowNode } from '../support/node-red.ts';
import { type Entrance, entrancesOf, recording, registeredIn } from '../support/registered.ts';
import { until } from '../support/until.ts';

/** What Node-RED's editor shows to anybody who is signed in: its own files, words and icons. A route that is not here is closed to viewers. */
const shownToViewers = [
  ...['/auth/login', '/icons/x/x', '/icons/x/x/x', '/locales/editor', '/theme', '/debug/view/view.html'],
  ...['/dashboard', '/dashboard/_setup', '/dashboard/_debug/datastore/x', '/dashboard/_debug/statestore/x'],
  ...['/dashboard/manifest.webmanifest', '/dashboard/x', '/percept/phone', '/api/read'],
];
/** What operators may do in the editor: give back a token of their own, and try a decoder on a message of their own. */
const doneByOperators = ['/auth/revoke', '/percept/sensor-in/try', '/api/write'];

/** Below its path the dashboard answers with its own page, whatever was asked for. */
const inDashboard = (method: string, path: string): boolean => method === 'HEAD' && path.startsWith('/dashboard/');

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);

describe('every route and socket of the demo, as it has registered them', { concurrency: false }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'percept-doors-'));
  const file = join(folder, 'doors.json');
  let demo: Demo;
  let entrances: Entrance[] = [];
  const cookies = new Map<string, string>();

  const ask = (
    { method, path }: Entrance,
    cookie: string | undefined,
    headers: Record<string, string> = {},
  ): Promise<RawAnswer> => {
    const writes = ['POST', 'PUT', 'PATCH'].includes(method);
    return askRaw(demo.url, path, {
      method,
      headers: {
        ...(cookie ? { cookie } : {}),
        ...(reads.has(method) ? {} : { origin: demo.url }),
        ...(writes ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(writes ? { body: '{}' } : {}),
    });
  };
  /** Asks at all of them; @returns those whose answer is not as it should be, to be read in the failure */
  const wrong = async (
    list: readonly Entrance[],
    cookie: string | undefined,
    right: (status: number, entrance: Entrance) => boolean,
    headers?: Record<string, string>,
  ): Promise<string[]> => {
    const found: string[] = [];
    const left = [...list];
    const some = async (): Promise<void> => {
      for (let one = left.shift(); one; one = left.shift()) {
        const { status } = await ask(one, cookie, headers);
        if (!right(status, one)) found.push(`${one.method} ${one.path}: ${status}`);
      }
    };
    await Promise.all(Array.from({ length: 6 }, some));
    return found;
  };

  /** The demo's flows, and beside them what they may not hold: whatever of ours serves something, and what flows may open. */
  const deployMore = async (): Promise<void> => {
    const owner = new Visitor(demo.url);
    await owner.signIn('owner', ownerPassword);
    const flows = (await (await owner.ask('/flows')).json()) as FlowNode[];
    const store = flows.find(({ type }) => type === 'percept-store')?.id;
    const has = (wanted: string): boolean => flows.some(({ type }) => type === wanted);
    const more: FlowNode[] = [
      { id: 'aa1', type: 'tab', label: 'doors' },
      { id: 'aa2', z: 'aa1', type: 'percept-alert', version: 1, store, steps: [], wires: [[], [], []] },
      { id: 'aa3', z: 'aa1', type: 'percept-phone', version: 1, store, channel: 'push', wires: [[], []] },
      { id: 'aa4', type: 'percept-channel', version: 1, kind: 'webhook', url: 'http://127.0.0.1:9/', name: 'c' },
      { id: 'aa5', z: 'aa1', type: 'http in', url: '/api/read', method: 'get', wires: [['aa7']] },
      { id: 'aa6', z: 'aa1', type: 'http in', url: '/api/write', method: 'post', wires: [['aa7']] },
      { id: 'aa7', z: 'aa1', type: 'http response', wires: [] },
      { id: 'aa8', z: 'aa1', type: 'websocket in', server: 'aa9', wires: [[]] },
      { id: 'aa9', type: 'websocket-listener', path: '/ws/live', wholemsg: 'false' },
    ];
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify([...flows, ...more.filter(({ type }) => type !== 'percept-phone' || !has(type))]);
    assert.equal((await owner.ask('/flows', { method: 'POST', headers, body })).status, 204);
    await until(async () => (await owner.ask('/api/read')).status === 200, { what: 'the new flows' });
  };

  before(async () => {
    const given = recording(file);
    const was = Object.keys(given).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, given);
    try {
      demo = await Demo.start();
    } finally {
      for (const [name, value] of was) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
    await deployMore();
    const { routes } = await registeredIn(demo.pid, file);
    const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'];
    const known = entrancesOf(routes.filter(({ method }) => methods.includes(method)));
    const paths = [...new Set(known.map(({ path }) => path))];
    // each path also with what nobody has registered for it
    const others = paths.flatMap((path) => ['HEAD', 'OPTIONS', 'TRACE', 'POST'].map((method) => ({ method, path })));
    entrances = [...new Map([...known, ...others].map((one) => [`${one.method} ${one.path}`, one])).values()];

    const database = openDatabase(join(demo.userDir, 'access.sqlite'));
    const users = new Users(database);
    await users.add('viewer', 'viewer', ownerPassword);
    await users.add('operator', 'operator', ownerPassword);
    const made = await users.add('newcomer', 'owner');
    for (const who of ['viewer', 'operator', 'owner', 'leaver', 'newcomer']) {
      const visitor = new Visitor(demo.url);
      const name = who === 'leaver' ? 'owner' : who;
      await visitor.signIn(name, who === 'newcomer' ? (made ?? '') : ownerPassword);
      cookies.set(who, visitor.cookie);
      // the copy that a thief has made stays in the list
      if (who === 'leaver') await visitor.post('/access/sign-out', {});
    }
    const name = (cookies.get('owner') ?? '').split('=')[0];
    const old = new Sessions(database, () => Date.now() - 13 * 3_600_000);
    cookies.set('expired', `${name}=${old.begin({ user: 'owner', role: 'owner' }, { local: true })}`);
    cookies.set('forged', `${name}=${'A'.repeat(43)}`);
    cookies.set('odd', `${name}=%00; ${name}x=1; =; ${'y'.repeat(3000)}=1`);
    database.close();
  });
  after(async () => {
    await demo?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the list is the whole house: editor, admin API, dashboard, our own', () => {
    const all = entrances.map(({ method, path }) => `${method} ${path}`);
    for (const one of [
      ...['GET /', 'POST /flows', 'GET /settings', 'POST /nodes', 'GET /credentials/x/x', 'GET /diagnostics'],
      ...['GET /dashboard/x', 'GET /dashboard/_debug/datastore/x', 'POST /inject/x', 'POST /percept/alert/x/test'],
      ...['GET /percept/metrics', 'GET /percept/phone', 'POST /percept/phone/x', 'GET /percept/alert/x'],
      ...['POST /percept/channel/x/test', 'GET /api/read', 'POST /api/write'],
    ])
      assert.ok(all.includes(one), one);
    assert.ok(all.length > 200, String(all.length));
  });

  test('nothing else listens: one HTTP server, the broker on this machine alone, one channel with its lock', async () => {
    const { servers, sockets } = await registeredIn(demo.pid, file);
    assert.deepEqual(
      servers.map(({ address, http }) => `${address} ${http}`).sort(),
      ['127.0.0.1 false', '127.0.0.1 true'].sort(),
    );
    assert.deepEqual(
      sockets.map(({ path, namespaces, patterns }) => [path, namespaces, patterns]),
      [['/dashboard/socket.io', [{ name: '/', locks: 1 }], 0]],
    );
  });

  for (const who of ['nobody', 'leaver', 'expired', 'forged', 'odd'] as const) {
    test(`no route opens for ${who === 'leaver' ? 'a stolen session whose owner has signed out' : who}`, async () => {
      const cookie = who === 'nobody' ? undefined : cookies.get(who);
      assert.deepEqual(await wrong(entrances, cookie, (status) => status === 401), []);
    });
  }

  test('no route opens for a forged pass, token, or word of a proxy', async () => {
    const pass = Buffer.from('{"user":"owner","role":"owner"}').toString('base64url');
    const headers = {
      'x-percept-pass': `${pass}.${'A'.repeat(43)}`,
      authorization: `Bearer percept_${'A'.repeat(43)}`,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-user': 'owner',
      'x-original-url': '/access/sign-in',
      'x-rewrite-url': '/access/sign-in',
      'x-http-method-override': 'GET',
    };
    assert.deepEqual(await wrong(entrances, undefined, (status) => status === 401, headers), []);
  });

  test('who has to choose a password first can do nothing else', async () => {
    const right = (status: number) => status === 403;
    assert.deepEqual(await wrong(entrances, cookies.get('newcomer'), right), []);
  });

  test('viewers change nothing, and of the editor see its looks alone', async () => {
    const right = (status: number, { method, path }: Entrance): boolean => {
      if (!reads.has(method)) return status === 403;
      // Express tells with OPTIONS which methods there are, and nothing else
      if (method === 'OPTIONS') return true;
      return [302, 401, 403, 404].includes(status) || shownToViewers.includes(path) || inDashboard(method, path);
    };
    assert.deepEqual(await wrong(entrances, cookies.get('viewer'), right), []);
  });

  test('operators look at flows, and change none', async () => {
    const right = (status: number, { method, path }: Entrance): boolean => {
      if (reads.has(method)) return status !== 403;
      // 400: Node-RED answers a TRACE to nobody's taste
      return [400, 401, 403, 404, 405].includes(status) || doneByOperators.includes(path);
    };
    assert.deepEqual(await wrong(entrances, cookies.get('operator'), right), []);
  });

  test("another site's page changes nothing with an owner's session", async () => {
    const writes = entrances.filter(({ method }) => !reads.has(method));
    const signs: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of signs)
      assert.deepEqual(await wrong(writes, cookies.get('owner'), (status) => status === 403, headers), []);
  });

  test('the owner gets everywhere', async () => {
    const open = entrances.filter(({ method, path }) => method === 'GET' && !path.startsWith('/settings/user/keys'));
    assert.deepEqual(await wrong(open, cookies.get('owner'), (status) => ![401, 403].includes(status)), []);
  });

  test('paths written in another way lead nowhere else', async () => {
    const ways = ['/flows', '/settings', '/dashboard/x', '/percept/metrics'].flatMap((path) => [
      ...[`/${path}`, `//${path}`, `/.${path}`, `/%2e${path}`, `/access/..${path}`, `/access/%2e%2e${path}`],
      ...[`/access/..;${path}`, `/access/%2f..${path}`, `/access%2f..${path}`, `/access/sign-in/..${path}`],
      ...[`/access\\..${path}`, `${path}/`, `${path}.`, `${path}%20`, `${path}%00`, `${path};/access/sign-in`],
      ...[`${path}?x=/access/sign-in`, path.toUpperCase(), `/ACCESS/..${path}`, `/access/sign-in%3f/..${path}`],
      ...[`http://127.0.0.1${path}`, `http://x/access/..${path}`, `${path}#/access/sign-in`],
      ...[`${path}/../percept/alert/${'A'.repeat(43)}`, `/percept/alert/${'A'.repeat(43)}/..${path}`],
      ...[`/percept/alert/${'A'.repeat(43)}/../../..${path}`, `/percept/alert/${'A'.repeat(43)}%2f..${path}`],
    ]);
    const found: string[] = [];
    for (const path of ways) {
      const { status, body } = await askRaw(demo.url, path);
      // of the door itself there may be a page, never of anything behind it
      const closed = [400, 401, 404].includes(status) || (status === 200 && body.includes('/access/sign-in'));
      if (!closed) found.push(`${path}: ${status}`);
    }
    assert.deepEqual(found, []);
  });

  test('a link that was made up opens nothing, and is no way to anything else', async () => {
    const made = `/percept/alert/${'A'.repeat(43)}`;
    for (const method of ['GET', 'HEAD', 'POST'])
      assert.ok([403, 404, 410, 503].includes((await ask({ method, path: made }, undefined)).status), method);
    for (const path of [made, `${made}/evidence/1`])
      for (const method of ['PUT', 'PATCH', 'DELETE', 'TRACE', 'OPTIONS'])
        assert.equal((await ask({ method, path }, undefined)).status, 401, `${method} ${path}`);
  });

  test('no WebSocket opens without a session, on any path; for viewers only the dashboard’s', async () => {
    const at = demo.url.replace('http', 'ws');
    const channel = '/dashboard/socket.io/?EIO=4&transport=websocket';
    const paths = [
      '/comms',
      '/ws/live',
      '/',
      '/anything',
      '//comms',
      '/access/sign-in',
      `/percept/alert/${'A'.repeat(43)}`,
      channel,
    ];
    for (const path of paths) {
      for (const who of ['nobody', 'leaver', 'expired', 'forged', 'newcomer']) {
        const cookie = cookies.get(who);
        assert.equal(await knock(at + path, cookie ? { cookie } : {}), '401', `${who} ${path}`);
      }
      const viewer = { cookie: cookies.get('viewer') ?? '', origin: demo.url };
      assert.equal(await knock(at + path, viewer), path === channel ? 'open' : '403', `viewer ${path}`);
      assert.equal(await knock(at + path, { ...viewer, origin: 'https://evil.example' }), '401', `cross ${path}`);
    }
  });

  test('the dashboard’s channel is closed also where it is polled for', async () => {
    const poll = '/dashboard/socket.io/?EIO=4&transport=polling';
    for (const who of ['nobody', 'leaver', 'expired', 'forged'])
      for (const method of ['GET', 'POST', 'OPTIONS'])
        assert.equal((await ask({ method, path: poll }, cookies.get(who))).status, 401, `${who} ${method}`);
    assert.equal((await ask({ method: 'GET', path: poll }, cookies.get('newcomer'))).status, 403);
    const begun = await ask({ method: 'GET', path: poll }, cookies.get('viewer'));
    const sid = /"sid":"([^"]+)"/.exec(begun.body)?.[1];
    assert.ok(sid, begun.body);
    const follow = { method: 'POST', path: `${poll}&sid=${sid}` };
    assert.equal((await ask(follow, undefined)).status, 401, 'whoever has read the id needs the session too');
    const evil = { origin: 'https://evil.example' };
    assert.equal((await ask(follow, cookies.get('viewer'), evil)).status, 403);
    const library = await ask({ method: 'GET', path: '/dashboard/socket.io/socket.io.js' }, undefined);
    assert.equal(library.status, 401);
    assert.equal(typeof (await PageChannel.open(demo.url, {})), 'string');
  });

  test('what looks like a channel is none for flows', async () => {
    for (const path of ['/flows/socket.io/', '/percept/metrics/socket.io/', '/x/socket.io/?EIO=4']) {
      assert.equal((await ask({ method: 'POST', path }, undefined)).status, 401);
      assert.equal((await ask({ method: 'POST', path }, cookies.get('viewer'))).status, 403, path);
    }
  });
});
