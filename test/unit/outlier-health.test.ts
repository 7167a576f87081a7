import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SensorFinding } from '../../dist/sensor/outlier/contract.js';
import { createDetector } from '../../dist/sensor/outlier/detector.js';
import { gaussian, minute, random, start, watch } from '../support/series.ts';

const one = { channels: ['temperature'] };

test('a sensor that repeats one value is stuck, once, until it moves', () => {
  const next = gaussian(1);
  const detector = createDetector(one);
  const { begun, ended } = watch(detector, 4000, (row) => (row >= 3000 && row < 3500 ? 0.5 : next()));
  const stuck = begun.filter(({ kind }) => kind === 'stuck');
  assert.equal(stuck.length, 1);
  assert.equal(stuck[0]?.since, start + 3000 * minute);
  assert.ok((stuck[0]?.row ?? 0) < 3030);
  assert.deepEqual(
    ended.filter(({ kind }) => kind === 'stuck').map(({ row }) => row),
    [3500],
  );
});

test('a channel that often rests may rest, and one that never moved is not stuck', () => {
  const next = random(2);
  const resting = watch(createDetector(one), 8000, (row) => (row % 200 < 150 ? 0 : next()));
  assert.deepEqual(
    resting.begun.filter(({ kind }) => kind === 'stuck'),
    [],
  );
  const constant = watch(createDetector(one), 4000, () => 5);
  assert.deepEqual(constant.begun, []);
});

test('a source that sends nothing is silent, once, until it sends', () => {
  const detector = createDetector(one);
  watch(detector, 1000, gaussian(3));
  const last = start + 999 * minute;
  assert.deepEqual(detector.tick(last + 5 * minute), []);
  const [silent] = detector.tick(last + 30 * minute);
  assert.equal(silent?.kind, 'silent');
  assert.equal(silent?.channel, 'temperature');
  assert.equal(silent?.since, last);
  assert.deepEqual(detector.tick(last + 60 * minute), []);
  const { findings } = detector.update({ time: last + 90 * minute, values: [0] });
  assert.deepEqual(
    findings.filter(({ kind }) => kind === 'silent').map(({ until }) => until),
    [last + 90 * minute],
  );
});

test('of several channels that all send nothing it is the source that is silent', () => {
  const detector = createDetector({ channels: ['flow', 'pressure'] });
  for (let row = 0; row < 400; row++) detector.update({ time: start + row * minute, values: [row % 7, row % 5] });
  const found = detector.tick(start + 500 * minute);
  assert.deepEqual(
    found.map(({ kind, channel }) => [kind, channel]),
    [['silent', '']],
  );
});

test('a source that often pauses may pause', () => {
  const detector = createDetector(one);
  const next = gaussian(4);
  let time = start;
  for (let row = 0; row < 1000; row++) {
    time += row % 50 === 0 ? 60 * minute : minute;
    detector.update({ time, values: [next()] });
  }
  assert.deepEqual(detector.tick(time + 90 * minute), []);
});

test('one channel that is missing from the rows of the others is silent', () => {
  const detector = createDetector({ channels: ['flow', 'pressure'] });
  const next = gaussian(5);
  const found: string[] = [];
  for (let row = 0; row < 2000; row++) {
    const values = [next(), row < 1500 ? next() : Number.NaN];
    const { findings } = detector.update({ time: start + row * 1000, values });
    found.push(...findings.map(({ kind, channel }) => `${kind} ${channel}`));
  }
  assert.ok(found.includes('silent pressure'));
  assert.ok(!found.includes('silent flow'));
});

test('nothing is told of a channel that falls silent while its source warms up; afterwards it is', () => {
  const detector = createDetector({ channels: ['flow', 'pressure'], warmUp: 200 });
  const next = gaussian(5);
  const begun: number[] = [];
  for (let row = 0; row < 400; row++) {
    const values = [next(), row < 50 ? next() : Number.NaN];
    const { findings } = detector.update({ time: start + row * 1000, values });
    if (findings.some(({ kind, until }) => kind === 'silent' && until === undefined)) begun.push(row);
  }
  assert.deepEqual(begun, [200]);
});

