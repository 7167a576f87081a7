import { Biquad, type Section } from './filter.js';

/** Noise through filters, with a strength that changes evenly from call to call. */
export class Shaped {
  readonly #filters: readonly Biquad[];
  readonly #work: Float64Array;
  #level = 0;

  /** @param longest samples in a call */
  constructor(sections: readonly Section[], longest: number) {
    this.#filters = sections.map((section) => new Biquad(section));
    this.#work = new Float64Array(longest);
  }

  /** Adds what comes of `noise`, which stays as it is. @param level at the end; it begins with that of the call before */
  add(noise: Float64Array, samples: number, level: number, out: Float64Array): void {
    const first = this.#level;
    this.#level = level;
    if (first === 0 && level === 0) return;
    const work = this.#work;
    for (let i = 0; i < samples; i++) work[i] = noise[i] as number;
    for (const filter of this.#filters) filter.run(work, samples);
    const slope = (level - first) / samples;
    for (let i = 0; i < samples; i++) out[i] = (out[i] as number) + (first + slope * i) * (work[i] as number);
    if (level === 0) for (const filter of this.#filters) filter.reset();
  }
}
