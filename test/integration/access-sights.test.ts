import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openDatabase } from '../../dist/access/database.js';
import { Users } from '../../dist/access/users.js';
import { wavHeader } from '../../dist/kit/wav.js';
import { openBucket } from '../../dist/store/bucket/open.js';
import { openStore, type StoreHandle } from '../../dist/store/open.js';
import { alertFlow, alertIds } from '../support/alert-flow.ts';
import { dashboardPackages } from '../support/dashboard.ts';
import { lockSettings, ownerPassword, PageChannel, Visitor } from '../support/doors.ts';
import { type FlowNode, NodeRed } from '../support/node-red.ts';
import { Listening } from '../support/phone-flow.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/until.ts';

const { tab, store, alert, changes } = alertIds;
const ids = {
  tile: 'b100000000000001',
  history: 'b100000000000002',
  bucket: 'b100000000000003',
  user: 'b100000000000004',
  phone: 'b100000000000005',
};
type Row = Readonly<Record<string, unknown>>;
const probe = (id: string, name: string): FlowNode => ({ id, type: 'test-probe', z: tab, name, wires: [] });
const flow: FlowNode[] = [
  ...alertFlow('percept/percept.sqlite', { policy: 'house' }).map((node) =>
    node.id === alert ? { ...node, wires: [[], [changes, ids.phone], []] } : node,
  ),
  { id: 'e2', type: 'ui-base', name: 'b', path: '/dashboard', includeClientData: true, acceptsClientConfig: [] },
  { id: 'e3', type: 'ui-theme', name: 't', colors: {}, sizes: {} },
  { id: 'e4', type: 'ui-page', name: 'p', ui: 'e2', path: '/one', layout: 'grid', theme: 'e3', order: 1 },
  { id: 'e5', type: 'ui-group', name: 'g', page: 'e4', width: '6', order: 1 },
  { id: ids.tile, z: tab, type: 'ui-percept-findings', group: 'e5', wires: [[ids.history, alert], []] },
  { id: ids.bucket, type: 'percept-bucket', kind: 'folder', folder: 'percept/bucket' },
  {
    ...{ id: ids.history, type: 'percept-history', z: tab, name: '', version: 2, store, bucket: ids.bucket },
    ...{ kind: 'sources', wires: [['e9']] },
  },
  { id: ids.user, type: 'test-bucket-user', z: tab, bucket: ids.bucket, wires: [['ea']] },
  {
    ...{ id: ids.phone, type: 'percept-phone', z: tab, name: '', version: 1, store, call: '', view: '/dashboard/one' },
    ...{ push: '', channel: '', policy: '', title: '', wires: [[alert]] },
  },
  probe('e9', 'answers'),
  probe('ea', 'files'),
];

