import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { configReader } from '../../dist/kit/index.js';
import type { SeriesAnswer } from '../../dist/sensor/history/answers.js';
import { type Ask, answer, Settings } from '../../dist/sensor/history/ask.js';
import { openStore } from '../../dist/store/open.js';
import type { Store } from '../../dist/store/store.js';
import { fillStore, sourceName } from '../support/fill-store.ts';
import type { BenchOptions, Report } from './run.ts';

export const about = 'charts of an hour to a year out of millions of rows of SQLite, and of ten times fewer';

const day = 86_400_000;
const ranges = { hour: day / 24, day, month: 30 * day, year: 365 * day } as const;
const series = 10;
const defaults = configReader(Settings)({});

/** @param options rows: of the larger database; trials: charts of each length */
export default async function (report: Report, options: BenchOptions): Promise<void> {
  const rows = options.rows ?? (options.smoke ? 20_000 : 10_000_000);
  const charts = options.trials ?? (options.smoke ? 3 : 40);
  const small = await measure(rows / 10, charts);
  const large = await measure(rows, charts);
  report('rows', rows, 'rows');
  report('size', large.megabytes, 'MB');
  for (const [length, times] of Object.entries(large.times)) {
    report(`${length}.p50`, quantile(times, 0.5), 'ms');
    report(`${length}.p99`, quantile(times, 0.99), 'ms');
  }
  report('year.first', large.first, 'ms');
  report('year.points', large.points, 'points');
  report('loop.max', large.loop, 'ms');
  report('year.p50-with-a-tenth', quantile(small.times.year, 0.5), 'ms');
  report('year.ratio', quantile(large.times.year, 0.5) / quantile(small.times.year, 0.5), 'x');
}

type Times = Record<keyof typeof ranges | 'year-all', number[]>;

interface Measured {
  readonly megabytes: number;
  readonly times: Times;
  /** The first chart after opening: nothing is in memory yet. */
  readonly first: number;
  readonly points: number;
  /** Longest time that the event loop was held, ms. */
  readonly loop: number;
}

async function measure(rows: number, charts: number): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'percept-bench-history-'));
  try {
    const url = join(folder, 'percept.db');
    const { from, to } = await fillStore(url, { rows, series, span: ranges.year });
    const { size } = await stat(url);
    const store = await openStore({ url });
    try {
      return { megabytes: size / 1e6, ...(await ask(store, from, to, charts)) };
    } finally {
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ask(store: Store, from: number, to: number, charts: number): Promise<Omit<Measured, 'megabytes'>> {
  const first = await timed(store, { from, to, sources: sourceName(0) });
  const times: Times = { hour: [], day: [], month: [], year: [], 'year-all': [] };
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  for (let i = 0; i < charts; i++) {
    for (const [length, range] of Object.entries(ranges) as [keyof typeof ranges, number][]) {
      // other series and other ranges each time; evenly spread, so that two runs ask the same
      const begin = from + ((i * 0.618034) % 1) * (to - from - range);
      const { ms } = await timed(store, { from: begin, to: begin + range, sources: sourceName(i % series) });
      times[length].push(ms);
    }
    times['year-all'].push((await timed(store, { from, to })).ms);
  }
  loop.disable();
  return { times, first: first.ms, points: first.points, loop: loop.max / 1e6 };
}

async function timed(store: Store, what: Partial<Ask>): Promise<{ ms: number; points: number }> {
  const began = performance.now();
  const chart = (await answer(store, { ...defaults, ...what }, Date.now())) as SeriesAnswer;
  const ms = performance.now() - began;
  const points = chart.series.reduce((sum, one) => sum + one.points.time.length, 0);
  if (points > 2100) throw new Error(`A chart has ${points} points: ${JSON.stringify(what)}`);
  return { ms, points };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
