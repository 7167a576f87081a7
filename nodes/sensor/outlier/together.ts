import { Guard } from './guard.js';
import { Habit } from './habit.js';
import { past, present } from './level.js';
import { uncertainty } from './looks.js';
import { fading } from './statistic.js';
import { Tail, wandering } from './tail.js';

/** More channels than this are not looked at together: work and memory grow with the square. */
export const mostTogether = 32;
/** Rows that the covariance is remembered over. */
const memory = 4000;
/** Rows between two decompositions. */
const every = 16;
/** Part of a channel's variance that no others explain, however well they do: what is rounded off has none. */
const unexplained = 1e-6;
/** Times what was fine that is fine from then on. */
const margin = 1.5;
/** Variance of a channel that has never moved: whatever it does then is far. */
const tiny = 1e-60;
/** Decades of the distance from which on a departure may have begun. */
const noticeable = 1.5;

/**
 * Whether the channels still go together as usual: how far each is from what all others let expect of it (a regression on
 * them, by the inverse of the covariance of their departures from their levels), in standard deviations. So a machine
 * that does more than before is as usual, and one whose pressure falls while its motor draws more is not.
 */
export class Together {
  readonly #channels: number;
  readonly #departures: Float64Array;
  readonly #solved: Float64Array;
  readonly #rests: Float64Array;
  /** Where each channel was over the last few hundred rows; all of them follow together, or they would not go together. */
  levels: Float64Array;
  covariance: Float64Array;
  /** Lower triangle of its Cholesky decomposition, and the diagonal of its inverse. */
  factor: Float64Array;
  precision: Float64Array;
  rows = 0;
  tail = new Tail(wandering);
  habit = new Habit();
  /** How many times farther feedback lets it go. */
  tolerance = 1;
  /** Times the limit that it went at most during the last episode, without tolerance. */
  farthest = 0;
  /** How often each rest has been seen to come and go, and the side that it is on. */
  looks: Float64Array;
  sides: Float64Array;
  /** The rest that stands out most for how well it is known, how well that is (0 to 1), and whose it is. */
  distance = Number.NaN;
  trust = 0;
  leading = 0;
  /** Rows that it has been noticeable for. */
  away = 0;
  /** UTC ms since when it has been noticeable. */
  since = Number.NaN;
  /** Present levels and distance of the rows that wait. */
  lately: Guard;

  constructor(channels: number) {
    this.#channels = channels;
    this.#departures = new Float64Array(channels);
    this.#solved = new Float64Array(channels);
    this.#rests = new Float64Array(channels);
    this.levels = new Float64Array(channels).fill(Number.NaN);
    this.covariance = new Float64Array(channels * channels);
    this.factor = new Float64Array(channels * channels);
    this.precision = new Float64Array(channels);
    this.looks = new Float64Array(channels);
    this.sides = new Float64Array(channels);
    this.lately = new Guard(channels + 2);
  }

