import type { Statistic } from './statistic.js';

const day = 86_400_000;
/** A quarter of an hour: what recurs daily seldom changes faster. */
const bins = 96;
/** Days that the profile remembers. */
const days = 30;

/** Distance from what this time of the day was usually like, smoothed over `rows`. */
export class Seasonal implements Statistic {
  readonly #rows: number;
  profile = new Float64Array(bins);
  counts = new Float32Array(bins);
  smooth = 0;
  value = 0;
  bin = 0;

  constructor(rows: number) {
    this.#rows = rows;
  }

  /** What is usual at that time; undefined on the first day. */
  expected(time: number): number | undefined {
    const bin = binOf(time);
    return (this.counts[bin] as number) > 0 ? this.profile[bin] : undefined;
  }

  measure(value: number, time: number): number | undefined {
    this.value = value;
    this.bin = binOf(time);
    const expected = this.expected(time);
    if (expected === undefined) return undefined;
    this.smooth += (value - expected - this.smooth) / this.#rows;
    return Math.abs(this.smooth);
  }

  learn(): void {
    const count = Math.min(days, (this.counts[this.bin] as number) + 1);
    const old = this.profile[this.bin] as number;
    this.counts[this.bin] = count;
    this.profile[this.bin] = old + (this.value - old) / count;
  }
}

function binOf(time: number): number {
  return Math.floor((((time % day) + day) % day) / (day / bins));
}
