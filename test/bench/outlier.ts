import v8 from 'node:v8';
import vm from 'node:vm';
import { createDetector } from '../../dist/sensor/outlier/detector.js';
import { plant } from '../support/plant-figures.ts';
import { nodeRates } from './peers/z-score-flow.ts';
import type { BenchOptions, Report } from './run.ts';

export const about =
  'the detector of outliers: rows a second, bytes a source, beside a z-score node, and what it finds in simulated machines';

const interval = 60_000;
const start = Date.UTC(2026, 0, 1);
/** Rows that a rate is taken over. */
const stretch = 10_000;

/** @param options rows: fed to one detector; trials: detectors whose memory is weighed */
export default async function outlier(report: Report, { smoke, rows, trials }: BenchOptions): Promise<void> {
  growth(report, rows ?? (smoke ? 3_000 : 1_000_000));
  report('heap', Math.round(heapOf(trials ?? (smoke ? 10 : 1_000))), 'B');
  const beside = await nodeRates(smoke ? 200 : 100_000);
  report('node', Math.round(beside.outlier), 'rows/s');
  report('node.z-score', Math.round(beside.zScore), 'rows/s');
  report('node.ratio', beside.outlier / beside.zScore, 'x');
  plant(report, smoke);
}

/** Whether a row takes as long, and a source as much room, after very many rows as after few. */
function growth(report: Report, total: number): void {
  const width = Math.min(stretch, total / 10);
  // what the compiler does in the first rows, of the first detectors, is not the detector's
  for (let i = 0; i < 5; i++) feed(createDetector({ channels: ['value'] }), 0, 4 * width);
  const detector = createDetector({ channels: ['value'] });
  const marks = [1, 10, 100].map((part) => Math.round((total * part) / 100));
  const [rates, sizes]: [number[], number[]] = [[], []];
  let fed = 0;
  for (const mark of marks) {
    const from = Math.max(fed, mark - width);
    feed(detector, fed, from);
    rates.push(feed(detector, from, mark));
    sizes.push(detector.save().length);
    fed = mark;
    report(`rate.${mark}`, Math.round(rates.at(-1) as number), 'rows/s');
    report(`state.${mark}`, sizes.at(-1) as number, 'B');
  }
  report('rate.flat', (rates.at(-1) as number) / (rates[0] as number), 'x');
  report('state.flat', (sizes.at(-1) as number) / (sizes[0] as number), 'x');
  const plain = feed(zScore(), 0, Math.min(total, 200_000));
  report('function.z-score', Math.round(plain), 'rows/s');
  report('function.ratio', (rates.at(-1) as number) / plain, 'x');
  report(
    'save',
    timeOf(() => detector.save()),
    'ms',
  );
}

interface Fed {
  update(row: { time: number; values: readonly number[] }): object;
}

/** @returns rows a second of CPU of this thread */
function feed(detector: Fed, from: number, to: number): number {
  const before = process.threadCpuUsage();
  for (let i = from; i < to; i++) detector.update({ time: start + i * interval, values: [valueAt(i)] });
  const { user, system } = process.threadCpuUsage(before);
  return ((to - from) / (user + system)) * 1e6;
}

/** A daily curve with noise. */
function valueAt(i: number): number {
  const noise = Math.imul(i, 0x9e3779b1) >>> 0;
  return 20 + 5 * Math.sin((i / 720) * Math.PI) + noise / 2 ** 32;
}

/** What most people build first: Welford's mean and variance, and three sigma. */
function zScore(): Fed {
  let [count, mean, square] = [0, 0, 0];
  return {
    update: ({ values }) => {
      const value = values[0] as number;
      const sigma = Math.sqrt(square / Math.max(1, count - 1));
      const score = sigma > 0 ? Math.abs(value - mean) / sigma : 0;
      count++;
      const difference = value - mean;
      mean += difference / count;
      square += difference * (value - mean);
      return { score, threshold: 3, outlier: score > 3 };
    },
  };
}

/** Bytes of heap and buffers that one detector takes after some rows. */
function heapOf(sources: number): number {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  const weigh = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = weigh();
  const detectors = Array.from({ length: sources }, () => createDetector({ channels: ['value'] }));
  for (const detector of detectors) feed(detector, 0, 50);
  const after = weigh();
  // they have to be alive until here
  return (after - before) / detectors.length;
}

function timeOf(work: () => unknown): number {
  const trials = 20;
  const before = performance.now();
  for (let i = 0; i < trials; i++) work();
  return (performance.now() - before) / trials;
}
