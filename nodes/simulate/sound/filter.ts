/** Coefficients of a biquad, a0 being 1. */
export interface Section {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** Transposed direct form II. */
export class Biquad {
  readonly #section: Section;
  #s1 = 0;
  #s2 = 0;

  constructor(section: Section) {
    this.#section = section;
  }

  reset(): void {
    this.#keep(0, 0);
  }

  /** In place. */
  run(samples: Float64Array, length: number): void {
    const { b0, b1, b2, a1, a2 } = this.#section;
    let s1 = this.#s1;
    let s2 = this.#s2;
    for (let i = 0; i < length; i++) {
      const x = samples[i] as number;
      const y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b2 * x - a2 * y;
      samples[i] = y;
    }
    this.#keep(s1, s2);
  }

  /** Adds what comes out, times `gain`. */
  add(input: Float64Array, gain: number, out: Float64Array, length: number): void {
    const { b0, b1, b2, a1, a2 } = this.#section;
    let s1 = this.#s1;
    let s2 = this.#s2;
    for (let i = 0; i < length; i++) {
      const x = input[i] as number;
      const y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b2 * x - a2 * y;
      (out[i] as number) += gain * y;
    }
    this.#keep(s1, s2);
  }

  /** Numbers too small to hear make processors slow. */
  #keep(s1: number, s2: number): void {
    this.#s1 = Math.abs(s1) < 1e-25 ? 0 : s1;
    this.#s2 = Math.abs(s2) < 1e-25 ? 0 : s2;
  }
}

/** Mean square of what white noise of mean square 1 becomes. The filters are used up by it. */
export function energyOf(filters: readonly Biquad[], rate: number): number {
  const response = new Float64Array(Math.ceil(rate / 8));
  response[0] = 1;
  for (const filter of filters) filter.run(response, response.length);
  return response.reduce((sum, value) => sum + value * value, 0);
}

/** Filters of the second order after Bristow-Johnson's cookbook. Frequencies in Hz. */
const angle = (frequency: number, rate: number): number => 2 * Math.PI * Math.min(0.47, frequency / rate);

export function highPass(frequency: number, rate: number, q = Math.SQRT1_2): Section {
  const w = angle(frequency, rate);
  const [cos, alpha] = [Math.cos(w), Math.sin(w) / (2 * q)];
  return normalised((1 + cos) / 2, -(1 + cos), (1 + cos) / 2, 1 + alpha, -2 * cos, 1 - alpha);
}

export function lowPass(frequency: number, rate: number, q = Math.SQRT1_2): Section {
  const w = angle(frequency, rate);
  const [cos, alpha] = [Math.cos(w), Math.sin(w) / (2 * q)];
  return normalised((1 - cos) / 2, 1 - cos, (1 - cos) / 2, 1 + alpha, -2 * cos, 1 - alpha);
}

/** A gain of 1 at its centre. @param damping share of critical damping: 0.03 for a casing */
export function resonance(frequency: number, damping: number, rate: number): Section {
  const w = angle(frequency, rate);
  const [cos, alpha] = [Math.cos(w), Math.sin(w) * damping];
  return normalised(alpha, 0, -alpha, 1 + alpha, -2 * cos, 1 - alpha);
}

/** @param decibels at its centre; 0 dB far from it */
export function peak(frequency: number, q: number, decibels: number, rate: number): Section {
  const w = angle(frequency, rate);
  const a = 10 ** (decibels / 40);
  const [cos, alpha] = [Math.cos(w), Math.sin(w) / (2 * q)];
  return normalised(1 + alpha * a, -2 * cos, 1 - alpha * a, 1 + alpha / a, -2 * cos, 1 - alpha / a);
}

function normalised(b0: number, b1: number, b2: number, a0: number, a1: number, a2: number): Section {
  return { b0: b0 / a0, b1: b1 / a0, b2: b2 / a0, a1: a1 / a0, a2: a2 / a0 };
}
