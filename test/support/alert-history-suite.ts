import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { configReader } from '../../dist/kit/index.js';
import type { AlertAnswer } from '../../dist/sensor/history/alert-timeline.js';
import { type AlertsAnswer, nextPolicy, openQuery, pastQuery } from '../../dist/sensor/history/alerts.js';
import { type Ask, answer, Settings } from '../../dist/sensor/history/ask.js';
import type { SilencesAnswer } from '../../dist/sensor/history/silences.js';
import { openStore, type StoreHandle } from '../../dist/store/open.js';
import { DeskTrial } from './alert-desk.ts';
import { fillPast } from './alert-past.ts';
import { finding } from './alert-trial.ts';

const past = 30_000;
const sources = 100;

/** What a page asks about alerts, answered out of what a real desk has stored. @param database a URL to open, empty */
export function alertHistorySuite(
  database: (folder: string) => Promise<{ url: string; stop?: () => Promise<void> }>,
): void {
  let folder: string;
  let store: StoreHandle;
  let stop: (() => Promise<void>) | undefined;
  let desk: DeskTrial;

  const defaults = configReader(Settings)({});
  const ask = async <T>(more: Partial<Ask>): Promise<T> =>
    (await answer(store, { ...defaults, ...more }, Date.now())) as T;
  const alerts = (more: Partial<Ask> = {}): Promise<AlertsAnswer> => ask({ kind: 'alerts', ...more });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alert-history-'));
    const { url, stop: end } = await database(folder);
    stop = end;
    await fillPast(url, 'past', past, sources);
    store = await openStore({ url });
    desk = new DeskTrial(store, { name: 'door', settings: { resolveAfter: 3600, repeat: 60 } });
  });
  after(async () => {
    await desk.stop();
    await store.close();
    await stop?.();
    await rm(folder, { recursive: true, force: true });
  });

  test('open alerts come whole, the worst first, with who was told and what is next', async () => {
    const since = Date.now();
    await desk.find(finding({ source: 'yard', severity: 'notice', since }));
    await desk.find(
      finding({ source: 'door', kind: 'following', severity: 'critical', since, reasons: ['Close behind'] }),
    );
    await desk.find(finding({ source: 'hall', severity: 'warning', since }));
    await desk.told(3);
    const { open, openTotal } = await alerts({ limit: 1 });
    assert.deepEqual([open.map(({ source }) => source), openTotal], [['door', 'hall', 'yard'], 3]);
    const [door] = open;
    assert.deepEqual(
      [door?.policy, door?.kind, door?.state, door?.title, door?.reasons, door?.step, door?.round],
      ['door', 'following', 'open', 'Critical: following, door', ['Close behind'], 1, 1],
    );
    assert.deepEqual(
      door?.deliveries.map(({ channel, to, state }) => [channel, to, state]),
      [['push', '', 'handed']],
    );
    assert.ok(Number(door?.next) > since);
  });

  test('past alerts come newest first, a page at a time, each once', async () => {
    const first = await alerts({ limit: 40 });
    const second = await alerts({ limit: 40, before: first.next ?? 0 });
    const ids = [...first.past, ...second.past].map(({ id }) => id);
    assert.deepEqual(
      ids,
      Array.from({ length: 80 }, (_, i) => past - i),
    );
    assert.deepEqual(second.open, []);
    assert.equal(first.past[0]?.state, 'resolved');
    const last = await alerts({ limit: 40, before: 11 });
    assert.deepEqual([last.past.length, last.next], [10, undefined]);
  });

  test('alerts are chosen by source, kind, severity and state; a star looks through all there are', async () => {
    const of = async (more: Partial<Ask>) => {
      const { open, past } = await alerts({ limit: 5, ...more });
      return [open.map(({ source }) => source), past.map(({ id }) => id)];
    };
    const camera = (await alerts({ limit: 1, before: 29_909 })).past[0]?.source ?? '';
    assert.deepEqual(await of({ sources: camera }), [[], [29_908, 29_808, 29_708, 29_608, 29_508]]);
    assert.deepEqual(await of({ sources: 'ha*', kinds: 'loitering' }), [['hall'], []]);
    assert.deepEqual(await of({ sources: `*${camera.slice(3)}`, limit: 2 }), [[], [29_908, 29_808]]);
    assert.deepEqual(await of({ severities: ['critical'] }), [['door'], []]);
    assert.deepEqual(await of({ kinds: ['following'], states: ['open'] }), [['door'], []]);
    assert.deepEqual(await of({ states: ['expired'] }), [[], []]);
  });

  test('a question that finds little ends all the same, and says where to go on', async () => {
    let answered = await alerts({ limit: 10, states: ['expired'] });
    const looked: number[] = [];
    while (answered.next !== undefined) {
      looked.push(answered.next);
      answered = await alerts({ limit: 10, states: ['expired'], before: answered.next });
    }
    assert.ok(looked.length > 1 && looked.every((id, at) => id < (looked[at - 1] ?? past)), looked.join());
  });

  test('a timeline has every step and every delivery with channel, person, times and what went wrong', async () => {
    const since = Date.now();
    const alert = await desk.find(finding({ source: 'gate', severity: 'warning', since }));
    const id = Number(alert?.id);
    const push = desk.notices.find((notice) => notice.id === id);
    assert.ok(push);
    await desk.desk.put({
      type: 'delivery',
      notice: push.notice,
      receipt: { ok: false, taken: false, error: 'no such phone' },
    });
    await desk.desk.put({ type: 'acknowledge', which: { id }, by: 'anna' });
    const timeline = await ask<AlertAnswer>({ kind: 'alert', alert: id });
    assert.deepEqual([timeline.alert?.state, timeline.alert?.by, timeline.earlier], ['acknowledged', 'anna', 0]);
    const kinds = timeline.steps.map(({ kind }) => kind);
    assert.deepEqual(kinds.slice(0, 4), ['opened', 'escalated', 'handed', 'failed']);
    const taken = timeline.steps.find(({ kind }) => kind === 'acknowledged');
    assert.equal(taken?.by, 'anna');
    const [first] = timeline.notices;
    assert.deepEqual(
      [first?.number, first?.occasion, first?.channel, first?.to, first?.state, first?.attempts, first?.error],
      [1, 'step', 'push', '', 'failed', 1, 'no such phone'],
    );
    assert.ok(first && Number(first.handed) >= since && Number(first.answered) >= Number(first.handed));
    const none = await ask<AlertAnswer>({ kind: 'alert', alert: 99_999_999 });
    assert.deepEqual([none.alert, none.steps, none.notices], [undefined, [], []]);
    await assert.rejects(ask({ kind: 'alert' }), { code: 'history-which-alert' });
  });

  test('what a notify node still tries is told with its notice', async () => {
    const alert = await desk.find(finding({ source: 'shed', severity: 'warning', since: Date.now() }));
    const notice = desk.notices.find(({ id }) => id === alert?.id);
    assert.ok(notice);
    await desk.desk.put({ type: 'delivery', notice: notice.notice, receipt: { ok: true, taken: true } });
    await store.db
      .insertInto('notice_spool')
      .values({
        ...{ spool: 'n1', key: `door/${notice.opened}/${notice.notice}`, thread: 't', state: 'waiting', place: 0 },
        ...{ channel: 'c1', attempts: 3, unanswered: 0, again: 0, begun_at: 1, sent_at: 1, due: 5, holder: null },
        ...{ reference: '', error: 'server away', told: 1, created_at: 1, changed_at: 1, body: '{}' },
      })
      .execute();
    const { notices } = await ask<AlertAnswer>({ kind: 'alert', alert: Number(alert?.id) });
    assert.deepEqual(
      [notices[0]?.state, notices[0]?.sending],
      ['taken', { channel: 'c1', attempts: 3, error: 'server away', due: 5 }],
    );
  });

  test('silences that hold now come with author, reason and end; those that are over do not', async () => {
    const silence = { by: 'anna', key: '', kind: '', source: 'yard', zone: '', reason: 'painters' };
    const until = Date.now() + 60_000;
    const { silence: one } = await desk.desk.put({ type: 'silence', silence: { ...silence, until } });
    const { silence: other } = await desk.desk.put({ type: 'silence', silence: { ...silence, until } });
    await desk.desk.put({ type: 'silence', silence: { ...silence, end: Number(other) } });
    const { silences } = await ask<SilencesAnswer>({ kind: 'silences' });
    assert.deepEqual(
      silences.map(({ id, policy, source, author, reason, until: end }) => [id, policy, source, author, reason, end]),
      [[one, 'door', 'yard', 'anna', 'painters', until]],
    );
  });

  test('no question reads the table of all past alerts', async () => {
    const none = ['no such source'];
    const queries = [
      nextPolicy(store.db, 'door'),
      openQuery(store.db, ['door', 'past']).selectAll().orderBy('id', 'desc').limit(500),
      openQuery(store.db, ['door', 'past']).select((eb) => eb.fn.countAll().as('n')),
      pastQuery(store.db, { sources: none }, undefined).limit(41),
      pastQuery(store.db, { sources: [], kinds: none }, 20_000).limit(41),
      pastQuery(store.db, { sources: '*' }, 20_000).limit(41),
    ];
    const plans: string[] = [];
    for (const query of queries) {
      const rows = await query.explain<Record<string, unknown>>(
        undefined,
        store.kind === 'sqlite' ? sql`query plan` : undefined,
      );
      plans.push(rows.map((row) => row['detail'] ?? row['QUERY PLAN']).join(' | '));
    }
    for (const plan of plans) assert.doesNotMatch(plan, /Seq Scan|SCAN alert(?! USING)/);
  });
}
