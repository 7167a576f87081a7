import FFT from 'fft.js';

export function decibels(ratio: number): number {
  return 10 * Math.log10(ratio + 1e-30);
}

/** Mean power over frequency: Hann windows that overlap by half, as many as there are. */
export class Spectrum {
  readonly #power: Float64Array;
  readonly #step: number;

  constructor(samples: ArrayLike<number>, sampleRate: number, size = 16_384) {
    const fft = new FFT(size);
    const out = fft.createComplexArray();
    this.#power = new Float64Array(size / 2);
    this.#step = sampleRate / size;
    const window = Array.from({ length: size }, (_, i) => 1 - Math.cos((2 * Math.PI * i) / size));
    const frames = Math.floor((2 * samples.length) / size) - 1;
    const share = 1 / (frames * size ** 2);
    for (let from = 0; from + size <= samples.length; from += size / 2) {
      fft.realTransform(
        out,
        window.map((weight, i) => weight * (samples[from + i] as number)),
      );
      for (let k = 0; k < size / 2; k++)
        (this.#power[k] as number) += share * ((out[2 * k] as number) ** 2 + (out[2 * k + 1] as number) ** 2);
    }
  }

  band(low: number, high: number): number {
    let sum = 0;
    for (let k = Math.round(low / this.#step); k <= Math.round(high / this.#step); k++) sum += this.#power[k] ?? 0;
    return sum;
  }

  /** dB of a line over the median of what is beside it. @param within Hz */
  line(frequency: number, within = 3 * this.#step, beside = 60 * this.#step): number {
    const at = (hertz: number): number => Math.max(1, Math.round(hertz / this.#step));
    const peak = Math.max(...this.#power.subarray(at(frequency - within), at(frequency + within) + 1));
    const around = this.#power.subarray(at(frequency - beside), at(frequency + beside) + 1).toSorted();
    return decibels(peak / (around[around.length >> 1] as number));
  }

  /** Hz of the strongest line between two frequencies. */
  strongest(low: number, high: number): number {
    let best = Math.round(low / this.#step);
    for (let k = best; k <= Math.round(high / this.#step); k++)
      if ((this.#power[k] as number) > (this.#power[best] as number)) best = k;
    return best * this.#step;
  }
}
