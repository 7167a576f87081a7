import assert from 'node:assert/strict';
import test from 'node:test';
import { align, gapFrom } from '../../nodes/dashboard/ui/chart/align.ts';
import { axisValue } from '../../nodes/dashboard/ui/chart/axis.ts';
import { marksOf, within } from '../../nodes/dashboard/ui/chart/marks.ts';
import { append, forgetBefore, lanesOf, modelOf, pointAt } from '../../nodes/dashboard/ui/chart/model.ts';
import { namesIn, queryOf, toLocalInput, windowOf } from '../../nodes/dashboard/ui/chart/range.ts';
import { matches } from '../../nodes/dashboard/ui/chart/select.ts';
import { type Finding, mergeFindings } from '../../nodes/dashboard/ui/shared/severity.ts';

const second = 1000;

function points(times: number[], value = (time: number) => time) {
  const values = times.map(value);
  return { time: times, min: values, max: values, mean: values, last: values };
}

function answer(width: number, ...series: { source: string; quantity: string; times: number[] }[]) {
  return modelOf({
    kind: 'series',
    from: 0,
    to: 100 * second,
    width,
    series: series.map(({ source, quantity, times }) => ({ source, quantity, unit: 'u', points: points(times) })),
  });
}

function live(time: number, value: number, source = 'a', quantity = 'q') {
  return { source, quantity, unit: 'u', time, min: value, max: value, sum: value, count: 1, last: value };
}

function finding(since: number, more: Partial<Finding> = {}): Finding {
  return {
    kind: 'limit',
    source: 'a',
    quantity: 'q',
    score: 1,
    threshold: 0,
    severity: 'warning',
    since,
    reasons: [],
    ...more,
  };
}

test('live readings join the newest point while its stretch lasts, then begin the next', () => {
  const model = answer(10 * second, { source: 'a', quantity: 'q', times: [0, 10_000] });
  append(model, [live(12_000, 30_000), live(21_000, 5)]);
  const { time, min, max, mean, last } = [...model.series.values()][0]?.points ?? points([]);
  assert.deepEqual(time, [0, 10_000, 20_000]);
  assert.deepEqual(max, [0, 30_000, 5]);
  assert.deepEqual(min, [0, 10_000, 5]);
  assert.deepEqual(mean, [0, 20_000, 5]);
  assert.deepEqual(last, [0, 30_000, 5]);
});

test('a repeated reading changes nothing; a straggler is counted, so that the chart asks again', () => {
  const model = answer(0, { source: 'a', quantity: 'q', times: [1000, 2000] });
  assert.equal(append(model, [live(2000, 9)]), 0);
  assert.equal(append(model, [live(1500, 9)]), 1);
  assert.deepEqual([...model.series.values()][0]?.points.last, [1000, 2000]);
});

test('a source that was never heard of gets its line', () => {
  const model = answer(0);
  append(model, [live(1000, 1, 'new'), live(2000, 2, 'new')]);
  assert.deepEqual(lanesOf(model)[0]?.series[0]?.points.time, [1000, 2000]);
});

test('a rolling chart forgets what has left it', () => {
  const model = answer(
    0,
    { source: 'a', quantity: 'q', times: Array.from({ length: 300 }, (_, i) => i * second) },
    { source: 'gone', quantity: 'q', times: [0] },
  );
  forgetBefore(model, 250 * second);
  assert.deepEqual(
    [...model.series.values()].map(({ points: { time } }) => time[0]),
    [249 * second],
  );
});

test('a strip per quantity and unit: those that were asked for first, then by name as people count', () => {
  const model = answer(
    0,
    { source: 'pump-10', quantity: 'power', times: [1] },
    { source: 'pump-2', quantity: 'power', times: [1] },
    { source: 'a', quantity: 'flow', times: [1] },
    { source: 'a', quantity: 'temperature', times: [1] },
  );
  const lanes = lanesOf(model, ['temperature']);
  assert.deepEqual(
    lanes.map(({ quantity }) => quantity),
    ['temperature', 'flow', 'power'],
  );
  assert.deepEqual(
    lanes[2]?.series.map(({ source }) => source),
    ['pump-2', 'pump-10'],
  );
});

