import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSkab, type SkabFile, skabFigures, skabTraining } from '../support/skab.ts';

/** Rows after the training part, as letters: `a`nomalous or `n`ormal. */
function experiment(rows: string): SkabFile {
  const anomaly = [...'n'.repeat(skabTraining), ...rows].map((row) => row === 'a');
  return { name: 'one.csv', channels: [], times: [], rows: [], anomaly };
}

const alarms = (rows: string): boolean[] => [...'x'.repeat(skabTraining), ...rows].map((row) => row === 'x');

test('one confusion matrix over all files gives F1, false and missed alarms', () => {
  const files = [experiment('nnnnaaaa'), experiment('nnaa')];
  const { f1, far, mar } = skabFigures(files, [alarms('x...xxx.'), alarms('..xx')]);
  assert.equal(f1, 5 / (5 + 1));
  assert.equal(far.toFixed(3), '16.667');
  assert.equal(mar.toFixed(3), '16.667');
});

test('what happens in the training part is not scored', () => {
  const { far } = skabFigures([experiment('na')], [alarms('.x')]);
  assert.equal(far, 0);
});

test('a folder that is none of the benchmark is named with what it lacks', () => {
  const dir = mkdtempSync(join(tmpdir(), 'skab-'));
  try {
    assert.throws(() => readSkab(dir), new RegExp(`column "anomaly" in ${dir}`));
  } finally {
    rmSync(dir, { recursive: true });
  }
});
