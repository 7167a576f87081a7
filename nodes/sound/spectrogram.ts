import type { Spectrogram } from '../kit/index.js';
import type { Pcm } from '../kit/wav.js';
import { Analysis, type AnalysisSettings, framesIn } from './analysis.js';
import type { BandSettings } from './bands.js';
import { spectrogramWithout } from './cancel.js';
import { linesOf, longestWindow } from './lines.js';
import { channelsOf, mixed, qualityOf, relationsOf } from './samples.js';

/** `cancel`: the first channel without what the second hears too. */
export type ChannelUse = 'mix' | 'each' | 'cancel';

export interface SpectrogramSettings extends BandSettings {
  /** Seconds under each window. */
  readonly window: number;
  /** Seconds from one window to the next. */
  readonly hop: number;
  readonly use: ChannelUse;
}

export type Analysed = Omit<Spectrogram, 'source' | 'time' | 'png'>;

/** Windows and hops are whole samples, at least 16 and 1 of them. */
export function inSamples(settings: SpectrogramSettings, sampleRate: number): AnalysisSettings {
  const window = Math.max(16, Math.round(settings.window * sampleRate));
  const hop = Math.min(window, Math.max(1, Math.round(settings.hop * sampleRate)));
  return { ...settings, sampleRate, window, hop };
}

/** Keeps what a transform needs between one stretch and the next. */
export class Spectrograms {
  readonly #analyses = new Map<string, Analysis>();

  /**
   * The whole windows of a stretch of sound.
   * @throws PerceptError `sound-not-a-number`, `sound-fft`
   */
  async of(pcm: Pcm, settings: SpectrogramSettings): Promise<Analysed> {
    const { sampleRate } = pcm;
    const sizes = inSamples(settings, sampleRate);
    const heard = channelsOf(pcm);
    const channels = used(heard, settings.use);
    const analysis = await this.#analysis(sizes);
    const second = settings.use === 'cancel' ? heard[1] : undefined;
    const parts = channels.map((samples) =>
      second ? spectrogramWithout(analysis, samples, second) : analysis.spectrogram(samples),
    );
    const frames = framesIn(channels[0]?.length ?? 0, sizes);
    const levels = joined(parts);
    return {
      shape: [channels.length, frames, analysis.bands.centres.length],
      data: Buffer.from(levels.buffer),
      range: rangeOf(levels),
      scale: settings.scale,
      bands: analysis.bands.centres,
      sampleRate,
      window: sizes.window / sampleRate,
      hop: sizes.hop / sampleRate,
      lines: await this.#lines(channels, sampleRate),
      relations: relationsOf(channels),
      quality: qualityOf(heard),
    };
  }

  async #lines(channels: readonly Float32Array[], sampleRate: number): Promise<Spectrogram['lines']> {
    const window = Math.min(longestWindow, channels[0]?.length ?? 0);
    if (window < 64) return channels.map(() => []);
    const whole = { sampleRate, window, hop: window, scale: 'linear', bands: 0, low: 0, high: 0 } as const;
    const analysis = await this.#analysis(whole);
    return channels.map((samples) => linesOf(analysis, samples));
  }

  async #analysis(settings: AnalysisSettings): Promise<Analysis> {
    const { sampleRate, window, hop, scale, bands, low, high } = settings;
    const key = [sampleRate, window, hop, scale, bands, low, high].join();
    const known = this.#analyses.get(key) ?? (await Analysis.open(settings));
    // the one used last is the last to go
    this.#analyses.delete(key);
    this.#analyses.set(key, known);
    const [oldest] = this.#analyses;
    if (this.#analyses.size > 16 && oldest) {
      oldest[1].free();
      this.#analyses.delete(oldest[0]);
    }
    return known;
  }
}

function used(channels: readonly Float32Array[], use: ChannelUse): readonly Float32Array[] {
  switch (use) {
    case 'mix':
      return [mixed(channels)];
    case 'each':
      return channels;
    case 'cancel':
      return channels.slice(0, 1);
  }
}

function joined(parts: readonly Float32Array<ArrayBufferLike>[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function rangeOf(levels: Float32Array): { min: number; max: number } {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const level of levels) {
    if (level < min) min = level;
    if (level > max) max = level;
  }
  return levels.length > 0 ? { min, max } : { min: 0, max: 0 };
}
