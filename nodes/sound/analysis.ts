import { type BandSettings, type Bands, makeBands, sumBands } from './bands.js';
import { toDecibels } from './decibels.js';
import { Fft, fftSize } from './fft.js';

export interface AnalysisSettings extends BandSettings {
  /** Hz */
  readonly sampleRate: number;
  /** Samples under the window. */
  readonly window: number;
  /** Samples from one window to the next. */
  readonly hop: number;
}

/** How many windows fit. */
export function framesIn(samples: number, { window, hop }: Pick<AnalysisSettings, 'window' | 'hop'>): number {
  return samples < window ? 0 : Math.floor((samples - window) / hop) + 1;
}

/**
 * Short-time Fourier transform with a periodic Hann window, each window without its mean, one-sided power scaled so that
 * a sine of amplitude a reads 10 log10(a²/2): `scipy.signal.spectrogram(x, fs, 'hann', window, window - hop, nfft,
 * 'constant', scaling='spectrum')`, summed in bands, in dB.
 */
export class Analysis {
  readonly settings: AnalysisSettings;
  readonly bands: Bands;
  readonly fftSize: number;
  readonly #fft: Fft;
  readonly #hann: Float32Array;
  readonly #power: Float32Array;
  readonly #sums: Float32Array;
  readonly #scale: number;

  private constructor(settings: AnalysisSettings, fft: Fft) {
    this.settings = settings;
    this.#fft = fft;
    this.fftSize = fft.size;
    this.bands = makeBands(settings, settings.sampleRate, fft.size);
    this.#hann = hann(settings.window);
    this.#power = new Float32Array(fft.size / 2 + 1);
    this.#sums = new Float32Array(this.bands.centres.length);
    this.#scale = 1 / this.#hann.reduce((sum, weight) => sum + weight, 0) ** 2;
  }

  /** @throws PerceptError `sound-fft` */
  static async open(settings: AnalysisSettings): Promise<Analysis> {
    return new Analysis(settings, await Fft.open(fftSize(settings.window)));
  }

  /**
   * @param samples of one channel, at `sampleRate`
   * @returns dB, frames times bands, row by row; as many frames as fit whole
   */
  spectrogram(samples: Float32Array): Float32Array {
    const frames = framesIn(samples.length, this.settings);
    const width = this.bands.centres.length;
    const levels = new Float32Array(frames * width);
    for (let frame = 0; frame < frames; frame++) {
      this.levels(this.power(this.spectrum(samples, frame * this.settings.hop)), levels, frame * width);
    }
    return levels;
  }

  /** The power of each bin of what `spectrum` gave; overwritten by the next call. */
  power(spectrum: Float32Array): Float32Array {
    const power = this.#power;
    const half = power.length - 1;
    const [once, twice] = [this.#scale, 2 * this.#scale];
    const [first, last] = [spectrum[0] as number, spectrum[1] as number];
    power[0] = once * first * first;
    power[half] = once * last * last;
    for (let bin = 1; bin < half; bin++) {
      const re = spectrum[2 * bin] as number;
      const im = spectrum[2 * bin + 1] as number;
      power[bin] = twice * (re * re + im * im);
    }
    return power;
  }

  /** The complex spectrum, as `Fft.output` orders it; overwritten by the next call. */
  spectrum(samples: Float32Array, start: number): Float32Array {
    const { window } = this.settings;
    const input = this.#fft.input();
    const hann = this.#hann;
    let sum = 0;
    for (let i = 0; i < window; i++) {
      const sample = samples[start + i] as number;
      sum += sample;
      input[i] = sample * (hann[i] as number);
    }
    if (window < input.length) this.#withoutMean(input, sum / window);
    this.#fft.transform();
    const output = this.#fft.output();
    if (window < input.length) return output;
    // where the window fills the transform, a Hann-weighted constant is in these two bins and nowhere else
    output[0] = (output[0] as number) - sum / 2;
    output[2] = (output[2] as number) + sum / 4;
    return output;
  }

  #withoutMean(input: Float32Array, mean: number): void {
    const { window } = this.settings;
    for (let i = 0; i < window; i++) input[i] = (input[i] as number) - mean * (this.#hann[i] as number);
    input.fill(0, window);
  }

  /** Sums bins to bands: dB, into `levels` from `at` on. */
  levels(power: Float32Array, levels: Float32Array, at: number): void {
    sumBands(this.bands, power, this.#sums);
    toDecibels(this.#sums, levels, at);
  }

  free(): void {
    this.#fft.free();
  }
}

/** Periodic: one more sample would be the first again. */
function hann(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length));
}