test('a sensor that loses its resolution is told, a calm one is not', () => {
  const next = gaussian(6);
  const coarse = watch(createDetector(one), 4000, (row) => {
    const value = 3 * next();
    return row < 3000 ? value : Math.round(value / 3) * 3;
  });
  const found = coarse.begun.filter(({ kind }) => kind === 'quantised');
  assert.equal(found.length, 1);
  assert.ok((found[0]?.row ?? 0) >= 3000 && (found[0]?.row ?? 0) < 3200);
  assert.ok((found[0]?.seen ?? 99) < 16);
  const calm = watch(createDetector(one), 4000, (row) => (row < 3000 ? 3 : 0.001) * next());
  assert.ok(!calm.begun.some(({ kind }) => kind === 'quantised'));
});

test('a sensor that creeps away is told, a walk and a daily curve are not', () => {
  const next = gaussian(7);
  const creeping = watch(createDetector(one), 20_000, (row) => next() + Math.max(0, row - 12_000) * 0.003);
  const [drift] = creeping.begun.filter(({ kind }) => kind === 'drift');
  assert.ok(drift && drift.row > 12_000 && drift.row < 14_500, String(drift?.row));
  assert.equal(drift.severity, 'notice');
  const daily = watch(createDetector(one), 20_000, (row) => 10 * Math.sin((row / 720) * Math.PI) + next());
  assert.ok(!daily.begun.some(({ kind }) => kind === 'drift'));
});

test('what creeps at one time is one finding, of the channel that goes farthest, with the others', () => {
  const next = gaussian(8);
  const detector = createDetector({ channels: ['flow', 'pressure', 'power'] });
  const found: SensorFinding[] = [];
  for (let row = 0; row < 18_000; row++) {
    const crept = Math.max(0, Math.min(15_000, row) - 12_000) * 0.003;
    const values = [next() + crept, next(), next() + 3 * crept];
    found.push(...detector.update({ time: start + row * minute, values }).findings);
  }
  const drifts = found.filter(({ kind }) => kind === 'drift');
  assert.deepEqual(
    drifts.filter(({ until }) => until === undefined).map(({ channel }) => channel),
    ['power'],
  );
  assert.deepEqual(drifts.at(-1)?.others, ['flow']);
});

test('what cannot be measured is out of range, even while warming up', () => {
  const detector = createDetector({ ...one, ranges: { temperature: { low: -40, high: 125 } } });
  const { begun, ended } = watch(detector, 50, (row) => (row >= 20 && row < 25 ? 850 : 20));
  assert.deepEqual(
    begun.map(({ kind, row, amount, severity }) => [kind, row, amount, severity]),
    [['range', 20, 725, 'critical']],
  );
  assert.deepEqual(
    ended.map(({ kind, row }) => [kind, row]),
    [['range', 25]],
  );
});

test('feedback on a pause or a repeated value makes its like usual', () => {
  const next = gaussian(8);
  const detector = createDetector(one);
  const rests = (row: number): boolean => row % 2000 >= 1000 && row % 2000 < 1100;
  const { begun } = watch(detector, 1900, (row) => (rests(row) ? 0 : next()));
  const stuck = begun.find(({ kind }) => kind === 'stuck') ?? assert.fail('it was not stuck');
  detector.feedback(stuck);
  const again = watch(detector, 2000, (row) => (rests(row) ? 0 : next()), { from: 2000 });
  assert.ok(!again.begun.some(({ kind }) => kind === 'stuck'));
  const silent = detector.tick(start + 4030 * minute)[0] ?? assert.fail('it was not silent');
  detector.feedback(silent);
  detector.update({ time: start + 4031 * minute, values: [0] });
  assert.deepEqual(detector.tick(start + 4062 * minute), []);
});
