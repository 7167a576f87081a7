import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** One recording of the Numenta Anomaly Benchmark with the windows in which a detection counts. */
export interface NabFile {
  /** Its path below `data/`, as the labels name it. */
  readonly name: string;
  /** UTC epoch milliseconds, as they stand in the file: repeats included. */
  readonly times: readonly number[];
  readonly values: readonly number[];
  /** First and last instant of each window, in order. */
  readonly windows: readonly (readonly [number, number])[];
}

/** What a detection is worth: `config/profiles.json` of the benchmark. */
export interface NabProfile {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
}

export const nabProfiles = {
  standard: { tp: 1, fp: 0.11, fn: 1 },
  'reward-low-fp': { tp: 1, fp: 0.22, fn: 1 },
  'reward-low-fn': { tp: 1, fp: 0.11, fn: 2 },
} as const satisfies Record<string, NabProfile>;

/** A row that counts: outside of the probation. */
export interface NabPoint {
  readonly score: number;
  /** What a detection here adds when it is the best of its window, or a false positive. */
  readonly worth: number;
  /** Which window it lies in, unique in the corpus; undefined outside. */
  readonly window: string | undefined;
}

export interface NabResult {
  readonly threshold: number;
  /** Raw, before normalisation. */
  readonly score: number;
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

const probationShare = 0.15;
const probationRows = 5000;

/**
 * Reads `data/<group>/<file>.csv` and `labels/combined_windows.json`.
 * @throws an Error that names the folder and what it lacks
 */
export function readNab(dir: string): NabFile[] {
  const labels = join(dir, 'labels', 'combined_windows.json');
  if (!existsSync(labels))
    throw new Error(`There is no labels/combined_windows.json in ${dir}: give NAB's own folder.`);
  const windows = JSON.parse(readFileSync(labels, 'utf8')) as Record<string, [string, string][]>;
  const names = globSync('*/*.csv', { cwd: join(dir, 'data') }).sort();
  if (names.length === 0) throw new Error(`There is no data/<group>/<file>.csv in ${dir}: give NAB's own folder.`);
  return names.map((name) => {
    const own = windows[name];
    if (!own) throw new Error(`${labels} has no entry for ${name}.`);
    const rows: { timestamp: string; value: string }[] = parse(readFileSync(join(dir, 'data', name)), {
      columns: true,
    });
    return {
      name,
      times: rows.map(({ timestamp }) => instant(timestamp)),
      values: rows.map(({ value }) => Number(value)),
      windows: own.map(([from, to]) => [instant(from), instant(to)] as const),
    };
  });
}

/** `2014-04-01 00:05:00` or with six decimals; the benchmark names no zone. */
function instant(text: string): number {
  return Date.parse(`${text.trim().replace(' ', 'T').slice(0, 23)}Z`);
}

/** Rows at the start of each file that nobody is scored on. */
export function probation(rows: number, share = probationShare): number {
  return Math.min(Math.floor(share * rows), share * probationRows);
}

/** Lavin & Ahmad, "Evaluating Real-time Anomaly Detection Algorithms", 2015: -1 is the window's left edge, 0 its right. */
export function scaledSigmoid(position: number): number {
  return position >= 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}

/** Every row of a file after its probation, with what a detection there would be worth. */
export function nabPoints(file: NabFile, scores: ArrayLike<number>, profile: NabProfile, share?: number): NabPoint[] {
  if (scores.length !== file.times.length) throw new Error(`${file.name}: ${scores.length} scores for its rows`);
  const first = probation(scores.length, share);
  const points: NabPoint[] = [];
  const ahead = [...file.windows];
  let inside: { name: string; right: number; width: number; until: number } | undefined;
  let past: { right: number; width: number } | undefined;
  for (const [i, time] of file.times.entries()) {
    const next = ahead[0];
    if (next && time === next[0]) {
      ahead.shift();
      const right = file.times.indexOf(next[1]);
      inside = { name: `${file.name}|${next[0]}`, right, width: right - i + 1, until: next[1] };
    }
    if (i >= first) {
      const worth = inside
        ? (scaledSigmoid((i - inside.right - 1) / inside.width) * profile.tp) / scaledSigmoid(-1)
        : scaledSigmoid(past ? (i - past.right) / (past.width - 1) : 3) * profile.fp;
      points.push({ score: scores[i] as number, worth, window: inside?.name });
    }
    if (inside && time === inside.until) {
      past = { right: i, width: inside.width };
      inside = undefined;
    }
  }
  return points;
}

/** The raw score at each threshold that changes anything, falling from above every score. */
export function nabSweep(points: readonly NabPoint[], profile: NabProfile): NabResult[] {
  const best = new Map<string, number>();
  for (const { window } of points) if (window !== undefined) best.set(window, -profile.fn);
  let score = -profile.fn * best.size;
  let fn = points.filter(({ window }) => window !== undefined).length;
  let [tp, fp, tn] = [0, 0, points.length - fn];
  let threshold = 1.1;
  const results: NabResult[] = [];
  for (const point of points.toSorted((a, b) => b.score - a.score)) {
    if (point.score !== threshold) {
      results.push({ threshold, score, tp, fp, fn, tn });
      threshold = point.score;
    }
    if (point.window === undefined) {
      fp++;
      tn--;
      score += point.worth;
      continue;
    }
    tp++;
    fn--;
    const before = best.get(point.window) as number;
    if (point.worth <= before) continue;
    best.set(point.window, point.worth);
    score += point.worth - before;
  }
  results.push({ threshold, score, tp, fp, fn, tn });
  return results;
}

/** The threshold that is best for the whole corpus, as the benchmark's optimizer takes it. */
export function nabOptimum(points: readonly NabPoint[], profile: NabProfile): NabResult {
  return nabSweep(points, profile).reduce((best, result) => (result.score > best.score ? result : best));
}

/** 0 is the detector that never finds anything, 100 the one that finds each window at its first row. */
export function nabNormalised(raw: number, windows: number, profile: NabProfile): number {
  if (windows === 0) throw new Error('These recordings have no labelled window, so there is nothing to score.');
  const [none, perfect] = [-profile.fn * windows, profile.tp * windows];
  return (100 * (raw - none)) / (perfect - none);
}

/** A made-up corpus of one file, for runs without recordings: a daily curve, and one day without it. */
export function nabSample(): NabFile[] {
  const rows = 2016;
  const times = Array.from({ length: rows }, (_, i) => Date.UTC(2026, 0, 1) + i * 300_000);
  const odd = (i: number): boolean => i >= 1500 && i < 1600;
  const values = times.map((_, i) => (odd(i) ? 40 : 10 + 5 * Math.sin((i / 144) * Math.PI) + ((i * 7919) % 13) / 13));
  return [{ name: 'sample/day.csv', times, values, windows: [[times[1450] as number, times[1650] as number]] }];
}