test('no two labels of an axis are the same, also where a curve is flat', () => {
  for (const [values, step, labels] of [
    [[220.2, 220.4, 220.6], 0.2, ['220.2', '220.4', '220.6']],
    [[0.5, 0.75, 1], 0.25, ['0.50', '0.75', '1.00']],
    [[0, 2.5, 5], 2.5, ['0.0', '2.5', '5.0']],
    [[12_340, 12_360], 20, ['12,340', '12,360']],
    [[2e-7, 4e-7], 2e-7, ['0.0000002', '0.0000004']],
  ] as const) {
    assert.deepEqual(
      values.map((value) => axisValue(value, step, 'en-US')),
      labels,
    );
  }
});

test('series with times of their own share one axis without gaps', () => {
  const { series } = answer(
    0,
    { source: 'a', quantity: 'q', times: [0, 2000] },
    { source: 'b', quantity: 'q', times: [1000, 3000] },
  );
  const { columns } = align([...series.values()], 0);
  assert.deepEqual(columns[0], [0, 1000, 2000, 3000]);
  assert.deepEqual(columns[1], [0, undefined, 2000, undefined]);
  assert.deepEqual(columns[4], [undefined, 1000, undefined, 3000]);
});

test('a gap is a gap, also where another series has readings', () => {
  const early = [0, 1000, 2000, 3000];
  const late = [60_000, 61_000];
  const { series } = answer(
    0,
    { source: 'a', quantity: 'q', times: [...early, ...late] },
    { source: 'b', quantity: 'q', times: [30_000, 31_000] },
  );
  const { columns } = align([...series.values()], 0);
  const at = columns[0].indexOf(30_000);
  assert.equal(columns[1]?.[at], null);
});

test('a slow source has no gaps where it is merely slow', () => {
  assert.ok(gapFrom([0, 60_000, 120_000, 180_000], 1000) > 60_000);
});

test('a reading without neighbours is drawn as a point', () => {
  const { series } = answer(0, {
    source: 'a',
    quantity: 'q',
    times: [0, 1000, 90_000, 180_000, 181_000, 182_000, 183_000],
  });
  const { columns, lone } = align([...series.values()], 0);
  assert.deepEqual(
    lone[0]?.map((at) => columns[0][at]),
    [90_000],
  );
});

test('the value under the pointer is that of the moment, and none within a gap', () => {
  const column = points([1000, 2000, 60_000]);
  assert.equal(pointAt(column, 2500, 4000), 1);
  assert.equal(pointAt(column, 30_000, 4000), -1);
  assert.equal(pointAt(column, 500, 4000), -1);
});

test('marks that would cover each other become one, with the shape of the worst', () => {
  const near = [finding(1000), finding(1500, { severity: 'critical' }), finding(9000, { severity: 'notice' })];
  const marks = marksOf(near, { from: 0, to: 10_000 }, 0.1);
  assert.deepEqual(
    marks.map(({ at, level, findings }) => [at, level, findings.length]),
    [
      [0.1, 'critical', 2],
      [0.9, 'notice', 1],
    ],
  );
});

test('a finding that began earlier and lasts is within the window; one that ended before is not', () => {
  const window = { from: 5000, to: 10_000 };
  assert.equal(within([finding(1000, { until: 6000 })], window).length, 1);
  assert.equal(within([finding(1000, { until: 4000 }), finding(11_000)], window).length, 0);
  assert.equal(within([finding(1000, { until: null })], window).length, 1);
});

test('a later word about a finding replaces the earlier one', () => {
  const merged = mergeFindings([finding(1000), finding(500)], [finding(1000, { until: 3000 })], 10);
  assert.deepEqual(
    merged.map(({ since, until }) => [since, until]),
    [
      [1000, 3000],
      [500, undefined],
    ],
  );
});

test('a query names its window, and the sources and quantities that were set', () => {
  const query = queryOf({ span: '1h' }, 3_600_000, [], namesIn('temperature, power'));
  assert.deepEqual(query, {
    kind: 'series',
    from: 0,
    to: 3_600_000,
    points: 8000,
    quantities: ['temperature', 'power'],
  });
  assert.deepEqual(windowOf({ from: 5, to: 9 }, 100), { from: 5, to: 9 });
});

test('names may hold a star, as for the history node', () => {
  assert.ok(matches(['pump-*'], 'pump-7'));
  assert.ok(!matches(['pump-*'], 'fan-1'));
  assert.ok(matches([], 'anything'));
});

test('a date field is filled with local time', () => {
  const time = new Date(2026, 10, 20, 22, 41).getTime();
  assert.equal(toLocalInput(time), '2026-11-20T22:41');
});
