import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pack } from '../../dist/store/batch.js';
import { rollupDeltas, smoothing, sourceDeltas } from '../../dist/store/totals.js';
import { reading } from '../support/stores.ts';

const rows = [
  reading(0, { source: 'a', time: 59_999, value: 4, receivedAt: 60_000 }),
  reading(0, { source: 'a', time: 60_000, value: 9, receivedAt: 60_000 }),
  reading(0, { source: 'b', time: 61_000, value: -1, receivedAt: 61_500, clock: 'behind' }),
  reading(0, { source: 'a', time: 60_500, value: 1, receivedAt: 60_600 }),
];

test('a batch is summed up once per series and stretch', () => {
  const deltas = rollupDeltas(pack({ readings: rows }), Float64Array.of(1, 2, 3, 4));
  const minutes = deltas.filter(({ width }) => width === 60_000);
  assert.deepEqual(
    minutes.map(({ series, start, count, min, max, sum, last }) => [series, start, count, min, max, sum, last]),
    [
      [0, 0, 1, 4, 4, 4, 4],
      [0, 60_000, 2, 1, 9, 10, 1],
      [1, 60_000, 1, -1, -1, -1, -1],
    ],
  );
  const hours = deltas.filter(({ width }) => width === 3_600_000);
  assert.deepEqual(
    hours.map(({ series, count, sum }) => [series, count, sum]),
    [
      [0, 3, 14],
      [1, 1, -1],
    ],
  );
});

test('repeats count nowhere', () => {
  const batch = pack({ readings: rows });
  const ids = Float64Array.of(0, 2, 0, 0);
  assert.deepEqual(
    rollupDeltas(batch, ids).map(({ count, sum }) => [count, sum]),
    Array(3).fill([1, 9]),
  );
  assert.deepEqual(
    sourceDeltas(batch, ids, []).map(({ source, stored }) => [source, stored]),
    [['a', 1]],
  );
});

test('what arrives in one message is one arrival of its source', () => {
  const [a, b] = sourceDeltas(pack({ readings: rows }), Float64Array.of(1, 2, 3, 4), []);
  assert.deepEqual([a?.stored, a?.arrivals, a?.firstReceived, a?.lastReceived, a?.lag], [3, 2, 60_000, 60_600, 100]);
  assert.deepEqual([b?.clock, b?.lag], ['behind', 500]);
});

test('many arrivals at once move the smoothed interval as far as one after the other', () => {
  let interval = 1_000;
  for (let i = 0; i < 20; i++) interval += smoothing(1) * (500 - interval);
  assert.ok(Math.abs(1_000 + smoothing(20) * (500 - 1_000) - interval) < 1e-9);
});