describe('who saw', { concurrency: false }, () => {
  let nodeRed: NodeRed;
  let log: StoreHandle;
  let mina: Visitor;
  let page: PageChannel;
  let door: { id: number; key: string };
  const recorded = Date.UTC(2026, 0, 5, 13);

  before(async () => {
    const port = await freePort();
    const packages = {
      ...dashboardPackages,
      'node-red-percept-bucket-user': join(import.meta.dirname, '../support/bucket-user'),
    };
    nodeRed = await NodeRed.start({ port, flow, packages, settings: lockSettings(port) });
    const database = openDatabase(join(nodeRed.userDir, 'access.sqlite'));
    await new Users(database).add('mina', 'operator', ownerPassword);
    database.close();
    mina = new Visitor(nodeRed.url);
    await mina.signIn('mina', ownerPassword);
    log = await openStore({ url: join(nodeRed.userDir, 'percept/percept.sqlite'), patient: true });
    const bucket = await openBucket({ kind: 'folder', path: join(nodeRed.userDir, 'percept/bucket') });
    const samples = Buffer.alloc(2_000);
    const wav = Buffer.concat([wavHeader({ sampleRate: 1_000, channels: 1, format: 's16le', samples }), samples]);
    const stored = await bucket.put('pump-1/one.wav', wav);
    await bucket.put('frame/door.png', Buffer.from('a picture'));
    await bucket.put('notes/door.json', Buffer.from('{}'));
    const about = { source: 'pump-1', quantity: 'sound', kind: 'sound', sequence: 0, clock: 'ok', meta: {} } as const;
    const times = { time: recorded, receivedAt: recorded };
    await log.commit({ readings: [], recordings: [{ ...about, ...times, ...stored }] });
    await bucket.close();
    nodeRed.inject(alert, { finding: { kind: 'loitering', source: 'door', since: Date.now(), reasons: ['there'] } });
    door = await until(() => nodeRed.messages('changes')[0]?.['alert'] as typeof door | undefined, {
      what: 'the alert',
    });
    const opened = await PageChannel.open(nodeRed.url, { cookie: mina.cookie, origin: nodeRed.url });
    assert.ok(opened instanceof PageChannel, String(opened));
    page = opened;
    await until(() => page.received.some((text) => text.includes('ui-config')), { what: 'the page' });
  });
  after(async () => {
    page?.close();
    await log?.close();
    await nodeRed?.stop();
  });

  const rows = async (action = 'saw') => {
    const all = await log.db.selectFrom('audit').selectAll().where('action', '=', action).orderBy('id').execute();
    return all.map(({ who, what, detail }): Row => ({ who, what, ...(JSON.parse(detail) as Record<string, unknown>) }));
  };
  /** Those of an action, or those about something that somebody saw, when there are so many. */
  const written = (count: number, action: string, what?: string) =>
    until(
      async () => {
        const found = (await rows(action)).filter((row) => what === undefined || row['what'] === what);
        return found.length >= count ? found : undefined;
      },
      { what: `${count} of ${action} ${what} in the log` },
    );
  const about = (what: string, count: number) => written(count, 'saw', what);
  let asked = 0;
  const ask = async (payload: object): Promise<void> => {
    const request = `r${++asked}`;
    page.emit('widget-action', ids.tile, { payload, request });
    await until(() => nodeRed.messages('answers').some((msg) => msg['request'] === request), { what: 'the answer' });
  };

  test('the steps of an alert on a page: once, however often it refreshes; a flow that asks is nobody', async () => {
    nodeRed.inject(ids.history, { payload: { kind: 'alert', alert: door.id } });
    await until(() => nodeRed.messages('answers').length === 1);
    for (let i = 0; i < 3; i++) await ask({ kind: 'alert', alert: door.id });
    await ask({ kind: 'alerts' });
    await ask({ kind: 'alert', alert: 999 });
    const seen = { who: 'mina', what: door.key, way: 'page', policy: 'house', alert: door.id };
    assert.deepEqual(await about(door.key, 1), [seen]);
    // what is written is written in order: had there been more, they would stand before this
    await ask({ kind: 'sound', sources: 'pump-1', from: recorded, to: recorded + 500 });
    const heard = { who: 'mina', what: 'pump-1/sound', way: 'page', from: new Date(recorded).toISOString() };
    assert.deepEqual(await about('pump-1/sound', 1), [heard]);
    assert.deepEqual(await rows(), [seen, heard]);
  });

  test('alerts on the phone page and its live view; who comes back soon has not looked again', async () => {
    for (let i = 0; i < 2; i++) {
      const phone = await Listening.open(mina, nodeRed.url);
      await until(() => phone.board?.cards.length === 1, { what: 'the board' });
      phone.close();
      assert.equal((await mina.ask('/percept/phone/view')).status, 302);
    }
    // the alert was on her page a moment ago: that is once
    assert.deepEqual(await about('/dashboard/one', 1), [{ who: 'mina', what: '/dashboard/one', way: 'phone' }]);
    const owner = new Visitor(nodeRed.url);
    await owner.signIn('owner', ownerPassword);
    const phone = await Listening.open(owner, nodeRed.url);
    const seen = await about(door.key, 2);
    assert.deepEqual(seen.at(-1), { who: 'owner', what: door.key, way: 'phone', alert: door.id });
    phone.close();
  });

  test('a picture of the bucket by its signed address, and no other file', async () => {
    const address = async (key: string): Promise<string> => {
      const before = nodeRed.messages('files').length;
      nodeRed.inject(ids.user, { call: 'url', args: [key, { seconds: 60 }] });
      return String((await until(() => nodeRed.messages('files')[before], { what: 'the address' })).payload);
    };
    const picture = await address('frame/door.png');
    assert.equal((await mina.ask(await address('notes/door.json'))).status, 200);
    for (let i = 0; i < 2; i++) assert.equal((await mina.ask(picture)).status, 200);
    const [seen, ...more] = await about('frame/door.png', 1);
    assert.deepEqual([seen?.['who'], seen?.['way'], more], ['mina', 'file', []]);
    assert.equal((await rows()).filter(({ what }) => what === 'notes/door.json').length, 0);
  });

  test('a tap on the phone page is one on the phone; what a page says of itself counts for nothing', async () => {
    page.emit('widget-action', ids.tile, { snooze: { id: door.id, minutes: 5 }, phone: { person: 'owner' } });
    const [snoozed] = await written(1, 'snoozed');
    assert.deepEqual([snoozed?.['who'], snoozed?.['way']], ['mina', 'page']);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ what: 'acknowledge', id: door.id, key: door.key });
    assert.equal((await mina.ask('/percept/phone/act', { method: 'POST', headers, body })).status, 204);
    const [taken] = await written(1, 'acknowledged');
    assert.deepEqual(taken, { who: 'mina', what: door.key, policy: 'house', way: 'phone', alert: door.id });
  });
});