  /**
   * @param values present level of each channel; NaN: unknown
   * @param decades how rare what stands out is to be
   * @returns the largest rest that is known well, in standard deviations. 0 while it can't be told
   */
  measure(values: Float64Array, time: number, decades: number): number {
    this.distance = Number.NaN;
    if (this.rows < every) return 0;
    this.#solve(values);
    let most = 0;
    this.distance = 0;
    this.trust = 0;
    for (let i = 0; i < this.#channels; i++) {
      const rest = Math.abs(this.#rests[i] as number) / Math.sqrt(this.precision[i] as number);
      if (rest <= most) continue;
      const times = uncertainty(this.looks[i] as number, decades);
      if (rest / times <= most) continue;
      most = rest / times;
      this.distance = rest;
      this.trust = 1 / times ** 2;
      this.leading = i;
    }
    if (this.distance < this.tail.level(noticeable)) this.since = Number.NaN;
    else if (Number.isNaN(this.since)) this.since = time;
    return most;
  }

  /** What only one row of so many exceeds, in decades. */
  limit(decades: number): number {
    return this.tolerance * this.tail.level(decades);
  }

  /** What the last episode showed is fine. @param times how many limits away it was, as far as the finding tells */
  allow(times: number): void {
    this.tolerance = margin * Math.max(this.tolerance * times, this.farthest);
  }

  /** The row that was measured last was usual. */
  learn(values: Float64Array): void {
    const n = this.#channels;
    const { kept } = this.lately;
    const now = this.lately.add();
    kept.set(values, now);
    kept[now + n] = this.distance;
    kept[now + n + 1] = this.trust;
    for (let at = this.lately.take(); at >= 0; at = this.lately.take()) this.#learn(kept.subarray(at, at + n + 2));
    if (Number.isNaN(this.distance)) return;
    for (let i = 0; i < n; i++) {
      const rest = this.#rests[i] as number;
      if (rest * (this.sides[i] as number) < 0) this.looks[i] = (this.looks[i] as number) + 1;
      if (rest !== 0) this.sides[i] = rest;
    }
  }

  /** What has just been was not usual. */
  drop(): void {
    this.lately.drop();
  }

  #learn(row: Float64Array): void {
    const n = this.#channels;
    this.tolerance = 1 + (this.tolerance - 1) * fading;
    const weight = this.#weigh(row[n] as number, row[n + 1] as number) / Math.min(++this.rows, memory);
    this.#depart(row);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const old = this.covariance[i * n + j] as number;
        const product = (this.#departures[i] as number) * (this.#departures[j] as number);
        this.covariance[i * n + j] = old + weight * (product - old);
      }
      if (Number.isNaN(row[i])) continue;
      const level = this.levels[i] as number;
      const away = (row[i] as number) - level;
      this.levels[i] = Number.isNaN(level) ? (row[i] as number) : level + away / Math.min(this.rows, past);
    }
    if (this.rows % every === 0) this.#decompose();
  }

  /**
   * How much a row counts. What has left is no more evidence of what is usual the longer it stays, nor the farther it goes
   * (Maronna 1976): what comes on slowly would teach its own threshold otherwise.
   */
  #weigh(distance: number, trust: number): number {
    if (Number.isNaN(distance)) return 1;
    const edge = this.rows < past ? Number.POSITIVE_INFINITY : this.tail.level(noticeable);
    this.away = distance > edge ? this.away + 1 : 0;
    const staying = present / Math.max(present, this.away);
    this.tail.learn(distance, trust * staying);
    return staying * Math.min(1, edge / distance) ** 2;
  }

  #depart(values: Float64Array): void {
    for (let i = 0; i < this.#channels; i++) {
      const departure = (values[i] as number) - (this.levels[i] as number);
      this.#departures[i] = Number.isNaN(departure) ? 0 : departure;
    }
  }

  /** The inverse of the covariance times the departures. */
  #solve(values: Float64Array): void {
    const n = this.#channels;
    this.#depart(values);
    for (let i = 0; i < n; i++) {
      let rest = this.#departures[i] as number;
      for (let j = 0; j < i; j++) rest -= (this.factor[i * n + j] as number) * (this.#solved[j] as number);
      this.#solved[i] = rest / (this.factor[i * n + i] as number);
    }
    for (let i = n - 1; i >= 0; i--) {
      let rest = this.#solved[i] as number;
      for (let j = i + 1; j < n; j++) rest -= (this.factor[j * n + i] as number) * (this.#rests[j] as number);
      this.#rests[i] = rest / (this.factor[i * n + i] as number);
    }
  }

  /** How much of the correlations is chance: few looks at weak ones are mostly that (Schäfer & Strimmer 2005). */
  get #shrinkage(): number {
    const n = this.#channels;
    let [chance, strength] = [0, 0];
    for (let i = 1; i < n; i++) {
      for (let j = 0; j < i; j++) {
        const own = (this.covariance[i * n + i] as number) * (this.covariance[j * n + j] as number);
        const square = own > 0 ? (this.covariance[i * n + j] as number) ** 2 / own : 0;
        chance += (1 - square) ** 2;
        strength += square;
      }
    }
    // neighbours share the rows that their levels are the mean of
    const looks = Math.min(this.rows, memory) / present;
    return strength > 0 ? Math.min(1, chance / (looks * strength)) : 1;
  }

  #decompose(): void {
    const n = this.#channels;
    const kept = 1 - this.#shrinkage;
    for (let i = 0; i < n; i++) {
      const own = this.covariance[i * n + i] as number;
      for (let j = 0; j <= i; j++) {
        let rest = i === j ? own : kept * (this.covariance[i * n + j] as number);
        for (let k = 0; k < j; k++) rest -= (this.factor[i * n + k] as number) * (this.factor[j * n + k] as number);
        const diagonal = this.factor[j * n + j] as number;
        this.factor[i * n + j] = i === j ? Math.sqrt(Math.max(rest, unexplained * own, tiny)) : rest / diagonal;
      }
    }
    // each is the squared length of a column of the factor's inverse
    for (let k = 0; k < n; k++) {
      let sum = 0;
      for (let i = k; i < n; i++) {
        let rest = i === k ? 1 : 0;
        for (let j = k; j < i; j++) rest -= (this.factor[i * n + j] as number) * (this.#solved[j] as number);
        this.#solved[i] = rest / (this.factor[i * n + i] as number);
        sum += (this.#solved[i] as number) ** 2;
      }
      this.precision[k] = sum;
    }
  }
}
