export interface TailShape {
  /** Left edge of the first bin; what lies below is counted there. */
  readonly low: number;
  readonly width: number;
  readonly bins: number;
}

/** The log2 of a statistic over its own mean: from a sixty-fourth of it to sixteen thousand times. */
export const relative: TailShape = { low: -6, width: 0.25, bins: 80 };
/** Evidence as the detector adds it up, in decades. */
export const evidence: TailShape = { low: 0, width: 0.25, bins: 160 };

/** Rows after which everything older counts half. */
const memory = 20_000;
/** The part of the rows that the tail is estimated from, and how many rows it takes at least. */
const share = 0.05;
const fewest = 10;
/** What is believed of the tail before it was seen, and how many rows that belief is worth. */
const belief = { bins: 1.2, rows: 5 };

/**
 * How rare a value is, by what was seen before: counted in a histogram where there were enough, and beyond by an
 * exponential tail fitted to the excesses over a high quantile (Hill 1975; on a log scale that is a Pareto tail).
 */
export class Tail {
  readonly #shape: TailShape;
  counts: Float32Array;
  total = 0;

  constructor(shape: TailShape) {
    this.#shape = shape;
    this.counts = new Float32Array(shape.bins);
  }

  learn(value: number): void {
    const bin = this.#bin(this.#position(value));
    this.counts[bin] = (this.counts[bin] as number) + 1;
    this.total++;
    if (this.total < memory) return;
    for (let i = 0; i < this.counts.length; i++) this.counts[i] = (this.counts[i] as number) / 2;
    this.total /= 2;
  }

  /** Decades: 3 is what one row of a thousand exceeds. 0 before anything was learnt. */
  surprise(value: number): number {
    if (this.total < 1) return 0;
    const position = this.#position(value);
    const { cut, beyond, slope } = this.#upper();
    if (position > cut) return -Math.log10((beyond + 1) / (this.total + 1)) + (position - cut) / slope / Math.LN10;
    const bin = this.#bin(position);
    let above = (this.counts[bin] as number) * (1 - Math.min(1, Math.max(0, position - bin)));
    for (let i = bin + 1; i < this.counts.length; i++) above += this.counts[i] as number;
    return -Math.log10((above + 1) / (this.total + 1));
  }

  /** The value that `decades` of surprise begin at; only for the tail, so from about 1.3 upwards. */
  level(decades: number): number {
    const { cut, beyond, slope } = this.#upper();
    const above = decades + Math.log10((beyond + 1) / (this.total + 1));
    return this.#shape.low + this.#shape.width * (cut + Math.max(0, above) * slope * Math.LN10);
  }

  /** Bins from the left: where the tail begins, how many lie beyond it, and their mean excess. */
  #upper(): { cut: number; beyond: number; slope: number } {
    const limit = Math.max(fewest, share * this.total);
    let beyond = 0;
    let excess = 0;
    let bin = this.counts.length - 1;
    for (; bin > 0; bin--) {
      const count = this.counts[bin] as number;
      if (beyond + count > limit) break;
      // every value so far lies one bin further beyond than it did
      excess += beyond + count / 2;
      beyond += count;
    }
    return { cut: bin + 1, beyond, slope: (excess + belief.rows * belief.bins) / (beyond + belief.rows) };
  }

  #position(value: number): number {
    return (value - this.#shape.low) / this.#shape.width;
  }

  #bin(position: number): number {
    return Math.min(this.counts.length - 1, Math.max(0, Math.floor(position)));
  }
}
