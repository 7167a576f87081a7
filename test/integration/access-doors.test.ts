import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openDatabase } from '../../dist/access/database.js';
import type { Role } from '../../dist/access/roles.js';
import { Sessions } from '../../dist/access/sessions.js';
import { Users } from '../../dist/access/users.js';
import { dashboardPackages } from '../support/dashboard.ts';
import { knock, lockSettings, ownerPassword, PageChannel, Visitor } from '../support/doors.ts';
import { type FlowNode, NodeRed } from '../support/node-red.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/until.ts';

const ids = { button: 'b000000000000001', tile: 'b000000000000002', inject: 'b000000000000003' };
const flow: FlowNode[] = [
  { id: 'f1', type: 'tab', label: 'doors' },
  { id: 'f2', type: 'ui-base', name: 'b', path: '/dashboard', includeClientData: true, acceptsClientConfig: [] },
  { id: 'f3', type: 'ui-theme', name: 't', colors: {}, sizes: {} },
  { id: 'f4', type: 'ui-page', name: 'p', ui: 'f2', path: '/one', layout: 'grid', theme: 'f3', order: 1 },
  { id: 'f5', type: 'ui-group', name: 'g', page: 'f4', width: '6', order: 1 },
  {
    id: ids.button,
    z: 'f1',
    type: 'ui-button',
    group: 'f5',
    label: 'go',
    payload: 'pressed',
    payloadType: 'str',
    wires: [['f6']],
  },
  { id: ids.tile, z: 'f1', type: 'ui-percept-findings', group: 'f5', wires: [['f6'], []] },
  { id: 'f6', z: 'f1', type: 'test-probe', name: 'out', wires: [[]] },
  { id: ids.inject, z: 'f1', type: 'inject', repeat: '', once: false, wires: [['f6']] },
  { id: 'f7', z: 'f1', type: 'http in', url: '/api/read', method: 'get', wires: [['f9']] },
  { id: 'f8', z: 'f1', type: 'http in', url: '/api/write', method: 'post', wires: [['f9']] },
  { id: 'f9', z: 'f1', type: 'http response', wires: [] },
  { id: 'fa', z: 'f1', type: 'websocket in', server: 'fb', wires: [[]] },
  { id: 'fb', type: 'websocket-listener', path: '/ws/live', wholemsg: 'false' },
];

type Who = 'nobody' | Role;
const everyone: readonly Who[] = ['nobody', 'viewer', 'operator', 'owner'];

/** For each route: the answer to nobody, a viewer, an operator, an owner. */
const routes: readonly [method: string, path: string, answers: readonly [number, number, number, number]][] = [
  ['GET', '/settings', [401, 401, 200, 200]],
  ['GET', '/settings/user', [401, 401, 200, 200]],
  ['GET', '/flows', [401, 401, 200, 200]],
  ['POST', '/flows', [401, 403, 401, 400]],
  ['GET', '/flows/state', [401, 401, 200, 200]],
  ['GET', '/flow/f1', [401, 401, 200, 200]],
  ['PUT', '/flow/none', [401, 403, 401, 404]],
  ['DELETE', '/flow/none', [401, 403, 401, 404]],
  ['GET', '/nodes', [401, 401, 200, 200]],
  ['GET', '/context/global', [401, 401, 200, 200]],
  ['DELETE', '/context/global/x', [401, 403, 401, 204]],
  ['GET', '/credentials/mqtt-broker/f1', [401, 401, 200, 200]],
  ['GET', '/library/local/flows', [401, 401, 200, 200]],
  ['GET', '/plugins', [401, 401, 200, 200]],
  ['GET', '/diagnostics', [401, 401, 200, 200]],
  ['POST', `/inject/${ids.inject}`, [401, 403, 401, 200]],
  ['POST', '/auth/token', [401, 403, 401, 401]],
  ['GET', '/api/read', [401, 200, 200, 200]],
  ['POST', '/api/write', [401, 403, 200, 200]],
  ['GET', '/dashboard/one', [401, 200, 200, 200]],
  ['GET', '/dashboard/_setup', [401, 200, 200, 200]],
  ['GET', `/dashboard/_debug/datastore/${ids.button}`, [401, 200, 200, 200]],
  ['GET', '//flows', [401, 404, 404, 404]],
  ['GET', '/access/../flows', [401, 401, 200, 200]],
  ['GET', '/access/none', [404, 404, 404, 404]],
  ['GET', '/access/me', [401, 200, 200, 200]],
  // links in notices say by themselves what they are good for; this Node-RED has no alert node that would look at them
  ['GET', `/percept/alert/${'A'.repeat(47)}`, [404, 404, 404, 404]],
  ['POST', `/percept/alert/${'A'.repeat(47)}`, [404, 404, 404, 404]],
  ['PUT', `/percept/alert/${'A'.repeat(47)}`, [401, 403, 404, 404]],
  ['GET', `/percept/alert/${'A'.repeat(47)}/evidence/1`, [404, 404, 404, 404]],
  ['POST', `/percept/alert/${'A'.repeat(47)}/evidence/1`, [401, 403, 404, 404]],
  ['GET', '/percept/alert/short', [401, 404, 404, 404]],
  ['GET', `/percept/alert/${'A'.repeat(47)}/flows`, [401, 404, 404, 404]],
];

