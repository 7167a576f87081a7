/** Uniform and about normal numbers that follow from a seed: xorshift (Marsaglia, Journal of Statistical Software 8, 2003). */
export class Random {
  #state: number;

  /** @param stream independent for each part of a machine, so that one that draws more does not change the others */
  constructor(seed: number, stream: number) {
    let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(stream + 1, 0xc2b2ae35);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
    this.#state = (h ^ (h >>> 15)) | 0 || 1;
  }

  /** In [0, 1). */
  uniform(): number {
    return (this.#next() >>> 0) / 0x1_0000_0000;
  }

  between(least: number, most: number): number {
    return least + (most - least) * this.uniform();
  }

  /** Both ends are possible. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.uniform() * (most - least + 1));
  }

  /** Of mean 0 and variance 1, never beyond 3. */
  normal(): number {
    return 2 * (this.uniform() + this.uniform() + this.uniform() - 1.5);
  }

  /** White noise of variance 1 times `gain`. */
  fill(out: Float64Array, samples: number, gain: number): void {
    let x = this.#state;
    const scale = (gain * Math.sqrt(3)) / 0x8000_0000;
    for (let i = 0; i < samples; i++) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      out[i] = x * scale;
    }
    this.#state = x;
  }

  #next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x;
  }
}

/** Wanders about 0 with variance 1 and forgets itself within `constant` s (Ornstein and Uhlenbeck). */
export class Wander {
  readonly #random: Random;
  readonly #keep: number;
  readonly #push: number;
  value: number;

  /** @param step s between two looks */
  constructor(random: Random, constant: number, step: number) {
    this.#random = random;
    this.#keep = Math.exp(-step / constant);
    this.#push = Math.sqrt(1 - this.#keep ** 2);
    this.value = random.normal();
  }

  next(): number {
    this.value = this.#keep * this.value + this.#push * this.#random.normal();
    return this.value;
  }
}
