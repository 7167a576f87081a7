import { fading } from './statistic.js';
import { Tail, wandering } from './tail.js';

/** More channels than this are not looked at together: work and memory grow with the square. */
export const mostTogether = 32;
/** Rows that the covariance is remembered over, and those that the belief in independent channels is worth. */
const memory = 4000;
const shrinkage = 100;
/** Mean square of a Gaussian in times of its mean distance. */
const independent = Math.PI / 2;
/** Rows between two decompositions. */
const every = 16;

/**
 * Whether the channels still move together as usual: the Mahalanobis distance of their departures from their levels
 * (Hotelling 1947), with a covariance shrunk towards independent channels (Ledoit & Wolf 2004).
 */
export class Together {
  readonly #channels: number;
  readonly #solved: Float64Array;
  covariance: Float64Array;
  /** Lower triangle of its Cholesky decomposition. */
  factor: Float64Array;
  rows = 0;
  tail = new Tail(wandering);
  /** How many times farther feedback lets it go. */
  tolerance = 1;

  constructor(channels: number) {
    this.#channels = channels;
    this.#solved = new Float64Array(channels);
    this.covariance = new Float64Array(channels * channels);
    this.factor = new Float64Array(channels * channels);
  }

  /** Root of the mean square of the whitened departures: about 1 when all is usual. 0 while it can't be told. */
  measure(departures: Float64Array): number {
    if (this.rows < every) return 0;
    const n = this.#channels;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      let rest = departures[i] as number;
      for (let j = 0; j < i; j++) rest -= (this.factor[i * n + j] as number) * (this.#solved[j] as number);
      const white = rest / (this.factor[i * n + i] as number);
      this.#solved[i] = white;
      sum += white * white;
    }
    return Math.sqrt(sum / n);
  }

  /** The channel that adds most to the last distance, given all the others. */
  leading(departures: Float64Array): number {
    const n = this.#channels;
    const solved = this.#solved.slice();
    for (let i = n - 1; i >= 0; i--) {
      let rest = solved[i] as number;
      for (let j = i + 1; j < n; j++) rest -= (this.factor[j * n + i] as number) * (solved[j] as number);
      solved[i] = rest / (this.factor[i * n + i] as number);
    }
    let best = 0;
    const share = (i: number): number => (solved[i] as number) * (departures[i] as number);
    for (let i = 1; i < n; i++) if (share(i) > share(best)) best = i;
    return best;
  }

  learn(departures: Float64Array, distance: number): void {
    const n = this.#channels;
    this.tolerance = 1 + (this.tolerance - 1) * fading;
    if (this.rows >= every) this.tail.learn(distance);
    const weight = 1 / Math.min(++this.rows, memory);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const old = this.covariance[i * n + j] as number;
        this.covariance[i * n + j] = old + weight * ((departures[i] as number) * (departures[j] as number) - old);
      }
    }
    if (this.rows % every === 0) this.#decompose();
  }

  #decompose(): void {
    const n = this.#channels;
    const belief = shrinkage / (Math.min(this.rows, memory) + shrinkage);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const own = this.covariance[i * n + j] as number;
        let rest = own * (1 - belief) + (i === j ? belief * independent : 0);
        for (let k = 0; k < j; k++) rest -= (this.factor[i * n + k] as number) * (this.factor[j * n + k] as number);
        const diagonal = this.factor[j * n + j] as number;
        this.factor[i * n + j] = i === j ? Math.sqrt(Math.max(rest, belief)) : rest / diagonal;
      }
    }
  }
}
