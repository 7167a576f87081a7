import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../../dist/sensor/replay/random.js';
import { type Pace, Timeline } from '../../dist/sensor/replay/timeline.js';

const timeline = (pace: Partial<Pace> = {}) => new Timeline({ speed: 1, interval: 1000, longestGap: 0, ...pace });
const recorded = Date.UTC(2020, 1, 8);

test('items are due at the distances they were recorded at, however late the clock is looked at', () => {
  const line = timeline();
  const due = [0, 1000, 1500, 4000].map((at, i) => line.next(recorded + at, undefined, 500 + at + i * 7).due);
  assert.deepEqual(due, [500, 1500, 2000, 4500]);
});

test('a speed shortens all distances', () => {
  const line = timeline({ speed: 60 });
  const due = [0, 60_000, 120_000].map((at) => line.next(recorded + at, undefined, 0).due);
  assert.deepEqual(due, [0, 1000, 2000]);
});

test('rows out of order are due at once, and keep their place in time', () => {
  const line = timeline();
  line.next(recorded, undefined, 0);
  line.next(recorded + 3000, undefined, 0);
  assert.deepEqual(line.next(recorded + 1000, undefined, 3000), { due: 3000, stamp: 1000 });
  assert.deepEqual(line.next(recorded + 4000, undefined, 3000), { due: 4000, stamp: 4000 });
});

test('items without times follow at the interval, or at the length of the one before', () => {
  const line = timeline({ interval: 200 });
  assert.equal(line.next(undefined, undefined, 0).due, 0);
  assert.equal(line.next(undefined, 500, 0).due, 200);
  assert.equal(line.next(undefined, undefined, 0).due, 700);
});

test('gaps longer than wanted are cut', () => {
  const line = timeline({ longestGap: 5000 });
  const due = [0, 1000, 86_400_000, 86_401_000].map((at) => line.next(recorded + at, undefined, 0).due);
  assert.deepEqual(due, [0, 1000, 6000, 7000]);
});

test('a second pass follows the first by one interval', () => {
  const line = timeline({ interval: 250 });
  line.next(recorded, undefined, 0);
  line.next(recorded + 1000, undefined, 0);
  line.again();
  assert.equal(line.next(recorded, undefined, 0).due, 1250);
  assert.equal(line.next(recorded + 1000, undefined, 0).due, 2250);
});

test('a file with older times does not come all at once', () => {
  const line = timeline();
  line.next(recorded, undefined, 0);
  line.again();
  assert.equal(line.next(recorded - 86_400_000, undefined, 0).due, 1000);
  assert.equal(line.next(recorded - 86_399_000, undefined, 0).due, 2000);
});

test('a pause moves all that is still to come', () => {
  const line = timeline();
  line.next(recorded, undefined, 0);
  line.shift(10_000);
  assert.deepEqual(line.next(recorded + 1000, undefined, 0), { due: 11_000, stamp: 11_000 });
});

test('after a sleep of the machine the rest is not rushed through', () => {
  const line = timeline();
  line.next(recorded, undefined, 0);
  line.next(recorded + 1000, undefined, 1000);
  const hour = 3_600_000;
  assert.equal(line.next(recorded + 2000, undefined, hour).due, hour);
  assert.equal(line.next(recorded + 3000, undefined, hour).due, hour + 1000);
});

test('the same seed gives the same chance, another one another', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, seeded(seed));
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
  const many = Array.from({ length: 10_000 }, seeded(1));
  const mean = many.reduce((sum, x) => sum + x) / many.length;
  assert.ok(many.every((x) => x >= 0 && x < 1) && Math.abs(mean - 0.5) < 0.02);
});
