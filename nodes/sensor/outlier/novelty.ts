import type { Statistic } from './statistic.js';

/** Steps of a stretch, and how many stretches are kept. */
const length = 8;
const places = 128;
/** A stretch is kept of one in so many steps at most; with the places it makes how far back is remembered. */
const sparsest = 64;

/**
 * Distance of the last stretch to the most similar one of the past: a left matrix profile (Yeh et al. 2016; Lu et al.
 * 2022) over a bounded number of stretches, evenly spread over the past, without z-normalisation, since the level matters
 * here. Once in `rows` rows, whose mean is one step.
 */
export class Novelty implements Statistic {
  readonly #rows: number;
  /** Relative to `origin`, so that 32 bits are enough. */
  stretches = new Float32Array(places * length);
  /** The last steps, and before them as many again: a stretch is kept once it no longer overlaps with the present one. */
  window = new Float32Array(2 * length);
  origin = Number.NaN;
  sum = 0;
  rows = 0;
  steps = 0;
  kept = 0;
  next = 0;
  every = 1;

  constructor(rows: number) {
    this.#rows = rows;
  }

  measure(value: number): number | undefined {
    if (Number.isNaN(this.origin)) this.origin = value;
    this.sum += value - this.origin;
    this.rows++;
    if (this.rows < this.#rows) return undefined;
    this.window.copyWithin(0, 1);
    this.window[2 * length - 1] = this.sum / this.rows;
    this.sum = 0;
    this.rows = 0;
    this.steps++;
    return this.kept > 0 ? Math.sqrt(this.#nearest()) : undefined;
  }

  learn(): void {
    if (this.rows > 0 || this.steps < 2 * length || lot(this.steps) % this.every !== 0) return;
    if (this.kept === places && this.every < sparsest) this.#thin();
    this.stretches.set(this.window.subarray(0, length), this.next * length);
    this.kept = Math.max(this.kept, this.next + 1);
    this.next = (this.next + 1) % places;
  }

  resume(): void {
    this.sum = 0;
    this.rows = 0;
  }

  /** The square of the distance. */
  #nearest(): number {
    const { stretches, window } = this;
    let best = Number.POSITIVE_INFINITY;
    for (let at = 0; at < this.kept * length; at += length) {
      let sum = 0;
      // to stop where it is far enough costs more than it saves
      for (let j = 0; j < length; j++) {
        const difference = (stretches[at + j] as number) - (window[length + j] as number);
        sum += difference * difference;
      }
      if (sum < best) best = sum;
    }
    return best;
  }

  /** Every second stretch goes, and from now on every second comes. */
  #thin(): void {
    for (let i = 0; i < places / 2; i++) {
      this.stretches.copyWithin(i * length, 2 * i * length, (2 * i + 1) * length);
    }
    this.kept = places / 2;
    this.next = places / 2;
    this.every *= 2;
  }
}

/** Scattered, or what recurs every few rows would be kept at the same few of its phases. */
function lot(step: number): number {
  const mixed = Math.imul(step ^ (step >>> 15), 0x2c1b3c6d);
  return Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39) >>> 16;
}
