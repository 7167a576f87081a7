import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoreHandle } from '../../dist/store/open.js';
import { expireOnce } from '../../dist/store/retention.js';
import { DeskTrial } from '../support/alert-desk.ts';
import { finding } from '../support/alert-trial.ts';
import { notice } from '../support/provider-notice.ts';
import { SpoolTrial, TrialChannel } from '../support/provider-spool.ts';
import { forBothStores } from '../support/stores.ts';
import { until } from '../support/until.ts';

const day = 86_400_000;
const { signal } = new AbortController();

forBothStores((lab) => {
  test('alerts that ended long ago go with their steps and notices; open ones and young ones stay, however old', async () => {
    const store = await lab.open();
    const desk = new DeskTrial(store, { settings: { patience: 3600, steps: [{ channel: 'push' }] }, answers: true });
    const ids: number[] = [];
    for (const source of ['open', 'old', 'young']) {
      const alert = await desk.find(finding({ source, since: Date.now() }));
      ids.push(alert?.id ?? 0);
      if (source !== 'open') await desk.desk.put({ type: 'resolve', which: { id: alert?.id ?? 0 }, by: 'anna' });
    }
    const [open = 0, old = 0, young = 0] = ids;
    await until(async () => !(await dueOf(store, [old, young])).some((due) => due !== null), { what: 'all answers' });
    await desk.stop();
    const ago = Date.now() - 40 * day;
    await store.db.updateTable('alert').set({ opened_at: ago }).execute();
    await store.db.updateTable('alert').set({ closed_at: ago }).where('id', '=', old).execute();
    assert.equal(await expireOnce(store.db, { retention: { alert: 30 }, signal }), 1);
    for (const table of ['alert_step', 'alert_notice'] as const) {
      const left = await store.db.selectFrom(table).select('alert_id').distinct().orderBy('alert_id').execute();
      assert.deepEqual(
        left.map(({ alert_id }) => alert_id),
        [open, young],
        table,
      );
    }
    assert.equal(await expireOnce(store.db, { retention: { alert: 30 }, signal }), 0);
    assert.deepEqual(await store.check(), []);
  });

  test('what was sent long ago goes from the spool; what waits stays', async () => {
    const store = await lab.open();
    const push = new TrialChannel('push', undefined, 2);
    const spool = new SpoolTrial(store, [push]);
    for (let i = 1; i <= 3; i++) await spool.take(notice(i, { thread: `17/push/${i}` }));
    await spool.told(2);
    await spool.stop();
    const ago = Date.now() - 40 * day;
    await store.db.updateTable('notice_spool').set({ created_at: ago, changed_at: ago }).execute();
    assert.equal(await expireOnce(store.db, { retention: { alert: 30 }, signal }), 2);
    const left = await store.db.selectFrom('notice_spool').select('state').execute();
    assert.deepEqual(left, [{ state: 'waiting' }]);
  });

  test('hundreds go in small batches, past open ones that are as old', async () => {
    const store = await lab.open();
    const ago = Date.now() - 40 * day;
    const rows = Array.from({ length: 700 }, (_, i) => ({
      ...{ policy: 'p', key: `k ${i}`, severity: 'warning' as const, kind: 'x', source: 's', zone: '', title: '' },
      ...{ count: 1, opened_at: ago, changed_at: ago, delivered_at: null, due: null, inhibits: 0, body: '{}' },
      ...(i < 300
        ? { active_key: `k ${i}`, state: 'open' as const, closed_at: null }
        : { active_key: null, state: 'resolved' as const, closed_at: ago }),
    }));
    for (let i = 0; i < rows.length; i += 100)
      await store.db
        .insertInto('alert')
        .values(rows.slice(i, i + 100))
        .execute();
    assert.equal(await expireOnce(store.db, { retention: { alert: 30 }, signal }), 400);
    const { left } = await store.db
      .selectFrom('alert')
      .select((eb) => eb.fn.countAll<number>().as('left'))
      .executeTakeFirstOrThrow();
    assert.equal(Number(left), 300);
  });
});

async function dueOf(store: StoreHandle, ids: readonly number[]): Promise<(number | null)[]> {
  const rows = await store.db.selectFrom('alert').select('due').where('id', 'in', ids).execute();
  return rows.map(({ due }) => due);
}
