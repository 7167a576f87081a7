import type { Statistic } from './statistic.js';

const day = 86_400_000;
/** A quarter of an hour: what recurs daily seldom changes faster. */
const bins = 96;
const bin = day / bins;
/** Days that the profile remembers. */
const days = 30;

/** Distance from what this time of the day was like on the days before. */
export class Seasonal implements Statistic {
  profile = new Float64Array(bins);
  counts = new Float32Array(bins);
  value = 0;
  /** The quarter of an hour that is on, in quarters since 1970, and the mean of its rows so far. */
  quarter = Number.NaN;
  sum = 0;
  rows = 0;

  /** What is usual at that time; undefined on the first day. */
  expected(time: number): number | undefined {
    const at = binOf(Math.floor(time / bin));
    return (this.counts[at] as number) > 0 ? this.profile[at] : undefined;
  }

  measure(value: number, time: number): number | undefined {
    const quarter = Math.floor(time / bin);
    if (quarter !== this.quarter) this.#fold(quarter);
    this.value = value;
    const expected = this.expected(time);
    return expected === undefined ? undefined : Math.abs(value - expected);
  }

  learn(): void {
    this.sum += this.value;
    this.rows++;
  }

  /** A quarter of an hour is over: it becomes a part of the profile. */
  #fold(quarter: number): void {
    if (this.rows > 0) {
      const at = binOf(this.quarter);
      const old = this.profile[at] as number;
      const count = Math.min(days, (this.counts[at] as number) + 1);
      this.counts[at] = count;
      this.profile[at] = old + (this.sum / this.rows - old) / count;
    }
    this.quarter = quarter;
    this.sum = 0;
    this.rows = 0;
  }
}

function binOf(quarter: number): number {
  return ((quarter % bins) + bins) % bins;
}
