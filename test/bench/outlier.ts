import { createDetector } from '../../dist/sensor/outlier/detector.js';
import { plant } from '../support/plant-figures.ts';
import type { BenchOptions, Report } from './run.ts';

export const about =
  'the detector of outliers: rows a second and bytes a source, and what it finds in a plant of simulated machines';

const interval = 60_000;
const start = Date.UTC(2026, 0, 1);

/** @param options rows: fed to one detector; trials: detectors whose memory is weighed */
export default async function outlier(report: Report, { smoke, rows, trials }: BenchOptions): Promise<void> {
  const total = rows ?? (smoke ? 5_000 : 1_000_000);
  const sources = trials ?? (smoke ? 10 : 1_000);
  const detector = createDetector({ channels: ['value'] });
  const part = total / 10;
  // what the compiler does in the first rows is not the detector's
  feed(createDetector({ channels: ['value'] }), 0, Math.min(part, 20_000));
  const early = feed(detector, 0, part);
  const bytes = detector.save().length;
  feed(detector, part, total - part);
  const late = feed(detector, total - part, total);
  report('rows', total, 'rows');
  report('rate.first', Math.round(early), 'rows/s');
  report('rate.last', Math.round(late), 'rows/s');
  report('rate.flat', late / early, 'x');
  report('state.first', bytes, 'B');
  report('state.last', detector.save().length, 'B');
  report('heap', Math.round(heapOf(sources)), 'B');
  const plain = feed(zScore(), 0, total);
  report('z-score', Math.round(plain), 'rows/s');
  report('ratio', late / plain, 'x');
  report(
    'save',
    timeOf(() => detector.save()),
    'ms',
  );
  plant(report, smoke);
}

interface Fed {
  update(row: { time: number; values: readonly number[] }): object;
}

/** @returns rows a second of CPU of this thread */
function feed(detector: Fed, from: number, to: number): number {
  const before = process.cpuUsage();
  for (let i = from; i < to; i++) detector.update({ time: start + i * interval, values: [valueAt(i)] });
  const { user, system } = process.cpuUsage(before);
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
  const weigh = (): number => {
    globalThis.gc?.();
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
