import { audible } from './tick.js';

const turn = 2 * Math.PI;

/**
 * A fundamental and its harmonics, the sum of a(k) cos(k x) + b(k) sin(k x), by Clenshaw's recurrence (Numerical Recipes, 5.4.2).
 * Phases are fixed; amplitudes are set as they go.
 */
export class Tones {
  readonly #phases: Float64Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  #count = 0;

  /** @param phases turns, of each harmonic */
  constructor(phases: readonly number[]) {
    this.#phases = Float64Array.from(phases, (phase) => turn * phase);
    this.#cos = new Float64Array(phases.length);
    this.#sin = new Float64Array(phases.length);
  }

  /**
   * @param amplitudes of each harmonic, as many as there are phases
   * @param fundamental Hz; harmonics near half of `rate` and beyond are left out
   */
  set(amplitudes: ArrayLike<number>, fundamental: number, rate: number): void {
    this.#count = 0;
    for (let k = 0; k < this.#phases.length; k++) {
      const amplitude = (amplitudes[k] as number) * audible((k + 1) * fundamental, rate);
      if (amplitude > 1e-7) this.#count = k + 1;
      const phase = this.#phases[k] as number;
      this.#cos[k] = amplitude * Math.cos(phase);
      this.#sin[k] = amplitude * Math.sin(phase);
    }
  }

  /**
   * @param from turns of the fundamental at the beginning @param to and at the end
   * @param first what all is multiplied with at the beginning @param last and at the end
   */
  add(out: Float64Array, samples: number, from: number, to: number, first = 1, last = first): void {
    const count = this.#count;
    if (count === 0 || (first === 0 && last === 0)) return;
    const [a, b] = [this.#cos, this.#sin];
    const begin = turn * (from - Math.floor(from));
    const step = (turn * (to - from)) / samples;
    const [stepCos, stepSin] = [Math.cos(step), Math.sin(step)];
    let [cos, sin] = [Math.cos(begin), Math.sin(begin)];
    const slope = (last - first) / samples;
    for (let i = 0; i < samples; i++) {
      const twice = 2 * cos;
      let [a1, a2, b1, b2] = [0, 0, 0, 0];
      for (let k = count - 1; k >= 0; k--) {
        const a0 = (a[k] as number) + twice * a1 - a2;
        const b0 = (b[k] as number) + twice * b1 - b2;
        a2 = a1;
        a1 = a0;
        b2 = b1;
        b1 = b0;
      }
      (out[i] as number) += (first + slope * i) * (a1 * cos - a2 + b1 * sin);
      const next = cos * stepCos - sin * stepSin;
      sin = sin * stepCos + cos * stepSin;
      cos = next;
    }
  }
}
