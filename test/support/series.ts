import type { SensorFinding, Verdict } from '../../dist/sensor/outlier/contract.js';
import type { Detector } from '../../dist/sensor/outlier/detector.js';

export const start = Date.UTC(2026, 0, 5);
export const minute = 60_000;

/** Uniform in [0, 1), the same for the same seed: mulberry32 (Tommy Ettinger, public domain). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal, by Box and Muller. */
export function gaussian(seed: number): () => number {
  const next = random(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

export interface Watched {
  readonly verdicts: readonly Verdict[];
  /** Those that began, with the row at which they did. */
  readonly begun: readonly (SensorFinding & { readonly row: number })[];
  readonly ended: readonly (SensorFinding & { readonly row: number })[];
}

/** Feeds one channel, a row a minute. */
export function watch(
  detector: Detector,
  rows: number,
  value: (row: number) => number,
  { from = 0, interval = minute } = {},
): Watched {
  const verdicts: Verdict[] = [];
  const findings: (SensorFinding & { row: number })[] = [];
  for (let row = from; row < from + rows; row++) {
    const verdict = detector.update({ time: start + row * interval, values: [value(row)] });
    verdicts.push(verdict);
    findings.push(...verdict.findings.map((finding) => ({ ...finding, row })));
  }
  return {
    verdicts,
    begun: findings.filter(({ until }) => until === undefined),
    ended: findings.filter(({ until }) => until !== undefined),
  };
}
