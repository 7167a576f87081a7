import type { Statistic } from './statistic.js';

/** Three hours: long enough for noise to cancel out, short enough for a day to have a shape. */
const part = 3 * 3_600_000;
const parts = 8;
/** Days that the profile remembers. */
const days = 30;

/**
 * How far the mean of the three hours that are over was from what they were like on the days before; once in three hours.
 * What lasts is seen through noise that hides it in each row.
 */
export class PartOfDay implements Statistic {
  profile = new Float64Array(parts);
  counts = new Float64Array(parts);
  /** The part that is on, in parts since 1970, and the sum of its rows so far. */
  now = Number.NaN;
  sum = 0;
  rows = 0;
  value = 0;

  measure(value: number, time: number): number | undefined {
    this.value = value;
    const now = Math.floor(time / part);
    if (now === this.now) return undefined;
    const distance = this.rows > 0 ? this.#fold() : undefined;
    this.now = now;
    this.sum = 0;
    this.rows = 0;
    return distance;
  }

  learn(): void {
    this.sum += this.value;
    this.rows++;
  }

  /** The part that is over becomes a part of the profile. */
  #fold(): number | undefined {
    const at = ((this.now % parts) + parts) % parts;
    const seen = this.counts[at] as number;
    const difference = this.sum / this.rows - (this.profile[at] as number);
    const count = Math.min(days, seen + 1);
    this.counts[at] = count;
    this.profile[at] = (this.profile[at] as number) + difference / count;
    return seen > 0 ? Math.abs(difference) : undefined;
  }
}
