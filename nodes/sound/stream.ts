import { bytesPerSample, type Pcm } from '../kit/wav.js';
import { framesIn } from './analysis.js';
import type { Preset } from './presets.js';
import { inSamples } from './spectrogram.js';

/** Enough sound for one spectrogram. */
export interface Stretch {
  readonly pcm: Pcm;
  /** ms UTC of its first sample. */
  readonly time: number;
}

export interface Pushed {
  readonly stretches: readonly Stretch[];
  /** Sound is missing before it, or it is of another kind: what was begun has been left out. */
  readonly broken: boolean;
}

/** ms; clocks of devices and the way here are no better than that. */
const leastTolerance = 100;

/**
 * The sound of one source, cut so that windows go on over the borders of messages as if there were none. Holds less than
 * one stretch.
 */
export class Stream {
  readonly #settings: Preset;
  #rest: (Pcm & { readonly time: number }) | undefined;

  constructor(settings: Preset) {
    this.#settings = settings;
  }

  /** @param time ms UTC of its first sample */
  push(pcm: Pcm, time: number): Pushed {
    if (this.#settings.seconds === 0) return { stretches: this.#fits(pcm) ? [{ pcm, time }] : [], broken: false };
    const rest = this.#rest;
    const goesOn = rest !== undefined && isSame(rest, pcm) && isNext(rest, pcm, time);
    const whole = goesOn ? { ...pcm, samples: Buffer.concat([rest.samples, pcm.samples]) } : pcm;
    const stretches = this.#cut(whole, goesOn ? rest.time : time);
    return { stretches, broken: rest !== undefined && !goesOn };
  }

  #fits(pcm: Pcm): boolean {
    return framesIn(samplesOf(pcm), inSamples(this.#settings, pcm.sampleRate)) > 0;
  }

  #cut(pcm: Pcm, time: number): Stretch[] {
    const sizes = inSamples(this.#settings, pcm.sampleRate);
    const frames = Math.max(1, Math.round((this.#settings.seconds * pcm.sampleRate) / sizes.hop));
    const [length, step] = [sizes.window + (frames - 1) * sizes.hop, frames * sizes.hop];
    const width = pcm.channels * bytesPerSample[pcm.format];
    const stretches: Stretch[] = [];
    let start = 0;
    for (; start + length <= samplesOf(pcm); start += step) {
      const samples = pcm.samples.subarray(start * width, (start + length) * width);
      stretches.push({ pcm: { ...pcm, samples }, time: time + (1000 * start) / pcm.sampleRate });
    }
    // a copy: a view would keep the whole message in memory
    const samples = Buffer.from(pcm.samples.subarray(start * width));
    this.#rest = { ...pcm, samples, time: time + (1000 * start) / pcm.sampleRate };
    return stretches;
  }
}

function samplesOf({ samples, channels, format }: Pcm): number {
  return Math.floor(samples.length / (channels * bytesPerSample[format]));
}

function isSame(a: Pcm, b: Pcm): boolean {
  return a.sampleRate === b.sampleRate && a.channels === b.channels && a.format === b.format;
}

/** Half of the new piece may be missing or doubled by its time before it counts as a gap: times of arrival jitter. */
function isNext(rest: Pcm & { readonly time: number }, next: Pcm, time: number): boolean {
  const end = rest.time + (1000 * samplesOf(rest)) / rest.sampleRate;
  const tolerance = Math.max(leastTolerance, (500 * samplesOf(next)) / next.sampleRate);
  return Math.abs(time - end) <= tolerance;
}