describe('one door before a real Node-RED', () => {
  let nodeRed: NodeRed;
  const visitors = new Map<Who, Visitor>();

  before(async () => {
    const port = await freePort();
    nodeRed = await NodeRed.start({
      port,
      flow,
      packages: dashboardPackages,
      settings: lockSettings(port),
      allNodes: true,
    });
    const database = openDatabase(join(nodeRed.userDir, 'access.sqlite'));
    const users = new Users(database);
    await users.add('viewer', 'viewer', ownerPassword);
    await users.add('operator', 'operator', ownerPassword);
    database.close();
    for (const who of everyone) {
      const visitor = new Visitor(nodeRed.url);
      if (who !== 'nobody') assert.equal((await visitor.signIn(who, ownerPassword)).status, 303);
      visitors.set(who, visitor);
    }
  });
  after(() => nodeRed.stop());

  const visitor = (who: Who): Visitor => visitors.get(who) as Visitor;

  for (const [method, path, answers] of routes) {
    test(`${method} ${path}: ${answers.join(' ')}`, async () => {
      const found: number[] = [];
      for (const who of everyone) found.push((await visitor(who).ask(path, { method })).status);
      assert.deepEqual(found, answers);
    });
  }

  test('a session that was forged, has expired, or was signed out opens nothing', async () => {
    const { cookie } = visitor('owner');
    const name = cookie.split('=')[0] ?? '';
    const stolen = new Visitor(nodeRed.url);
    await stolen.signIn('owner', ownerPassword);
    const copy = new Visitor(nodeRed.url, stolen.cookie);
    assert.equal((await copy.ask('/flows')).status, 200);
    await stolen.post('/access/sign-out', {});
    const database = openDatabase(join(nodeRed.userDir, 'access.sqlite'));
    const old = new Sessions(database, () => Date.now() - 13 * 3_600_000);
    const expired = old.begin({ user: 'owner', role: 'owner' }, { local: true });
    database.close();
    for (const bad of [copy.cookie, `${name}=${expired}`, `${name}=${'A'.repeat(43)}`, `${name}=`, `${name}=null`]) {
      const thief = new Visitor(nodeRed.url, bad);
      for (const path of ['/flows', '/dashboard/one', '/api/read'])
        assert.equal((await thief.ask(path)).status, 401, bad);
      assert.equal(await knock(`${nodeRed.url.replace('http', 'ws')}/comms`, { cookie: bad }), '401');
      assert.equal(typeof (await PageChannel.open(nodeRed.url, { cookie: bad })), 'string');
    }
  });

  test('the door’s own note to Node-RED cannot come from outside', async () => {
    const forged = { 'x-percept-pass': `${Buffer.from('{"user":"owner","role":"owner"}').toString('base64url')}.AAAA` };
    assert.equal((await visitor('nobody').ask('/flows', { headers: forged })).status, 401);
    assert.equal((await visitor('viewer').ask('/flows', { headers: forged })).status, 401);
  });

  test("another site's page can use nobody's session to change something or to open a socket", async () => {
    const { cookie } = visitor('owner');
    for (const origin of ['https://evil.example', 'null', nodeRed.url.replace('127.0.0.1', 'localhost')]) {
      const headers = { cookie, origin };
      assert.equal((await visitor('owner').ask('/api/write', { method: 'POST', headers })).status, 403, origin);
      assert.equal((await visitor('owner').post('/access/sign-out', {}, headers)).status, 403);
      for (const path of ['/comms', '/ws/live'])
        assert.equal(await knock(nodeRed.url.replace('http', 'ws') + path, headers), '401');
      assert.equal(typeof (await PageChannel.open(nodeRed.url, headers)), 'string');
    }
    const headers = { cookie, 'sec-fetch-site': 'cross-site', origin: '' };
    assert.equal((await visitor('owner').ask('/api/write', { method: 'POST', headers })).status, 403);
    assert.equal((await visitor('owner').ask('/access/me')).status, 200, 'and the session was not ended by it');
  });

  test('WebSockets open for who is signed in, and for nobody else', async () => {
    for (const path of ['/comms', '/ws/live']) {
      const url = nodeRed.url.replace('http', 'ws') + path;
      assert.equal(await knock(url, {}), '401');
      assert.equal(await knock(url, { cookie: visitor('operator').cookie, origin: nodeRed.url }), 'open');
    }
  });

  test("the dashboard's channel shows and takes what the role allows", async () => {
    assert.equal(typeof (await PageChannel.open(nodeRed.url, {})), 'string');
    const press = async (who: Who): Promise<void> => {
      const channel = await PageChannel.open(nodeRed.url, { cookie: visitor(who).cookie, origin: nodeRed.url });
      assert.ok(channel instanceof PageChannel, String(channel));
      await until(() => channel.received.some((text) => text.includes('ui-config')), { what: 'the page' });
      channel.emit('widget-action', ids.button, { payload: `by ${who}` });
      channel.emit('widget-change', ids.button, `changed by ${who}`);
      channel.emit('widget-action', ids.tile, { payload: { kind: 'findings' }, request: `asked by ${who}` });
      await until(() => nodeRed.messages('out').some(({ request }) => request === `asked by ${who}`), {
        what: 'the question',
      });
      channel.close();
    };
    await press('viewer');
    assert.ok(!nodeRed.messages('out').some(({ payload }) => String(payload).includes('by viewer')));
    await press('operator');
    assert.ok(nodeRed.messages('out').some(({ payload }) => payload === 'pressed' || payload === 'by operator'));
  });

  test('signing out closes what the session has open', async () => {
    const leaving = new Visitor(nodeRed.url);
    await leaving.signIn('operator', ownerPassword);
    const channel = await PageChannel.open(nodeRed.url, { cookie: leaving.cookie, origin: nodeRed.url });
    assert.ok(channel instanceof PageChannel);
    await leaving.post('/access/sign-out', {});
    await until(() => channel.closed, { what: 'the channel to close' });
  });

  test('a program comes in with its token, with its role and no more', async () => {
    const database = openDatabase(join(nodeRed.userDir, 'access.sqlite'));
    const token = new Sessions(database).makeToken('ci', 'operator');
    database.close();
    const program = new Visitor(nodeRed.url);
    const headers = { authorization: `Bearer ${token}` };
    assert.equal((await program.ask('/api/write', { method: 'POST', headers })).status, 200);
    assert.equal((await program.ask('/flows', { method: 'POST', headers })).status, 401);
    assert.equal((await program.ask('/flows', { headers: { authorization: 'Bearer percept_guess' } })).status, 401);
  });

  test('a browser is led to the sign-in page and back to where it wanted to go, never elsewhere', async () => {
    const html = { accept: 'text/html' };
    const sent = await visitor('nobody').ask('/dashboard/one?a=1', { headers: html });
    assert.equal(sent.headers.get('location'), '/access/sign-in?next=%2Fdashboard%2Fone%3Fa%3D1');
    for (const [next, to] of [
      ['/dashboard/one?a=1', '/dashboard/one?a=1'],
      ['https://evil.example/', '/dashboard'],
      ['//evil.example/', '/dashboard'],
      ['/\\evil.example', '/dashboard'],
    ]) {
      const form = { name: 'owner', password: ownerPassword, next: next ?? '' };
      const arrived = await new Visitor(nodeRed.url).post('/access/sign-in', form);
      assert.equal(arrived.headers.get('location'), to);
    }
    const viewer = await visitor('viewer').ask('/', { headers: html });
    assert.equal(viewer.headers.get('location'), '/dashboard');
  });

  test('cookie and headers are as they should be', async () => {
    const response = await new Visitor(nodeRed.url).signIn('owner', ownerPassword);
    const [session, device, ...more] = response.headers.getSetCookie();
    assert.match(session ?? '', /^percept_\d+=[\w-]{43}; HttpOnly; SameSite=Lax; Path=\/; Max-Age=604800$/);
    assert.match(device ?? '', /^percept_\d+_device=[\w.-]+; HttpOnly; SameSite=Lax; Path=\/; Max-Age=\d+$/);
    assert.deepEqual(more, []);
    const page = await visitor('owner').ask('/dashboard/one');
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(page.headers.get('x-frame-options'), 'SAMEORIGIN');
    assert.match(page.headers.get('content-security-policy') ?? '', /frame-ancestors 'self'/);
  });

  test('nothing private is in the log', async () => {
    await until(() => /owner signed-in \(password\)/.test(nodeRed.log), { what: 'the log to tell' });
    for (const secret of [ownerPassword, ...[...visitors.values()].map(({ cookie }) => cookie.split('=')[1] ?? '')])
      assert.ok(secret === '' || !nodeRed.log.includes(secret));
  });

  test('guessing is slowed down, with the time to wait', async () => {
    const guesser = new Visitor(nodeRed.url);
    const statuses: number[] = [];
    let last = '';
    for (let i = 0; i < 6; i++) {
      const response = await guesser.signIn('viewer', 'a wrong guess');
      statuses.push(response.status);
      last = await response.text();
    }
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
    assert.match(last, /Wait 15 min/);
  });
});
