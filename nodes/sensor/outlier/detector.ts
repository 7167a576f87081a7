import { Channel } from './channel.js';

export interface DetectorOptions {
  /** What the values of a row are called, in their order. */
  readonly channels: readonly string[];
}

export interface Row {
  /** UTC epoch milliseconds */
  readonly time: number;
  /** In the order of the channels. */
  readonly values: readonly number[];
}

export interface Verdict {
  /** Evidence that this row is unusual, in decades: higher is rarer. */
  readonly score: number;
}

export interface Detector {
  update(row: Row): Verdict;
}

export function createDetector({ channels }: DetectorOptions): Detector {
  const models = channels.map(() => new Channel());
  return {
    update({ time, values }) {
      const scores = models.map((model, i) => model.measure(values[i] ?? Number.NaN, time, true));
      return { score: Math.max(...scores) };
    },
  };
}
