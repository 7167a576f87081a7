import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetector } from '../../dist/sensor/outlier/detector.js';
import { Sources } from '../../dist/sensor/outlier/sources.js';
import { gaussian, minute, random, start, type Watched, watch } from '../support/series.ts';

const one = { channels: ['temperature'] };

function told({ verdicts }: Watched): boolean {
  return verdicts.every(({ score, threshold }) => Number.isFinite(score) && !Number.isNaN(threshold));
}

test('what is not a finite number is not measured: no score, no finding, nothing learnt', () => {
  const next = gaussian(1);
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300];
  const detector = createDetector(one);
  const seen = watch(detector, 4000, (row) => (row % 9 === 4 ? (odd[row % 4] as number) : next()));
  assert.ok(told(seen));
  assert.ok(seen.begun.length <= 2, String(seen.begun.length));
  assert.equal(seen.verdicts[4]?.channels[0]?.expected, undefined);
  assert.deepEqual(watch(detector, 1, () => 30, { from: 4000 }).begun.length, 1);
});

test('a row without values says nothing', () => {
  const detector = createDetector(one);
  const { score, findings } = detector.update({ time: start, values: [] });
  assert.deepEqual([score, findings], [0, []]);
});

for (const [name, value] of Object.entries({
  constant: () => 5,
  'zero throughout': () => 0,
  'two-valued': (row: number) => (Math.sin(row * row) > 0.3 ? 1 : 0),
  'of huge numbers': (row: number) => 1e25 * Math.sin(row * row),
  'of tiny numbers': (row: number) => 1e-300 * Math.sin(row * row),
})) {
  test(`a series that is ${name} makes no storm of findings`, () => {
    const seen = watch(createDetector(one), 10_080, value);
    assert.ok(told(seen));
    assert.ok(seen.begun.length <= 4, JSON.stringify(seen.begun.map(({ row, compared }) => [row, compared])));
  });
}

test('a constant that changes is one finding, and usual after a while', () => {
  const { verdicts, begun } = watch(createDetector(one), 6000, (row) => (row < 3000 ? 5 : 6));
  assert.equal(begun.length, 1);
  assert.equal(begun[0]?.row, 3000);
  assert.ok(Number.isFinite(begun[0]?.score));
  assert.equal(verdicts[5999]?.state, 'watching');
});

test('a unit that changes is a finding or two, not a storm, and usual after a while', () => {
  const next = gaussian(2);
  for (const change of [(c: number) => 1.8 * c + 32, (c: number) => 1000 * c]) {
    const { verdicts, begun } = watch(createDetector(one), 8000, (row) => {
      const celsius = 20 + next();
      return row < 4000 ? celsius : change(celsius);
    });
    const late = begun.filter(({ row }) => row >= 4000);
    assert.ok(late.length >= 1 && late.length <= 3, String(late.length));
    assert.ok(verdicts.slice(7000).filter(({ state }) => state === 'finding').length < 100);
  }
});

test('a glitch of a billion does not blind the detector, not even as the first row', () => {
  for (const at of [0, 3000]) {
    const next = gaussian(3);
    const { begun } = watch(createDetector(one), 9000, (row) => (row === at ? 1e9 : next() + (row === 8000 ? 12 : 0)));
    assert.ok(
      begun.some(({ row }) => row === 8000),
      `glitch at ${at}`,
    );
  }
});

test('rows that are late, repeated or without a time are ignored', () => {
  const detector = createDetector(one);
  detector.update({ time: start, values: [1] });
  for (const time of [start, start - 1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.equal(detector.update({ time, values: [1] }).state, 'ignored');
  }
  assert.equal(detector.update({ time: start + 1, values: [1] }).state, 'warming-up');
});

test('one row from the future does not shut out all that follow', () => {
  const next = gaussian(4);
  const detector = createDetector(one);
  watch(detector, 500, next);
  detector.update({ time: start + 1e12, values: [0] });
  const { verdicts, begun } = watch(detector, 500, next, { from: 500 });
  assert.equal(verdicts[0]?.state, 'ignored');
  assert.equal(verdicts[499]?.state, 'watching');
  assert.deepEqual(begun, []);
});

test('irregular intervals and gaps make no storm of findings', () => {
  const [next, jitter] = [gaussian(5), random(6)];
  const detector = createDetector(one);
  let found = 0;
  for (let row = 0; row < 10_000; row++) {
    const time = start + row * minute + jitter() * 50_000 + Math.floor(row / 500) * 36_000_000;
    found += detector.update({ time, values: [next()] }).findings.length;
  }
  assert.ok(found <= 8, String(found));
});

test('a hundred thousand sources take no more room than was promised, and come back as they were', () => {
  const kept = new Map<string, number>();
  const sources = new Sources<{ rows: number }>(
    100,
    (source) => ({ rows: kept.get(source) ?? 0 }),
    (source, { rows }) => kept.set(source, rows),
  );
  for (let i = 0; i < 100_000; i++) {
    const state = sources.get(`source-${i % 99_999}`);
    state.rows++;
  }
  assert.equal(sources.size, 100);
  assert.equal(sources.get('source-0').rows, 2);
});

test('of the sources in memory the one heard of longest ago makes room', () => {
  const left: string[] = [];
  const sources = new Sources(
    2,
    (source) => source,
    (source) => left.push(source),
  );
  for (const source of ['a', 'b', 'a', 'c']) sources.get(source);
  assert.deepEqual(left, ['b']);
  assert.deepEqual(
    [...sources.entries()].map(([source]) => source),
    ['a', 'c'],
  );
});
