export interface TailShape {
  /** Left edge of the first bin; what lies below is counted there. */
  readonly low: number;
  readonly width: number;
  readonly bins: number;
  /** Mean excess over a high quantile that is believed before it was seen, and how many rows that belief is worth. */
  readonly belief: { readonly excess: number; readonly rows: number };
}

/** The log2 of a statistic over its own mean: from a sixty-fourth of it to sixteen thousand times. */
export const relative: TailShape = { low: -6, width: 0.25, bins: 80, belief: { excess: 0.3, rows: 5 } };
/** Evidence as the detector adds it up, in decades. */
export const evidence: TailShape = { low: 0, width: 0.25, bins: 160, belief: { excess: 0.3, rows: 5 } };

/**
 * Distances of means of rows, in their own mean: they fall off like a Gaussian's, more or less. Believed long, since what
 * wanders shows few independent rows.
 */
export const wandering: TailShape = { low: 0, width: 0.1, bins: 120, belief: { excess: 0.46, rows: 50 } };

/** Rows after which everything older counts half. */
const memory = 20_000;
/** The part of the rows that the tail is estimated from, and how many rows it takes at least. */
const share = 0.05;
const fewest = 10;
/** Rows after which the tail is fitted anew. */
const refit = 16;

/**
 * How rare a value is, by what was seen before: counted in a histogram where there were enough, and beyond by an
 * exponential tail fitted to the excesses over a high quantile (Hill 1975; on a log scale that is a Pareto tail).
 */
export class Tail {
  readonly #shape: TailShape;
  counts: Float32Array;
  total = 0;
  /** Where the upper tail begins, in bins from the left, how many lie beyond, and their mean excess in bins. */
  cut = 0;
  beyond = 0;
  slope = 1;
  /** What these three are of. */
  fitted = 0;

  constructor(shape: TailShape) {
    this.#shape = shape;
    this.counts = new Float32Array(shape.bins);
  }

  /** @param weight rows that it counts as */
  learn(value: number, weight = 1): void {
    const bin = this.#bin(this.#position(value));
    this.counts[bin] = (this.counts[bin] as number) + weight;
    this.total += weight;
    if (this.total >= memory) this.#forget();
    if (this.total - this.fitted >= Math.min(refit, this.total / refit)) this.#fit();
  }

  /** Decades: 3 is what one row of a thousand exceeds. 0 before anything was learnt. */
  surprise(value: number): number {
    if (this.total < 1) return 0;
    const position = this.#position(value);
    const { cut, beyond, slope } = this;
    if (position > cut) return -Math.log10((beyond + 1) / (this.total + 1)) + (position - cut) / slope / Math.LN10;
    const bin = this.#bin(position);
    let above = (this.counts[bin] as number) * (1 - Math.min(1, Math.max(0, position - bin)));
    for (let i = bin + 1; i < this.counts.length; i++) above += this.counts[i] as number;
    return -Math.log10((above + 1) / (this.total + 1));
  }

  /**
   * The value that one row of so many exceeds, in decades; only for the tail, so from about 1.3 upwards. It lies farther out than
   * the same surprise while few rows tell how the tail falls off: with the slope of an exponential known by so many excesses, the
   * next is spread as Lomax's distribution (1954) has it.
   */
  level(decades: number): number {
    const { cut, beyond, slope } = this;
    const { low, width, belief } = this.#shape;
    const above = Math.max(0, decades + Math.log10((beyond + 1) / (this.total + 1))) * Math.LN10;
    const known = beyond + belief.rows;
    return low + width * (cut + known * Math.expm1(above / known) * slope);
  }

  #fit(): void {
    const { belief, width } = this.#shape;
    const limit = Math.max(fewest, share * this.total);
    let beyond = 0;
    let excess = 0;
    let bin = this.counts.length - 1;
    for (; bin > 0; bin--) {
      const count = this.counts[bin] as number;
      if (beyond + count > limit) break;
      // all that were seen so far lie one bin further beyond
      excess += beyond + count / 2;
      beyond += count;
    }
    this.cut = bin + 1;
    this.beyond = beyond;
    this.slope = (excess + (belief.rows * belief.excess) / width) / (beyond + belief.rows);
    this.fitted = this.total;
  }

  #forget(): void {
    for (let i = 0; i < this.counts.length; i++) this.counts[i] = (this.counts[i] as number) / 2;
    this.total /= 2;
    this.#fit();
  }

  #position(value: number): number {
    return (value - this.#shape.low) / this.#shape.width;
  }

  #bin(position: number): number {
    return Math.min(this.counts.length - 1, Math.max(0, Math.floor(position)));
  }
}
