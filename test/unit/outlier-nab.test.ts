import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type NabFile,
  type NabProfile,
  nabNormalised,
  nabOptimum,
  nabPoints,
  nabProfiles,
  nabSweep,
  probation,
  readNab,
  scaledSigmoid,
} from '../support/nab.ts';

const even: NabProfile = { tp: 1, fp: 1, fn: 1 };

function file(rows: number, windows: NabFile['windows']): NabFile {
  const times = Array.from({ length: rows }, (_, i) => i);
  return { name: 'group/file.csv', times, values: times, windows };
}

test('the sigmoid has the values that the benchmark publishes', () => {
  assert.equal(scaledSigmoid(-1).toFixed(5), '0.98661');
  assert.equal(scaledSigmoid(-0.5).toFixed(5), '0.84828');
  assert.equal(scaledSigmoid(0), 0);
  assert.equal(scaledSigmoid(1).toFixed(5), '-0.98661');
  assert.equal(scaledSigmoid(3), -1);
});

test('the probation is a share of the rows, and of five thousand at most', () => {
  const lengths = [
    [100, 0, 0],
    [100, 1, 100],
    [100, 0.1, 10],
    [100, 0.15, 15],
    [5000, 0.1, 500],
    [6000, 0.1, 500],
  ] as const;
  for (const [rows, share, expected] of lengths) assert.equal(probation(rows, share), expected);
  assert.equal(probation(22_695), 750);
});

test('rows inside of windows are worth something, all others cost', () => {
  const points = nabPoints(
    file(100, [
      [30, 39],
      [75, 95],
    ]),
    Array(100).fill(1),
    nabProfiles.standard,
    0.1,
  );
  assert.equal(points.length, 90);
  assert.equal(points.filter(({ window }) => window !== undefined).length, 31);
  for (const { window, worth } of points) assert.ok(window === undefined ? worth < 0 : worth > 0);
});

// the table of the benchmark's own test of its sweeper
test('each window counts its best row once, at every threshold', () => {
  const points = [
    { score: 0, worth: -3, window: undefined },
    { score: 0.2, worth: 20, window: 'A' },
    { score: 0.3, worth: 10, window: 'A' },
    { score: 0.5, worth: 5, window: 'B' },
    { score: 0.5, worth: -3, window: undefined },
  ];
  assert.deepEqual(
    nabSweep(points, { tp: 1, fp: 1, fn: 5 }).map(({ threshold, score, tp, tn, fp, fn }) => [
      threshold,
      score,
      tp,
      tn,
      fp,
      fn,
    ]),
    [
      [1.1, -10, 0, 2, 0, 3],
      [0.5, -3, 1, 1, 1, 2],
      [0.3, 12, 2, 1, 1, 1],
      [0.2, 22, 3, 1, 1, 0],
      [0, 19, 3, 0, 2, 0],
    ],
  );
});

test('a window found at its first row, one missed, one false alarm behind it: the published -0.9540', () => {
  const scores = Array(100).fill(0);
  scores[20] = 1;
  scores[21] = 1;
  scores[27] = 1;
  const points = nabPoints(
    file(100, [
      [20, 24],
      [60, 64],
    ]),
    scores,
    even,
    0,
  );
  const result = nabSweep(points, even).find(({ threshold }) => threshold === 1);
  assert.equal(result?.score.toFixed(4), '-0.9540');
  assert.deepEqual([result?.tp, result?.fp, result?.fn, result?.tn], [2, 1, 8, 89]);
});

test('nothing found scores 0, every window at its first row 100', () => {
  const windows: NabFile['windows'] = [
    [30, 39],
    [75, 95],
  ];
  const perfect = Array.from({ length: 100 }, (_, i) => (i === 30 || i === 75 ? 1 : 0));
  for (const profile of Object.values(nabProfiles)) {
    const best = nabOptimum(nabPoints(file(100, windows), perfect, profile), profile);
    assert.equal(nabNormalised(best.score, 2, profile).toFixed(6), '100.000000');
    assert.equal(nabNormalised(-2 * profile.fn, 2, profile), 0);
  }
});

test('a folder that is none of the benchmark is named with what it lacks', () => {
  const dir = mkdtempSync(join(tmpdir(), 'nab-'));
  try {
    assert.throws(() => readNab(dir), new RegExp(`combined_windows.json in ${dir}`));
  } finally {
    rmSync(dir, { recursive: true });
  }
});
