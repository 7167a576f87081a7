import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openDatabase } from '../../dist/access/database.js';
import { Users } from '../../dist/access/users.js';
import { checkAudit } from '../../dist/store/audit.js';
import { openStore, type StoreHandle } from '../../dist/store/open.js';
import { alertFlow, alertIds } from '../support/alert-flow.ts';
import { dashboardPackages } from '../support/dashboard.ts';
import { lockSettings, ownerPassword, PageChannel, Visitor } from '../support/doors.ts';
import { type FlowNode, type Message, NodeRed } from '../support/node-red.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/until.ts';

const { tab, store, alert } = alertIds;
const ids = {
  tile: 'b000000000000001',
  slider: 'b000000000000002',

  history: 'b00000000000000a',
};
const probe = (id: string, name: string): FlowNode => ({ id, type: 'test-probe', z: tab, name, wires: [] });
const flow: FlowNode[] = [
  ...alertFlow('percept/percept.sqlite'),
  { id: 'e2', type: 'ui-base', name: 'b', path: '/dashboard', includeClientData: true, acceptsClientConfig: [] },
  { id: 'e3', type: 'ui-theme', name: 't', colors: {}, sizes: {} },
  { id: 'e4', type: 'ui-page', name: 'p', ui: 'e2', path: '/one', layout: 'grid', theme: 'e3', order: 1 },
  { id: 'e5', type: 'ui-group', name: 'g', page: 'e4', width: '6', order: 1 },
  { id: ids.tile, z: tab, type: 'ui-percept-findings', group: 'e5', wires: [['e7', alert, ids.history], []] },
  {
    ...{ id: ids.slider, z: tab, type: 'ui-slider', group: 'e5', label: 's', min: 0, max: 10, step: 1 },
    ...{ outs: 'all', passthru: false, wires: [['e8']] },
  },
  {
    ...{ id: ids.history, type: 'percept-history', z: tab, name: '', version: 2, store, kind: 'sources' },
    wires: [['e9']],
  },
  { id: 'ea', z: tab, type: 'http in', url: '/export', method: 'get', wires: [['eb']] },
  {
    ...{ id: 'eb', type: 'percept-history', z: tab, name: '', version: 2, store, kind: 'export', last: 'all' },
    wires: [[]],
  },
  probe('e7', 'pages'),
  probe('e8', 'slides'),
  probe('e9', 'answers'),
];

