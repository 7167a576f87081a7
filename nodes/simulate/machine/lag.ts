const step = 10_000;
/** Time constants that are looked back on; what lies further behind weighs less than 0.3 %. */
const reach = 6;
const kept = 2000;

/**
 * A first-order lag that can be asked for any instant: the source counts as constant for 10 s, and older values weigh less by
 * exp(-age / constant). It never looks ahead.
 */
export class Lag {
  readonly #source: (time: number) => number;
  readonly #constant: number;
  readonly #weights: readonly number[];
  readonly #known = new Map<number, number>();
  #settled = { index: Number.NaN, value: 0 };

  /** @param constant ms */
  constructor(source: (time: number) => number, constant: number) {
    this.#source = source;
    this.#constant = constant;
    const raw = Array.from({ length: Math.ceil((reach * constant) / step) }, (_, i) =>
      Math.exp((-i * step) / constant),
    );
    const sum = raw.reduce((a, b) => a + b);
    this.#weights = raw.map((weight) => weight / sum);
  }

  at(time: number): number {
    const index = Math.floor(time / step);
    const share = Math.exp((index * step - time) / this.#constant);
    return this.#before(index) * share + this.#sourceAt(index) * (1 - share);
  }

  #before(index: number): number {
    if (this.#settled.index === index) return this.#settled.value;
    let value = 0;
    for (const [i, weight] of this.#weights.entries()) value += weight * this.#sourceAt(index - 1 - i);
    this.#settled = { index, value };
    return value;
  }

  #sourceAt(index: number): number {
    const known = this.#known.get(index);
    if (known !== undefined) return known;
    if (this.#known.size >= kept) this.#known.clear();
    const value = this.#source(index * step);
    this.#known.set(index, value);
    return value;
  }
}
