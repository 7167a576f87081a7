import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { storeError } from '../../dist/store/errors.js';
import { newHolder } from '../../dist/store/feed/holder.js';
import type { StoreHandle } from '../../dist/store/open.js';
import type { Store } from '../../dist/store/store.js';
import { DeskTrial, type DeskTrialOptions } from '../support/alert-desk.ts';
import { finding } from '../support/alert-trial.ts';
import { forBothStores } from '../support/stores.ts';
import { until } from '../support/until.ts';

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

const now = (): number => Date.now();
const lasting = { steps: [{ channel: 'push' }, { channel: 'sms', after: 3600 }], patience: 3600 };

/** The store behind a line that once breaks between a commit and its answer. */
function breaksAfterCommit(store: Store): { readonly store: Store; breaks(): void } {
  let breaking = false;
  const db = new Proxy(store.db, {
    get(target, name) {
      const own: unknown = Reflect.get(target, name, target);
      if (name !== 'transaction') return typeof own === 'function' ? own.bind(target) : own;
      const execute = async (work: Parameters<ReturnType<typeof target.transaction>['execute']>[0]) => {
        const result = await target.transaction().execute(work);
        if (!breaking) return result;
        breaking = false;
        throw storeError('store-silent', { store: store.label, seconds: 8 });
      };
      return () => ({ execute });
    },
  });
  return {
    store: { ...store, db },
    breaks: () => {
      breaking = true;
    },
  };
}