describe('who acts', { concurrency: false }, () => {
  let nodeRed: NodeRed;
  let log: StoreHandle;
  const visitors = new Map<string, Visitor>();
  const cookie = (who: string): string => visitors.get(who)?.cookie ?? '';
  const rows = async (action: string) =>
    (await log.db.selectFrom('audit').selectAll().where('action', '=', action).orderBy('id').execute()).map(
      ({ who, what, detail }) => ({ who, what, detail: JSON.parse(detail) as Record<string, unknown> }),
    );
  const row = (action: string, what?: string) =>
    until(async () => (await rows(action)).find((one) => what === undefined || one.what === what), {
      what: `"${action}" in the log`,
    });
  const page = async (who: string): Promise<PageChannel> => {
    const channel = await PageChannel.open(nodeRed.url, { cookie: cookie(who), origin: nodeRed.url });
    assert.ok(channel instanceof PageChannel, String(channel));
    await until(() => channel.received.some((text) => text.includes('ui-config')), { what: 'the page' });
    return channel;
  };
  const user = (msg: Message): unknown => (msg['_client'] as { user?: unknown } | undefined)?.user;
  const arrived = (name: string, mark: string): Promise<Message> =>
    until(() => nodeRed.messages(name).find((msg) => JSON.stringify(msg).includes(mark)), { what: mark });

  before(async () => {
    const port = await freePort();
    nodeRed = await NodeRed.start({ port, flow, packages: dashboardPackages, settings: lockSettings(port) });
    const database = openDatabase(join(nodeRed.userDir, 'access.sqlite'));
    await new Users(database).add('mina', 'operator', ownerPassword);
    await new Users(database).add('jo', 'viewer', ownerPassword);
    database.close();
    for (const who of ['mina', 'jo', 'owner']) {
      const visitor = new Visitor(nodeRed.url);
      await visitor.signIn(who, ownerPassword);
      visitors.set(who, visitor);
    }
    log = await openStore({ url: join(nodeRed.userDir, 'percept/percept.sqlite'), patient: true });
  });
  after(async () => {
    await log?.close();
    await nodeRed?.stop();
  });

  test('a message of a page carries name and role; what the page says of itself is taken out', async () => {
    const channel = await page('mina');
    const forged = { user: { name: 'owner', role: 'owner' }, socketId: 'x', more: 'y' };
    channel.emit('widget-action', ids.tile, { note: 'plain', payload: 1 });
    channel.emit('widget-action', ids.tile, { note: 'forged', payload: 1, _client: forged });
    channel.emit('widget-send', ids.tile, [[{ note: 'listed', payload: 1, _client: forged }]]);
    for (const mark of ['plain', 'forged', 'listed']) {
      const msg = await arrived('pages', mark);
      assert.deepEqual(user(msg), { name: 'mina', role: 'operator' }, mark);
      assert.equal((msg['_client'] as { more?: unknown }).more, undefined);
    }
    channel.close();
  });

  test('a widget that repeats its last message tells who moved it now, not who did before', async () => {
    for (const [who, role, value] of [
      ['mina', 'operator', 3],
      ['owner', 'owner', 4],
    ] as const) {
      const channel = await page(who);
      channel.emit('widget-change', ids.slider, value);
      const moved = await until(() => nodeRed.messages('slides').find(({ payload }) => payload === value), {
        what: who,
      });
      assert.deepEqual(user(moved), { name: who, role });
      channel.close();
    }
  });

  test('lists within lists, without end, are dropped before anybody runs out of stack', async () => {
    const channel = await page('mina');
    const deep = JSON.parse(`${'['.repeat(3000)}{"_client":{}}${']'.repeat(3000)}`) as unknown;
    channel.emit('widget-send', ids.tile, deep);
    channel.emit('widget-action', ids.tile, { note: 'after the deep one', payload: 1 });
    await arrived('pages', 'after the deep one');
    assert.ok(!nodeRed.messages('pages').some((msg) => JSON.stringify(msg).includes('[[[[')));
    channel.close();
  });

  test('a role that is taken away counts at once on pages that are open', async () => {
    const channel = await page('mina');
    const database = openDatabase(join(nodeRed.userDir, 'access.sqlite'));
    new Users(database).setRole('mina', 'viewer');
    channel.emit('widget-action', ids.tile, { note: 'too late', payload: 1 });
    channel.emit('widget-action', ids.tile, { payload: { kind: 'sources' }, request: 'only a question' });
    assert.deepEqual(user(await arrived('pages', 'only a question')), { name: 'mina', role: 'viewer' });
    assert.ok(!nodeRed.messages('pages').some(({ note }) => note === 'too late'));
    new Users(database).setRole('mina', 'operator');
    database.close();
    channel.close();
  });

  test('who takes an alert on a page stands in the alert and in the log', async () => {
    const of = { kind: 'loitering', source: 'door', severity: 'warning', since: Date.now(), reasons: ['there'] };
    nodeRed.inject(alert, { finding: of });
    const open = await until(() => nodeRed.messages('changes')[0]?.['alert'] as { id: number } | undefined);
    const channel = await page('mina');
    channel.emit('widget-action', ids.tile, { acknowledge: { id: open.id }, payload: { kind: 'sources' } });
    const { who, detail } = await row('acknowledged');
    assert.deepEqual([who, detail['way'], detail['alert']], ['mina', 'page', open.id]);
    const taken = await until(() =>
      nodeRed.messages('changes').find((msg) => (msg['alert'] as { state: string }).state === 'acknowledged'),
    );
    assert.equal((taken['alert'] as { by: string }).by, 'mina');
    channel.emit('widget-action', ids.tile, { silence: { source: 'door', minutes: 5 }, payload: { kind: 'sources' } });
    assert.equal((await row('silenced')).who, 'mina');
    nodeRed.inject(alert, { resolve: { id: open.id, by: 'the night shift' } });
    assert.deepEqual((await row('resolved')).detail['way'], 'message');
    assert.equal((await row('resolved')).who, 'the night shift');
    channel.close();
  });

  test('an export stands in the log; viewers have none, and no message writes where Node-RED keeps its own', async () => {
    const flows = readFileSync(join(nodeRed.userDir, 'flows.json'), 'utf8');
    const viewer = await page('jo');
    viewer.emit('widget-action', ids.tile, { payload: { kind: 'export', file: 'jo.csv' }, request: 'r1' });
    viewer.emit('widget-action', ids.tile, { payload: { kind: 'sources' }, request: 'after it' });
    await arrived('pages', 'after it');
    viewer.close();
    const operator = await page('mina');
    for (const file of ['../../flows.json', join(nodeRed.userDir, 'settings.js'), '..', 'x/../../y.csv'])
      operator.emit('widget-action', ids.tile, { payload: { kind: 'export', file, last: 'all' }, request: 'r2' });
    const refused = () =>
      nodeRed.messages('errors').filter((msg) => JSON.stringify(msg.error).includes('may not have'));
    await until(() => refused().length === 4, { what: 'four refusals' });
    assert.equal(readFileSync(join(nodeRed.userDir, 'flows.json'), 'utf8'), flows);
    operator.emit('widget-action', ids.tile, {
      payload: { kind: 'export', file: 'all.csv', last: 'all' },
      request: 'r3',
    });
    await until(() => existsSync(join(nodeRed.userDir, 'percept/exports/all.csv')), { what: 'the file' });
    assert.ok(!existsSync(join(nodeRed.userDir, 'percept/exports/jo.csv')));
    const { who, what, detail } = await row('exported');
    assert.deepEqual([who, what, detail['format']], ['mina', 'readings', 'csv']);
    operator.close();
    const asked = await (visitors.get('owner') as Visitor).ask('/export');
    assert.match(await asked.text(), /^id,|^source,|^time,/m);
    const last = await until(async () => (await rows('exported')).find((one) => one.who === 'owner'), { what: 'who' });
    assert.equal(last.what, 'readings');
  });

  test('deploys stand in the log with who did them, and tries of those who may not', async () => {
    const owner = visitors.get('owner') as Visitor;
    const same = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(flow) };
    assert.equal(
      (await owner.ask('/flows', { ...same, headers: { ...same.headers, 'x-forwarded-for': '1.2.3.4' } })).status,
      204,
    );
    const { who, detail } = await row('changed', 'flows.set');
    assert.deepEqual([who, detail['type']], ['owner', 'full']);
    assert.equal((await (visitors.get('mina') as Visitor).ask('/flows', same)).status, 401);
    const denied = await row('denied');
    assert.deepEqual([denied.who, denied.detail['permissions']], ['mina', 'flows.write']);
  });

  test('who came in stands in the log of the store too, and the chain holds', async () => {
    for (const name of ['mina', 'jo', 'owner'])
      assert.ok(
        (await rows('signed-in')).some(({ who }) => who === name),
        name,
      );
    const { broken, count } = await checkAudit(log.db);
    assert.equal(broken, undefined);
    assert.ok(count > 8);
  });
});
