import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { openFeed } from '../../dist/store/feed.js';
import type { StoreHandle } from '../../dist/store/open.js';
import type { NewReading } from '../../dist/store/store.js';
import { forBothStores, reading, StoreChild } from '../support/stores.ts';
import { until } from '../support/until.ts';

const sources = 40;

forBothStores((lab) => {
  test('two processes with one name work at once: each row goes to one of them, a source in order to the same', async () => {
    const { store, start, stop } = await plant();
    const [a, b] = [start(), start()];
    await shares(store, [8, 8]);
    await store.commit({ readings: rows(0, 800) });
    await until(() => a.said.length + b.said.length === 800, { what: 'all rows' });
    assert.ok(a.said.length >= 100 && b.said.length >= 100, `${a.said.length} and ${b.said.length} rows`);
    assert.deepEqual(inOrder([...a.said, ...b.said] as number[]), range(1, 800));
    for (const { said } of [a, b]) assert.deepEqual(said, inOrder(said as number[]));
    assert.deepEqual(
      [...sourcesOf(a)].filter((source) => sourcesOf(b).has(source)),
      [],
    );
    await stop();
  });

  test('a process that joins gets its share while rows keep coming, and no row comes twice', async () => {
    const { store, start, stop } = await plant();
    const children = [start(), start()];
    await shares(store, [8, 8]);
    const said = () => children.flatMap((child) => child.said as number[]);
    let committed = 0;
    let joined = false;
    const committing = (async () => {
      while (!joined) {
        await store.commit({ readings: rows(committed, 80) });
        committed += 80;
        await until(() => said().length > committed - 400, { what: 'the feeds to follow' });
      }
    })();
    children.push(start());
    await shares(store, [5, 5, 6]);
    await children[2]
      ?.until((said) => said.length > 20, 'the third to work')
      .finally(() => {
        joined = true;
      });
    await committing;
    await until(() => said().length >= committed, { what: 'all rows' });
    assert.deepEqual(inOrder(said()), range(1, committed));
    assert.deepEqual(outOfOrder(children), []);
    await stop();
  });

  test('when one of two is killed in the middle of its work, the other does all of it', async () => {
    const { store, start, stop } = await plant();
    const [a, b] = [start({ workMs: 2 }), start({ workMs: 2 })];
    await shares(store, [8, 8]);
    await store.commit({ readings: rows(0, 800) });
    await a.until((said) => said.length > 50, 'the first to work');
    await a.kill();
    const said = () => [...a.said, ...b.said] as number[];
    await until(() => new Set(said()).size === 800, { ms: 20_000, what: 'the other to do the rest' });
    assert.ok(said().length - 800 <= 50, `${said().length - 800} rows came again`);
    await shares(store, [16]);
    await stop();
  });

  test('when one of two stops, the other goes on with its rows, without repeating one', async () => {
    const { store, start, stop } = await plant();
    const [a, b] = [start({ workMs: 1 }), start({ workMs: 1 })];
    await shares(store, [8, 8]);
    await store.commit({ readings: rows(0, 800) });
    await a.until((said) => said.length > 50, 'the first to work');
    await a.kill('SIGTERM');
    await until(() => a.said.length + b.said.length >= 800, { ms: 20_000, what: 'the rest' });
    assert.deepEqual(inOrder([...a.said, ...b.said] as number[]), range(1, 800));
    await stop();
  });

  test('a process that hangs keeps the others waiting for its lease, no longer', async () => {
    const { store, start, stop } = await plant();
    const a = start();
    await shares(store, [16]);
    a.pause();
    await store.commit({ readings: rows(0, 400) });
    const b = start();
    await b.until((said) => said.length === 400, 'the other to do all');
    await stop();
  });

  test('a cursor from before work was shared goes on where it stood', async () => {
    const url = await lab.url();
    const store = await lab.open({ url });
    await store.commit({ readings: rows(0, 300) });
    await backBeforeSlots(store);
    await store.close();
    const again = await lab.open({ url });
    const abort = new AbortController();
    const handed: number[] = [];
    const done = openFeed(again, { name: 'test', table: 'reading', signal: abort.signal }, ({ id }) => {
      handed.push(id);
    });
    await until(() => handed.length === 180, { what: 'what was not done' });
    abort.abort();
    await done;
    assert.deepEqual(handed, range(121, 300));
  });

  async function plant() {
    const url = await lab.url();
    const store = await lab.open({ url });
    const children: StoreChild[] = [];
    const start = (options: Record<string, unknown> = {}) => {
      const child = new StoreChild('feed', { url }, { leaseMs: 1_000, ...options });
      children.push(child);
      return child;
    };
    const stop = async () => {
      await Promise.all(children.map((child) => child.kill()));
    };
    return { store, start, stop };
  }
});

/** Waits until living holders have so many slots each. */
async function shares(store: StoreHandle, expected: readonly number[]): Promise<void> {
  let found: number[] = [];
  const wanted = expected.toSorted().join();
  await until(
    async () => {
      const slots = await store.db.selectFrom('feed_cursor').select('holder').where('holder', 'is not', null).execute();
      found = Object.values(Object.groupBy(slots, ({ holder }) => holder ?? '')).map((of) => of?.length ?? 0);
      return found.toSorted().join() === wanted;
    },
    { ms: 20_000, what: `shares of ${wanted}` },
  );
}

/** The tables of a feed as they were at first, with one cursor. */
const laterTables = [
  'push_subscription',
  'notice_spool',
  'audit',
  ...['alert_presence', 'alert_silence', 'alert_notice', 'alert_step', 'alert'],
] as const;

async function backBeforeSlots({ db }: StoreHandle): Promise<void> {
  for (const statement of [
    sql`drop table feed_cursor`,
    sql`drop table feed_member`,
    sql`create table feed_cursor (name text primary key, table_name text not null, position bigint not null,
      holder text, lease_until double precision)`,
    sql`insert into feed_cursor values ('test', 'reading', 120, null, null)`,
    sql`alter table finding drop column expected`,
    sql`alter table source drop column clock_offset`,
    ...laterTables.map((table) => sql`drop table ${sql.table(table)}`),
    sql`delete from percept_migration where name > '002'`,
  ]) {
    await statement.execute(db);
  }
}

function rows(from: number, count: number): NewReading[] {
  return Array.from({ length: count }, (_, i) => reading(from + i, { source: sourceOf(from + i + 1) }));
}

/** Of the reading with this row id. */
function sourceOf(id: number): string {
  return `plant/machine-${(id - 1) % sources}`;
}

function sourcesOf(child: StoreChild): Set<string> {
  return new Set((child.said as number[]).map(sourceOf));
}

/** Sources whose rows a process got out of order. */
function outOfOrder(children: readonly StoreChild[]): string[] {
  return children.flatMap(({ said }) => {
    const bySource = Object.groupBy(said as number[], sourceOf);
    return Object.entries(bySource).flatMap(([source, ids = []]) =>
      ids.every((id, i) => i === 0 || id > (ids[i - 1] ?? 0)) ? [] : [source],
    );
  });
}

function inOrder(ids: readonly number[]): number[] {
  return ids.toSorted((a, b) => a - b);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