forBothStores((lab) => {
  const running: DeskTrial[] = [];
  let store: StoreHandle;
  let policies = 0;
  before(async () => {
    store = await lab.open();
  });
  beforeEach(() => {
    policies++;
  });
  afterEach(async () => {
    for (const trial of running.splice(0)) await trial.stop();
  });

  /** Of this test: those of others have other names. */
  const mine = () => ({ policy: `policy ${policies}` });

  function desk(options: DeskTrialOptions = {}, on: Store = store): DeskTrial {
    const trial = new DeskTrial(on, { settings: lasting, name: mine().policy, ...options });
    running.push(trial);
    return trial;
  }

  test('a hundred identical findings at once are one alert and one notice', async () => {
    const { find, notices } = bound(desk());
    const since = now();
    const alerts = await Promise.all(Array.from({ length: 100 }, () => find(finding({ since }))));
    assert.equal(new Set(alerts.map((alert) => alert?.id)).size, 1);
    assert.deepEqual(
      notices.map(({ channel }) => channel),
      ['push'],
    );
    const { count } = await store.db
      .selectFrom('alert')
      .where('policy', '=', mine().policy)
      .select('count')
      .executeTakeFirstOrThrow();
    assert.equal(Number(count), 100);
  });

  test('every step it took and every notice is in the store, with who did it', async () => {
    const trial = desk();
    const alert = await trial.find(finding({ since: now() }));
    assert.ok(alert);
    const [notice] = trial.notices;
    assert.ok(notice);
    assert.deepEqual([notice.notice, notice.title], [`${alert.id}.1`, 'Warning: loitering, door']);
    await trial.answer(notice);
    await trial.desk.put({ type: 'acknowledge', which: { id: alert.id }, by: 'anna' });
    const steps = await store.db
      .selectFrom('alert_step')
      .where('alert_id', '=', alert.id)
      .selectAll()
      .orderBy('number')
      .execute();
    assert.deepEqual(
      steps.map(({ kind, by }) => (by ? `${kind} ${by}` : kind)),
      ['opened', 'escalated', 'handed', 'delivered', 'acknowledged anna', 'handed'],
    );
    const rows = await store.db
      .selectFrom('alert_notice')
      .where('alert_id', '=', alert.id)
      .selectAll()
      .orderBy('number')
      .execute();
    assert.deepEqual(
      rows.map(({ occasion, state }) => `${occasion} ${state}`),
      ['step delivered', 'acknowledged handed'],
    );
  });

  test('another one goes on where the first stopped: nothing is told twice', async () => {
    const settings = { steps: [{ channel: 'push' }, { channel: 'sms', after: 1 }], patience: 3600 };
    const first = desk({ settings });
    await first.find(finding({ since: now() }));
    await first.answer(first.notices[0] as never);
    await first.stop();
    const second = desk({ settings });
    await second.told(1);
    assert.deepEqual(
      second.notices.map(({ channel, again }) => [channel, again]),
      [['sms', false]],
    );
  });

  test('what was handed out as it was closed, maybe to nodes that closed too, is handed out by the next one', async () => {
    const first = desk();
    await first.find(finding({ since: now() }));
    await first.stop();
    const [before] = first.notices;
    const second = desk();
    await second.told(1);
    assert.deepEqual(
      second.notices.map(({ notice, again }) => [notice, again]),
      [[before?.notice, true]],
    );
  });

  test('what one that died may not have handed out goes before the steps that follow it', async () => {
    const steps = [{ channel: 'push' }, { channel: 'sms', after: 1 }];
    const trial = desk({ settings: { ...lasting, steps } });
    const alert = await trial.find(finding({ since: now() }));
    const dead = newHolder().replace(/ \d+ \S+ /, ` ${await deadPid()} nobody `);
    await store.db
      .updateTable('alert_notice')
      .set({ holder: dead })
      .where('alert_id', '=', alert?.id ?? 0)
      .execute();
    await trial.told(3);
    assert.deepEqual(
      trial.notices.map(({ channel, again }) => [channel, again]),
      [
        ['push', false],
        ['push', true],
        ['sms', false],
      ],
    );
  });

  test('a commit whose answer is lost: what it was to hand out is handed out at once, not when patience ends', async () => {
    const line = breaksAfterCommit(store);
    const one = desk({}, line.store);
    line.breaks();
    await one.find(finding({ since: now() }));
    await one.told(1);
    assert.deepEqual(
      one.notices.map(({ channel, again }) => [channel, again]),
      [['push', true]],
    );
    assert.equal(one.problems.length, 1);
  });

  test('two of one name share their alerts; each step is done by one of them', async () => {
    const settings = {
      steps: [{ channel: 'push' }, { channel: 'message', after: 0.3 }, { channel: 'sms', after: 0.3 }],
      patience: 3600,
      repeat: 0,
    };
    const desks = [desk({ settings, answers: true }), desk({ settings, answers: true })];
    const since = now();
    const sources = Array.from({ length: 20 }, (_, i) => `camera ${i}`);
    await Promise.all(sources.flatMap((source) => desks.map((one) => one.find(finding({ source, since })))));
    const told = () => desks.flatMap(({ notices }) => notices.map(({ notice }) => notice));
    await until(() => told().length >= 60, { what: 'all steps of all alerts' });
    assert.equal(new Set(told()).size, 60);
    assert.equal(told().length, 60);
  });

  test('an acknowledgement at one of them stops the other', async () => {
    const settings = { steps: [{ channel: 'push' }, { channel: 'sms', after: 0.5 }], patience: 3600 };
    const [one, other] = [desk({ settings }), desk({ settings })];
    const alert = await one.find(finding({ since: now() }));
    await other.desk.put({ type: 'acknowledge', which: { key: alert?.key ?? '' }, by: 'ben' });
    const row = await until(() =>
      store.db
        .selectFrom('alert')
        .where('id', '=', alert?.id ?? 0)
        .select(['state', 'due'])
        .executeTakeFirst(),
    );
    assert.equal(row.state, 'acknowledged');
    await other.find(finding({ source: 'later', since: now() }));
    const sms = () => [...one.notices, ...other.notices].filter(({ channel }) => channel === 'sms');
    await until(() => sms().length > 0, { what: 'the other alert to go on' });
    assert.deepEqual(
      sms().map(({ source }) => source),
      ['later'],
    );
  });

  test('an offline camera mutes what is seen there until it is back', async () => {
    const settings = { ...lasting, mutes: [{ by: 'offline', same: 'source' }], resolveAfter: 0 };
    const trial = desk({ settings });
    const since = now();
    await trial.find(finding({ kind: 'offline', source: 'cam', since }));
    const muted = await trial.find(finding({ kind: 'loitering', source: 'cam', since }));
    const other = await trial.find(finding({ kind: 'loitering', source: 'yard', since }));
    assert.deepEqual([muted?.state, other?.state], ['silenced', 'open']);
    assert.deepEqual(
      trial.notices.map(({ kind, source }) => `${kind} ${source}`),
      ['offline cam', 'loitering yard'],
    );
    await trial.find(finding({ kind: 'offline', source: 'cam', since, until: since + 1 }));
    await trial.told(3);
    assert.equal(trial.notices[2]?.id, muted?.id);
  });

  test('who takes an alert without a name is not named: a follow-up has no gap where the name would be', async () => {
    const one = desk();
    await one.find(finding({ since: now() }));
    await one.told(1);
    await one.answer(one.notices[0] as never);
    await one.desk.put({ type: 'acknowledge', which: { id: one.notices[0]?.id as number }, by: '' });
    await one.told(2);
    assert.match(one.notices[1]?.title ?? '', /^Taken: \w/);
  });

  test('a silence covers what is open and what comes, and its author can end it', async () => {
    const trial = desk();
    const open = await trial.find(finding({ since: now() }));
    const silence = { by: 'anna', key: '', kind: 'loit*', source: '', zone: '', reason: 'painters', minutes: 60 };
    const { silence: id } = await trial.desk.put({ type: 'silence', silence });
    await until(() => trial.changes.some(({ id: of, state }) => of === open?.id && state === 'silenced'));
    const next = await trial.find(finding({ source: 'gate', since: now() }));
    assert.equal(next?.state, 'silenced');
    await trial.desk.put({ type: 'silence', silence: { ...silence, end: id as number } });
    await until(() => trial.notices.some((notice) => notice.id === next?.id), { what: 'the end of the silence' });
    const row = await store.db
      .selectFrom('alert_silence')
      .where('id', '=', id ?? 0)
      .selectAll()
      .executeTakeFirstOrThrow();
    assert.deepEqual([row.author, row.reason, row.ended_by], ['anna', 'painters', 'anna']);
  });

  test('presence counts for what comes afterwards', async () => {
    const trial = desk();
    await trial.desk.put({ type: 'presence', presence: { person: 'anna', home: false } });
    await trial.find(finding({ since: now() }));
    assert.deepEqual(
      trial.notices.map(({ channel }) => channel),
      ['push', 'sms'],
    );
    await trial.desk.put({ type: 'presence', presence: { person: 'ben', home: true } });
    await trial.find(finding({ source: 'gate', since: now() }));
    assert.equal(trial.notices.length, 3);
  });

  test('the cooldown of a key outlives its alert, where something was delivered', async () => {
    const trial = desk({ settings: { ...lasting, resolveAfter: 0 } });
    await trial.find(finding({ since: now(), until: now() }));
    await trial.answer(trial.notices[0] as never);
    await until(() => trial.changes.some(({ state }) => state === 'resolved'));
    const again = await trial.find(finding({ since: now() + 1 }));
    assert.equal(again?.state, 'open');
    assert.deepEqual(
      trial.notices.map(({ occasion }) => occasion),
      ['step', 'resolved'],
    );
  });

  test('what was decided while the clock was a day ahead goes on when it is right again', async () => {
    const settings = { steps: [{ channel: 'push' }, { channel: 'sms', after: 0.5 }], patience: 3600 };
    const before = desk({
      settings: { ...settings, steps: [{ channel: 'push' }, { channel: 'sms', after: 60 }] },
    });
    await before.find(finding({ since: now() }));
    await before.answer(before.notices[0] as never);
    await before.stop();
    const day = 86_400_000;
    await ahead(store, mine().policy, day);
    const after = desk({ settings });
    await until(async () => {
      const row = await store.db
        .selectFrom('alert')
        .where('policy', '=', mine().policy)
        .select('due')
        .executeTakeFirst();
      return (row?.due ?? Number.POSITIVE_INFINITY) < now() + 120_000;
    });
    assert.equal(after.notices.length, 0, 'its wait goes on, it does not end');
  });

  test('what names no alert, an alert that is over, or a notice of others is refused', async () => {
    const trial = desk();
    const { desk: one } = trial;
    const delivery = { type: 'delivery', receipt: { ok: true, taken: false } } as const;
    await assert.rejects(one.put({ type: 'acknowledge', which: {}, by: '' }), { code: 'alert-which' });
    await assert.rejects(one.put({ type: 'resolve', which: { id: 99 }, by: '' }), { code: 'alert-unknown' });
    await assert.rejects(one.put({ ...delivery, notice: '99.1' }), { code: 'alert-unknown-notice' });
    await assert.rejects(one.put({ ...delivery, notice: 'drop table' }), { code: 'alert-unknown-notice' });
    const alert = await trial.find(finding({ since: now() }));
    const snooze = { type: 'snooze', which: { id: alert?.id ?? 0 }, by: '' } as const;
    await assert.rejects(one.put({ ...snooze, howLong: {} }), { code: 'alert-how-long' });
    await assert.rejects(one.put({ ...snooze, howLong: { until: 5 } }), { code: 'alert-how-long' });
    assert.equal(trial.problems.length, 0);
  });

  test('what cannot be stored is refused, and keeps nothing else from being told', async () => {
    const trial = desk();
    const sources = ['first', 'a\0b', 'last'];
    const [first, bad, last] = await Promise.allSettled(
      sources.map((source) => trial.find(finding({ source, since: now() }))),
    );
    assert.deepEqual([first?.status, last?.status], ['fulfilled', 'fulfilled']);
    if (lab.kind === 'postgres') assert.equal(bad?.status, 'rejected');
    const told = trial.notices.map(({ source }) => source);
    assert.deepEqual(
      told.filter((source) => source !== 'a\0b'),
      ['first', 'last'],
    );
  });

  test('what came while the store could not be written is decided when it can', async () => {
    const trial = desk();
    await trial.find(finding({ source: 'first', since: now() }));
    const restore = await breakStore(store);
    const finding2 = trial.find(finding({ source: 'second', since: now() }));
    await until(() => trial.problems.length > 0, { what: 'the problem to be told' });
    await restore();
    assert.ok(await finding2);
    assert.deepEqual(
      trial.notices.map(({ source }) => source),
      ['first', 'second'],
    );
  });
});

function bound(trial: DeskTrial) {
  return { find: trial.find.bind(trial), notices: trial.notices };
}

/** As if all had been decided so many ms later than it was. */
async function ahead(store: StoreHandle, policy: string, ms: number): Promise<void> {
  const row = await store.db.selectFrom('alert').where('policy', '=', policy).selectAll().executeTakeFirstOrThrow();
  const shift = (value: unknown): unknown => {
    if (typeof value === 'number' && value > 1e12) return value + ms;
    if (Array.isArray(value)) return value.map(shift);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shift(one)]));
  };
  const body = JSON.stringify(shift(JSON.parse(row.body)));
  const { changed_at, due } = row;
  await store.db
    .updateTable('alert')
    .where('id', '=', row.id)
    .set({ body, changed_at: changed_at + ms, due: due === null ? null : due + ms })
    .execute();
}

/** Until what it returns is called, alerts cannot be written. */
async function breakStore({ db }: StoreHandle): Promise<() => Promise<void>> {
  await sql`alter table alert rename to alert_away`.execute(db);
  return async () => {
    await sql`alter table alert_away rename to alert`.execute(db);
  };
}
