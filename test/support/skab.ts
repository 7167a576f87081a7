import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** One experiment of the Skoltech Anomaly Benchmark: several channels, each row marked normal or not. */
export interface SkabFile {
  readonly name: string;
  readonly channels: readonly string[];
  /** UTC epoch milliseconds */
  readonly times: readonly number[];
  /** Row by row, in the order of `channels`. */
  readonly rows: readonly (readonly number[])[];
  readonly anomaly: readonly boolean[];
}

export interface SkabFigures {
  readonly f1: number;
  /** False alarm rate and missed alarm rate, %. */
  readonly far: number;
  readonly mar: number;
}

/** What a detector may learn from; nobody is scored on it. */
export const skabTraining = 400;

/**
 * Reads every labelled file below `data/`; recordings without labels (`anomaly-free`) are left out.
 * @throws an Error that names the folder and what it lacks
 */
export function readSkab(dir: string): SkabFile[] {
  const names = globSync('data/*/*.csv', { cwd: dir }).sort();
  const files = names.flatMap((name) => {
    const file = readOne(join(dir, name), name);
    return file ? [file] : [];
  });
  if (files.length === 0) {
    throw new Error(`There is no data/<group>/<file>.csv with a column "anomaly" in ${dir}: give SKAB's own folder.`);
  }
  return files;
}

function readOne(path: string, name: string): SkabFile | undefined {
  const records: Record<string, string>[] = parse(readFileSync(path), { columns: true, delimiter: ';' });
  const [first] = records;
  if (!first || !('anomaly' in first)) return undefined;
  const channels = Object.keys(first).filter((key) => !['datetime', 'anomaly', 'changepoint'].includes(key));
  return {
    name,
    channels,
    times: records.map(({ datetime = '' }) => Date.parse(`${datetime.replace(' ', 'T')}Z`)),
    rows: records.map((record) => channels.map((channel) => Number(record[channel]))),
    anomaly: records.map(({ anomaly }) => Number(anomaly) === 1),
  };
}

/** One confusion matrix over the rows of all files after their training part. */
export function skabFigures(files: readonly SkabFile[], alarms: readonly (readonly boolean[])[]): SkabFigures {
  let [tp, fp, fn, tn] = [0, 0, 0, 0];
  for (const [f, { name, anomaly }] of files.entries()) {
    const own = alarms[f] ?? [];
    if (own.length !== anomaly.length) throw new Error(`${name}: ${own.length} alarms for its rows`);
    for (let i = skabTraining; i < anomaly.length; i++) {
      if (anomaly[i]) own[i] ? tp++ : fn++;
      else own[i] ? fp++ : tn++;
    }
  }
  return { f1: tp / (tp + (fn + fp) / 2), far: (100 * fp) / (fp + tn), mar: (100 * fn) / (fn + tp) };
}

/** A made-up experiment, for runs without recordings: of two noisy channels one leaves its level for a while. */
export function skabSample(): SkabFile {
  const rows = 1000;
  const odd = (i: number): boolean => i >= 600 && i < 800;
  const noise = (i: number, of: number): number => (((i + of) * 7919 * (i + of)) % 101) / 101;
  return {
    name: 'sample.csv',
    channels: ['flow', 'pressure'],
    times: Array.from({ length: rows }, (_, i) => Date.UTC(2026, 0, 1) + i * 1000),
    rows: Array.from({ length: rows }, (_, i) => [(odd(i) ? 20 : 10) + noise(i, 0), 3 + noise(i, 17)]),
    anomaly: Array.from({ length: rows }, (_, i) => odd(i)),
  };
}
