import assert from 'node:assert/strict';
import test from 'node:test';
import { isReading, LiveBatch } from '../../nodes/dashboard/dist/chart/live.js';

const reading = (time: number, value: number) => ({ source: 'a', quantity: 'q', unit: 'u', time, value });

test("a second's readings go to the page as one point that keeps least, greatest and last", () => {
  const batch = new LiveBatch();
  for (const [time, value] of [
    [1000, 5],
    [1200, 9],
    [1100, 1],
    [2000, 4],
  ] as const)
    batch.add(reading(time, value));
  const [first, second] = batch.take();
  assert.deepEqual(first, {
    source: 'a',
    quantity: 'q',
    unit: 'u',
    time: 1200,
    min: 1,
    max: 9,
    sum: 15,
    count: 3,
    last: 9,
  });
  assert.equal(second?.count, 1);
  assert.deepEqual(batch.take(), []);
});

test('a flood is bounded: the oldest seconds go first', () => {
  const batch = new LiveBatch();
  for (let i = 0; i < 6000; i++) batch.add(reading(i * 1000, i));
  const points = batch.take();
  assert.equal(points.length, 5000);
  assert.equal(points.at(-1)?.last, 5999);
});

test('what is no reading is left to the dashboard', () => {
  assert.ok(isReading(reading(1, 1)));
  assert.ok(!isReading({ ...reading(1, 1), value: Number.NaN }));
  assert.ok(!isReading('warm'));
});
