import { Mean } from './scale.js';

/** Intervals that what is usual is remembered over. */
const memory = 1000;
/** Times the usual interval after which a row doesn't continue the one before. */
const gap = 20;
/** Times the usual interval, and times the longest pause so far, after which a source is silent. */
const patience = { usual: 10, longest: 3 };
/** Part by which the longest pause shrinks with each row. */
const forgetting = 1e-4;
/** Intervals before the usual one means anything. */
const few = 10;
/** Rows of an earlier time after which it is believed. */
const convincing = 100;

/** When a source's rows come. */
export class Rhythm {
  last = Number.NaN;
  usual = new Mean(memory);
  /** Rows in a row that came with earlier, rising times, and the last of these. */
  strays = 0;
  stray = Number.NaN;
  /** Longest pause so far, ms; one that was a silence counts as what it was allowed to be. */
  longest = 0;

  /** Whether a row of that time comes after all others; or enough have told that it was the clock that went back. */
  follows(time: number): boolean {
    if (Number.isNaN(this.last) || time > this.last) {
      this.strays = 0;
      return true;
    }
    this.strays = time > this.stray ? this.strays + 1 : 0;
    this.stray = time;
    if (this.strays < convincing) return false;
    this.strays = 0;
    this.last = this.stray;
    return true;
  }

  /** Whether it comes so late that it doesn't continue the row before. */
  isGap(time: number): boolean {
    return this.usual.count > 0 && time - this.last > gap * this.usual.value;
  }

  learn(time: number): void {
    const pause = this.usual.count < few ? time - this.last : Math.min(time - this.last, this.limit);
    if (pause > 0) {
      this.usual.learn(pause);
      this.longest = Math.max(this.longest * (1 - forgetting), pause);
    }
    this.last = time;
  }

  /** A pause that long is fine. @param pause ms */
  allow(pause: number): void {
    this.longest = Math.max(this.longest, pause);
  }

  /** @param now UTC epoch milliseconds */
  isSilent(now: number): boolean {
    return this.limit > 0 && now - this.last > this.limit;
  }

  /** Pause after which the source is silent, ms. */
  get limit(): number {
    return Math.max(patience.usual * this.usual.value, patience.longest * this.longest);
  }
}
