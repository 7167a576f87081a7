import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoreHandle } from '../../dist/store/open.js';
import { rollupWidths } from '../../dist/store/schema.js';
import type { NewReading } from '../../dist/store/store.js';
import { forBothStores, reading, readings, StoreChild } from '../support/stores.ts';

forBothStores((lab) => {
  test('a repeated reading is stored once and told as a repeat', async () => {
    const store = await lab.open();
    const first = await store.commit({ readings: readings(0, 20) });
    const again = await store.commit({ readings: [...readings(10, 20), reading(25)] });
    assert.equal(new Set(first.readings).size, 20);
    assert.ok(again.readings.slice(0, 10).every((id) => id === null));
    assert.ok(again.readings.slice(10, 20).every((id) => typeof id === 'number'));
    assert.equal(again.readings[20], null);
    assert.equal(await count(store, 'reading'), 30);
  });

  test('ids ascend in the order of the batch and of the commits', async () => {
    const store = await lab.open();
    const all = await Promise.all([0, 100, 200].map((from) => store.commit({ readings: readings(from, 100) })));
    const ids = all.flatMap(({ readings: r }) => r) as number[];
    assert.deepEqual(
      ids,
      [...ids].sort((a, b) => a - b),
    );
  });

  test('roll-ups are exact whatever the order, the batches and the repeats', async () => {
    const store = await lab.open();
    const random = seeded(20260105);
    const rows = Array.from({ length: 3_000 }, (_, i) =>
      reading(i, {
        source: `s-${Math.floor(random() * 3)}`,
        time: Date.UTC(2026, 0, 5) + Math.floor(random() * 7_200_000) + (random() < 0.1 ? 0.25 : 0),
        sequence: Math.floor(random() * 2),
        value: Math.floor(random() * 1_000) - 500,
      }),
    );
    const sent = shuffled([...rows, ...rows.slice(0, 800)], random);
    const waiting: Promise<unknown>[] = [];
    while (sent.length > 0) waiting.push(store.commit({ readings: sent.splice(0, 1 + Math.floor(random() * 300)) }));
    await Promise.all(waiting);
    assert.deepEqual(await storedRollups(store), expectedRollups(await storedReadings(store)));
  });

  test('of two readings of one instant the roll-up keeps the later in sequence as last', async () => {
    const store = await lab.open();
    await store.commit({ readings: [reading(0, { sequence: 2, value: 22 })] });
    await store.commit({ readings: [reading(0, { sequence: 1, value: 11 })] });
    const { last } = await store.db.selectFrom('rollup').select('last').limit(1).executeTakeFirstOrThrow();
    assert.equal(last, 22);
  });

  test('times keep their fractions, and values every digit', async () => {
    const store = await lab.open();
    const exact = reading(0, { time: 1767614400000.125, value: 0.1 + 0.2, sequence: 9_007_199_254_740_991 });
    await store.commit({ readings: [exact] });
    const row = await store.db.selectFrom('reading').selectAll().executeTakeFirstOrThrow();
    assert.deepEqual([row.time, row.value, row.sequence], [exact.time, exact.value, exact.sequence]);
    assert.equal((await store.commit({ readings: [exact] })).readings[0], null);
  });

  test('a unit that differs from the series is kept with its reading', async () => {
    const store = await lab.open();
    const units = ['', '°C', '°F', '°C', ''];
    for (const [i, unit] of units.entries()) await store.commit({ readings: [reading(i * 10, { unit })] });
    const { unit } = await store.db.selectFrom('series').selectAll().executeTakeFirstOrThrow();
    const rows = await store.db.selectFrom('reading').select('unit').orderBy('id').execute();
    assert.equal(unit, '°C');
    assert.deepEqual(
      rows.map((row) => row.unit),
      [null, null, '°F', null, ''],
    );
  });

  test('a source knows what arrived, when, and how often', async () => {
    const store = await lab.open();
    const at = (i: number) => reading(0, { source: 'pump', time: 1_000 * i, receivedAt: 1_000 * i + 40 });
    for (let i = 0; i < 50; i++) await store.commit({ readings: [at(i)] });
    await store.commit({ readings: [at(3), { ...at(10), sequence: 1, clock: 'behind' }] });
    const row = await store.db.selectFrom('source').selectAll().executeTakeFirstOrThrow();
    assert.deepEqual(row, {
      source: 'pump',
      first_received: 40,
      last_received: 49_040,
      last_time: 49_000,
      stored: 51,
      clock: 'ok',
      lag: 40,
      interval: row.interval,
      clock_offset: null,
    });
    assert.ok(Math.abs(row.interval - 1_000) < 1, `smoothed interval ${row.interval}`);
  });

  test("a source knows how far off its clock is, by the newest that was measured, and no more once it isn't", async () => {
    const store = await lab.open();
    const at = (i: number, more: object = {}) =>
      store.commit({ readings: [reading(0, { source: 'far', time: i, receivedAt: 100 + i })], ...more });
    const offset = async () =>
      (await store.db.selectFrom('source').select('clock_offset').where('source', '=', 'far').executeTakeFirst())
        ?.clock_offset;
    const measured = (ms: number) => ({ clockOffsets: [{ source: 'far', offset: ms }] });
    await at(1, measured(-90_000.5));
    assert.equal(await offset(), -90_000.5);
    await at(3, measured(250));
    await at(2, measured(-90_000));
    assert.equal(await offset(), 250);
    await at(4);
    assert.equal(await offset(), null);
    // in one transaction with what others bring meanwhile
    await Promise.all([store.commit({ readings: [reading(0, { source: 'near' })] }), at(5, measured(40))]);
    assert.equal(await offset(), 40);
  });

  test('recordings, dead letters and what was driven again are one transaction', async () => {
    const store = await lab.open();
    const letter = { node: 'n1', topic: 'a/b\0c', payload: Buffer.from([0, 255, 1]), code: 'decode', reason: 'no' };
    const first = await store.commit({
      readings: [],
      deadLetters: [1, 2].map((receivedAt) => ({ ...letter, receivedAt })),
    });
    const recording = { ...picture(1), meta: { width: 640, note: 'tür "x"' } };
    const second = await store.commit({
      readings: [reading(0)],
      recordings: [recording, picture(2), picture(1)],
      redriven: [first.deadLetters[0] as number],
    });
    assert.equal(second.recordings[2], null);
    assert.ok((second.recordings[0] as number) < (second.recordings[1] as number));
    const letters = await store.db.selectFrom('dead_letter').selectAll().execute();
    assert.deepEqual(
      letters.map(({ id, topic, payload }) => ({ id, topic, payload })),
      [{ id: first.deadLetters[1], topic: 'a/b\u2400c', payload: letter.payload }],
    );
    const stored = await store.db.selectFrom('recording').selectAll().orderBy('id').executeTakeFirstOrThrow();
    assert.deepEqual(JSON.parse(stored.meta), recording.meta);
    const source = await store.db.selectFrom('source').select('stored').where('source', '=', 'cam').executeTakeFirst();
    assert.equal(source?.stored, 2);
  });

  test('a row that cannot be stored rejects its own batch and no other', async () => {
    const store = await lab.open();
    const results = await Promise.allSettled([
      store.commit({ readings: readings(0, 10) }),
      store.commit({ readings: [reading(20), reading(21, { value: Number.NaN })] }),
      store.commit({ readings: readings(40, 10) }),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal(results[1]?.status === 'rejected' && results[1].reason.code, 'store-row-invalid');
    assert.equal(await count(store, 'reading'), 20);
  });

  test('a group with a row the database refuses is committed without that batch', async () => {
    const store = await lab.open();
    const letter = { node: 'n', topic: 't', payload: Buffer.alloc(1), code: 'c', receivedAt: 1 };
    const results = await Promise.allSettled([
      store.commit({ readings: readings(0, 10) }),
      store.commit({ readings: readings(10, 10), deadLetters: [{ ...letter, reason: 'r', node: null as never }] }),
      store.commit({ readings: readings(20, 10) }),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal(results[1]?.status === 'rejected' && results[1].reason.code, 'store-row-invalid');
    assert.equal(await count(store, 'reading'), 20);
    assert.deepEqual(await storedRollups(store), expectedRollups(await storedReadings(store)));
  });

  test('a finding told again is updated, and an end that is known stays', async () => {
    const store = await lab.open();
    const finding = {
      kind: 'limit',
      source: 'pump',
      quantity: 't',
      score: 1,
      threshold: 80,
      severity: 'warning' as const,
    };
    const begun = await store.putFinding({ ...finding, since: 5, reasons: ['81 °C'], evidence: [] });
    const ended = await store.putFinding({
      ...finding,
      since: 5,
      score: 3,
      until: 9,
      reasons: ['95 °C'],
      evidence: ['k'],
      expected: [{ time: 5, low: 20, high: 30.5 }],
    });
    const late = await store.putFinding({ ...finding, since: 5, reasons: ['81 °C'], evidence: [] });
    assert.deepEqual(ended, {
      ...finding,
      id: begun.id,
      since: 5,
      score: 3,
      until: 9,
      reasons: ['95 °C'],
      evidence: ['k'],
      expected: [{ time: 5, low: 20, high: 30.5 }],
    });
    assert.equal(begun.expected, undefined);
    assert.equal(late.until, 9);
    assert.equal(await count(store, 'finding'), 1);
  });

  test('two processes write to one database at once', async () => {
    const url = await lab.url();
    const store = await lab.open({ url });
    const children = [0, 1].map(() => new StoreChild('commit', { url }, { batches: 20 }));
    for (let i = 0; i < 20; i++) await store.commit({ readings: readings(500 + i * 50, 50) });
    for (const child of children) await child.ended();
    assert.deepEqual(
      children.map(({ said }) => said.at(-1)),
      [1_000, 1_000],
    );
    assert.equal(await count(store, 'reading'), 1_500);
    assert.deepEqual(await storedRollups(store), expectedRollups(await storedReadings(store)));
  });

  test('kill -9 in mid-commit loses nothing that was resolved', async () => {
    const url = await lab.url();
    const store = await lab.open({ url });
    for (let trial = 0; trial < 3; trial++) {
      const from = trial * 1_000_000;
      const child = new StoreChild('commit', { url }, { from });
      await child.until((said) => said.length >= 10 + 7 * trial, 'some commits');
      await child.kill();
      const resolved = Number(child.said.at(-1)) - from;
      const again = await store.commit({ readings: readings(from, resolved) });
      assert.ok(again.readings.every((id) => id === null));
    }
    assert.deepEqual(await storedRollups(store), expectedRollups(await storedReadings(store)));
    assert.deepEqual(await store.check(), []);
  });

  test('what is exported can be imported elsewhere, ids included', async () => {
    const store = await lab.open();
    const letter = { node: 'n', topic: 't', payload: Buffer.from([1, 0, 2]), code: 'c', reason: 'r', receivedAt: 1 };
    await store.commit({ readings: readings(0, 2_500), recordings: [picture(1)], deadLetters: [letter] });
    const copy = await lab.open();
    for await (const { table, rows } of store.exportRows()) await copy.importRows(table, rows);
    for (const table of ['reading', 'rollup', 'recording', 'dead_letter', 'series', 'source'] as const) {
      const [a, b] = await Promise.all([store, copy].map((s) => s.db.selectFrom(table).selectAll().execute()));
      assert.deepEqual(byText(b), byText(a), table);
    }
    const { readings: ids } = await copy.commit({ readings: [reading(9_999)] });
    assert.equal(ids[0], 2_501);
  });

  test('rows can be streamed, and a reader who stops early disturbs nobody', async () => {
    const store = await lab.open();
    await store.commit({ readings: readings(0, 3_000) });
    let seen = 0;
    for await (const _ of store.db.selectFrom('reading').select('id').where('value', '>=', 0).stream(500)) seen++;
    assert.equal(seen, 3_000);
    for await (const _ of store.db.selectFrom('reading').select('id').stream(500)) if (++seen > 3_100) break;
    assert.equal(await count(store, 'reading'), 3_000);
  });

  test('a transaction of a query keeps others out until it ends, and leaves nothing when it fails', async () => {
    const store = await lab.open();
    await store.commit({ readings: readings(0, 10) });
    const failing = store.db.transaction().execute(async (trx) => {
      await trx.deleteFrom('rollup').execute();
      await trx.deleteFrom('reading').execute();
      throw new Error('changed my mind');
    });
    await assert.rejects(failing, /changed my mind/);
    await store.commit({ readings: readings(10, 10) });
    assert.equal(await count(store, 'reading'), 20);
  });

  test('doctor sees a roll-up that does not agree with its readings', async () => {
    const store = await lab.open();
    await store.commit({ readings: readings(0, 100) });
    assert.deepEqual(await store.check(), []);
    await store.db.updateTable('rollup').set({ count: 99 }).where('width', '=', 60_000).execute();
    const problems = await store.check();
    assert.equal(problems.length, 10);
    assert.match(problems[0]?.detail ?? '', /sums up 99 readings, 10 are stored/);
  });
});

function picture(time: number) {
  const meta = {};
  const key = `frames/${time}.jpg`;
  return {
    source: 'cam',
    quantity: '',
    kind: 'frame' as const,
    time,
    sequence: 0,
    receivedAt: time,
    clock: 'ok' as const,
    key,
    bytes: 3,
    sha256: 'ab',
    meta,
  };
}

async function count(store: StoreHandle, table: 'reading' | 'finding'): Promise<number> {
  const row = await store.db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return row.n;
}

type Stored = Pick<NewReading, 'time' | 'sequence' | 'value'> & { series_id: number };

function storedReadings(store: StoreHandle): Promise<Stored[]> {
  return store.db.selectFrom('reading').select(['series_id', 'time', 'sequence', 'value']).execute();
}

async function storedRollups(store: StoreHandle): Promise<unknown[]> {
  const rows = await store.db.selectFrom('rollup').selectAll().execute();
  return byText(
    rows.map((r) => ({
      series: r.series_id,
      width: r.width,
      start: r.start,
      count: r.count,
      min: r.min,
      max: r.max,
      sum: r.sum,
      last: r.last,
    })),
  );
}

/** The same sums, done the plain way over all rows. */
function expectedRollups(rows: readonly Stored[]): unknown[] {
  const groups = new Map<string, Stored[]>();
  for (const row of rows) {
    for (const width of rollupWidths) {
      const key = JSON.stringify([row.series_id, width, Math.floor(row.time / width) * width]);
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
  }
  return byText(
    [...groups].map(([key, group]) => {
      const [series, width, start] = JSON.parse(key);
      const values = group.map(({ value }) => value);
      const newest = group.reduce((a, b) =>
        b.time > a.time || (b.time === a.time && b.sequence > a.sequence) ? b : a,
      );
      return {
        series,
        width,
        start,
        count: group.length,
        min: Math.min(...values),
        max: Math.max(...values),
        sum: values.reduce((a, b) => a + b),
        last: newest.value,
      };
    }),
  );
}

function byText(rows: readonly unknown[] | undefined): unknown[] {
  return (rows ?? []).map((row) => JSON.stringify(row)).sort();
}

/** mulberry32 */
function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffled<T>(items: T[], random: () => number): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
