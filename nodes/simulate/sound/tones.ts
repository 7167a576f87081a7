import { audible } from './tick.js';

const turn = 2 * Math.PI;
/** Of what is about 1 in all. */
const inaudible = 5e-4;

/**
 * A fundamental and its harmonics, the sum of a(k) cos(k x) + b(k) sin(k x), by Clenshaw's recurrence (Numerical Recipes, 5.4.2).
 * Phases are fixed; amplitudes are set as they go.
 */
export class Tones {
  readonly #phases: readonly (readonly [cos: number, sin: number])[];
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  #count = 0;

  /** @param phases turns, of each harmonic */
  constructor(phases: readonly number[]) {
    this.#phases = phases.map((phase) => [Math.cos(turn * phase), Math.sin(turn * phase)]);
    this.#cos = new Float64Array(phases.length);
    this.#sin = new Float64Array(phases.length);
  }

  /**
   * @param amplitudes of each harmonic, as many as there are phases
   * @param fundamental Hz; harmonics near half of `rate` and beyond are left out
   */
  set(amplitudes: ArrayLike<number>, fundamental: number, rate: number): void {
    const [cos, sin] = [this.#cos, this.#sin];
    let count = 0;
    for (let k = 0; k < cos.length; k++) {
      const wanted = amplitudes[k] as number;
      if (wanted < inaudible) {
        cos[k] = 0;
        sin[k] = 0;
        continue;
      }
      const amplitude = wanted * audible((k + 1) * fundamental, rate);
      const phase = this.#phases[k] as readonly [number, number];
      cos[k] = amplitude * phase[0];
      sin[k] = amplitude * phase[1];
      count = k + 1;
    }
    this.#count = count;
  }

  /**
   * @param from turns of the fundamental at the beginning @param to and at the end
   * @param first what all is multiplied with at the beginning @param last and at the end
   */
  add(out: Float64Array, samples: number, from: number, to: number, first = 1, last = first): void {
    const count = this.#count;
    if (count === 0 || (first === 0 && last === 0)) return;
    const a = this.#cos;
    const b = this.#sin;
    const begin = turn * (from - Math.floor(from));
    const step = (turn * (to - from)) / samples;
    const stepCos = Math.cos(step);
    const stepSin = Math.sin(step);
    let cos = Math.cos(begin);
    let sin = Math.sin(begin);
    let level = first;
    const slope = (last - first) / samples;
    for (let i = 0; i < samples; i++) {
      const twice = 2 * cos;
      let a1 = 0;
      let a2 = 0;
      let b1 = 0;
      let b2 = 0;
      for (let k = count - 1; k >= 0; k--) {
        const a0 = (a[k] as number) + twice * a1 - a2;
        const b0 = (b[k] as number) + twice * b1 - b2;
        a2 = a1;
        a1 = a0;
        b2 = b1;
        b1 = b0;
      }
      out[i] = (out[i] as number) + level * (a1 * cos - a2 + b1 * sin);
      level += slope;
      const next = cos * stepCos - sin * stepSin;
      sin = sin * stepCos + cos * stepSin;
      cos = next;
    }
  }
}
