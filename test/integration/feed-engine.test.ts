import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FeedOptions, type FeedRows, type FeedState, openFeed } from '../../dist/store/feed.js';
import type { StoreHandle } from '../../dist/store/open.js';
import type { FeedTable } from '../../dist/store/store.js';
import { forBothStores, reading, readings, StoreChild } from '../support/stores.ts';
import { until } from '../support/until.ts';

forBothStores((lab) => {
  test('every row is handed out once and in order, while others are being added', async () => {
    const store = await lab.open();
    await store.commit({ readings: readings(0, 1_200) });
    const feed = follow(store, 'reading', { batch: 100 });
    for (let i = 0; i < 5; i++) await store.commit({ readings: readings(1_200 + i * 100, 100) });
    await until(() => feed.rows.length === 1_700, { what: 'all rows' });
    await feed.stop();
    const ids = feed.rows.map(({ id }) => id);
    assert.deepEqual(
      ids,
      [...ids].sort((a, b) => a - b),
    );
    const { id, ...row } = feed.rows[3] as FeedRows['reading'];
    assert.deepEqual(row, reading(3));
    assert.equal(id, 4);
  });

  test('a row is handed out within milliseconds of its commit', async () => {
    const store = await lab.open();
    const feed = follow(store, 'reading');
    await store.commit({ readings: readings(0, 1) });
    await until(() => feed.rows.length === 1 && feed.states.at(-1)?.phase === 'idle', { what: 'the first row' });
    const began = performance.now();
    await store.commit({ readings: readings(1, 1) });
    await until(() => feed.rows.length === 2, { what: 'the second row' });
    assert.ok(performance.now() - began < 2_500, 'not by the poll');
    await feed.stop();
  });

  test('it goes on where it was stopped, under the same name only', async () => {
    const store = await lab.open();
    await store.commit({ readings: readings(0, 50) });
    const first = follow(store, 'reading', { name: 'a' });
    await until(() => first.rows.length === 50, { what: 'the first half' });
    await first.stop();
    await store.commit({ readings: readings(50, 50) });
    const again = follow(store, 'reading', { name: 'a' });
    const other = follow(store, 'reading', { name: 'b' });
    await until(() => again.rows.length === 50 && other.rows.length === 100, { what: 'both' });
    assert.equal(again.rows[0]?.id, 51);
    await Promise.all([again.stop(), other.stop()]);
  });

  test('a new name may begin with the rows from now on', async () => {
    const store = await lab.open();
    await store.commit({ readings: readings(0, 50) });
    const feed = follow(store, 'reading', { from: 'now' });
    await until(() => feed.states.at(-1)?.phase === 'idle', { what: 'the feed to stand by' });
    await store.commit({ readings: readings(50, 2) });
    await until(() => feed.rows.length > 0, { what: 'a new row' });
    assert.deepEqual(
      feed.rows.map(({ id }) => id),
      [51, 52],
    );
    await feed.stop();
  });

  test('rows that do not fit the filter are passed over, and not looked at again', async () => {
    const store = await lab.open();
    await store.commit({ readings: readings(0, 200) });
    const feed = follow(store, 'reading', { name: 'f', filter: { source: 'plant/machine-3', quantity: '+' } });
    await until(() => feed.rows.length === 20 && feed.states.at(-1)?.phase === 'idle', { what: 'one machine' });
    await feed.stop();
    assert.ok(feed.rows.every(({ source }) => source === 'plant/machine-3'));
    const { position } = await store.db.selectFrom('feed_cursor').selectAll().executeTakeFirstOrThrow();
    assert.equal(position, 200);
  });

  test('recordings, findings and dead letters are fed as they were put', async () => {
    const store = await lab.open();
    const recording = {
      source: 'mic',
      quantity: 'noise',
      kind: 'sound' as const,
      time: 5,
      sequence: 0,
      receivedAt: 6,
      clock: 'ok' as const,
      key: 'k',
      bytes: 9,
      sha256: 'ab',
      meta: { sampleRate: 16_000 },
    };
    const letter = {
      node: 'n',
      topic: 'a/b',
      payload: Buffer.from('{'),
      code: 'decode-json',
      reason: 'r',
      receivedAt: 7,
    };
    const finding = {
      kind: 'limit',
      source: 's',
      quantity: 'q',
      score: 2,
      threshold: 1,
      severity: 'critical' as const,
      since: 3,
      reasons: ['hot'],
      evidence: ['k'],
    };
    const feeds = [
      follow(store, 'recording', { name: 'r' }),
      follow(store, 'finding', { name: 'f' }),
      follow(store, 'dead_letter', { name: 'd' }),
    ];
    await store.commit({ readings: [], recordings: [recording], deadLetters: [letter] });
    await store.putFinding(finding);
    await store.putFinding({ ...finding, until: 8 });
    await until(() => feeds.every(({ rows }) => rows.length === 1), { what: 'a row each' });
    for (const feed of feeds) await feed.stop();
    assert.deepEqual(feeds[0]?.rows, [{ id: 1, ...recording }]);
    assert.partialDeepStrictEqual(feeds[1]?.rows[0], { id: 1, ...finding });
    assert.deepEqual(feeds[2]?.rows, [{ id: 1, ...letter }]);
  });

  test('a row whose handler fails comes again, before the next', async () => {
    const store = await lab.open();
    await store.commit({ readings: readings(0, 5) });
    const seen: number[] = [];
    const problems: string[] = [];
    const abort = new AbortController();
    const options = {
      name: 'x',
      table: 'reading' as const,
      signal: abort.signal,
      onProblem: (p: Error) => problems.push(p.message),
    };
    const done = openFeed(store, options, ({ id }) => {
      seen.push(id);
      if (id === 3 && seen.length === 3) throw new Error('not now');
    });
    await until(() => seen.length === 6, { what: 'all rows' });
    abort.abort();
    await done;
    assert.deepEqual(seen, [1, 2, 3, 3, 4, 5]);
    assert.match(problems[0] ?? '', /not now/);
  });

  test('a slow handler holds the feed back instead of filling the memory', async () => {
    const store = await lab.open();
    await store.commit({ readings: readings(0, 500) });
    let handed = 0;
    const gate = Promise.withResolvers<void>();
    const abort = new AbortController();
    const done = openFeed(store, { name: 'x', table: 'reading', signal: abort.signal, batch: 10 }, async () => {
      handed++;
      await gate.promise;
    });
    const fast = follow(store, 'reading', { name: 'fast', batch: 10 });
    await until(() => handed === 1 && fast.rows.length === 500, { what: 'another feed to have them all' });
    await fast.stop();
    assert.equal(handed, 1);
    gate.resolve();
    await until(() => handed === 500, { what: 'the rest' });
    abort.abort();
    await done;
  });

  test('after kill -9 nothing is left out, and only what was handed out in the last moment comes again', async () => {
    const url = await lab.url();
    const store = await lab.open({ url });
    await store.commit({ readings: readings(0, 600) });
    const said: number[][] = [];
    for (const until of [60, 150]) {
      const child = new StoreChild('feed', { url }, { leaseMs: 500, workMs: 2 });
      await child.until((lines) => Number(lines.at(-1)) >= until, 'rows');
      await child.kill();
      said.push(child.said as number[]);
    }
    const rest = follow(store, 'reading', { name: 'test', leaseMs: 500 });
    await until(() => rest.rows.at(-1)?.id === 600, { what: 'the rest' });
    await rest.stop();
    said.push(rest.rows.map(({ id }) => id));
    assert.equal(new Set(said.flat()).size, 600);
    for (const [i, ids] of said.entries()) {
      assert.deepEqual(ids, range(ids[0] as number, ids.at(-1) as number));
      const repeated = i === 0 ? 0 : (said[i - 1]?.at(-1) as number) - (ids[0] as number) + 1;
      assert.ok(repeated <= 100, `${repeated} rows came again`);
    }
  });

  test('a process that stops hands over at once, without repeating a row', async () => {
    const url = await lab.url();
    const store = await lab.open({ url });
    await store.commit({ readings: readings(0, 100) });
    const a = new StoreChild('feed', { url }, { leaseMs: 3_000 });
    await a.until((said) => said.length === 100, 'the first to work');
    await a.kill('SIGTERM');
    await store.commit({ readings: readings(100, 100) });
    const b = new StoreChild('feed', { url }, { leaseMs: 3_000 });
    await b.until((said) => said.length === 100, 'the second to take over');
    await b.kill('SIGTERM');
    assert.deepEqual([...a.said, ...b.said], range(1, 200));
  });

  test('a name that follows another table already is refused', async () => {
    const store = await lab.open();
    const first = follow(store, 'reading', { name: 'mine' });
    await until(() => first.states.length > 0, { what: 'the first feed' });
    const second = follow(store, 'finding', { name: 'mine' });
    await until(() => second.problems.includes('feed-name-taken'), { what: 'the refusal' });
    await Promise.all([first.stop(), second.stop()]);
  });
});

function follow<T extends FeedTable>(store: StoreHandle, table: T, options: Partial<FeedOptions<T>> = {}) {
  const abort = new AbortController();
  const rows: FeedRows[T][] = [];
  const states: FeedState[] = [];
  const problems: string[] = [];
  const done = openFeed<T>(
    store,
    {
      name: 'test',
      table,
      signal: abort.signal,
      onState: (state) => states.push(state),
      onProblem: (problem) => problems.push(problem.code),
      ...options,
    },
    (row) => {
      rows.push(row);
    },
  );
  const stop = async () => {
    abort.abort();
    await done;
  };
  return { rows, states, problems, stop };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
