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
  #rest: Rest | undefined;

  constructor(settings: Preset) {
    this.#settings = settings;
  }

  /** @param time ms UTC of its first sample */
  push(pcm: Pcm, time: number): Pushed {
    if (this.#settings.seconds === 0) return { stretches: this.#fits(pcm) ? [{ pcm, time }] : [], broken: false };
    const before = this.#rest;
    const goesOn = before !== undefined && isSame(before.pcm, pcm) && isNext(before, pcm, time);
    const stretches = this.#cut(goesOn ? before : undefined, pcm, time);
    return { stretches, broken: before !== undefined && !goesOn };
  }

  #fits(pcm: Pcm): boolean {
    return framesIn(samplesOf(pcm), inSamples(this.#settings, pcm.sampleRate)) > 0;
  }

  #cut(before: Rest | undefined, pcm: Pcm, time: number): Stretch[] {
    const sizes = inSamples(this.#settings, pcm.sampleRate);
    const frames = Math.max(1, Math.round((this.#settings.seconds * pcm.sampleRate) / sizes.hop));
    const [length, step] = [sizes.window + (frames - 1) * sizes.hop, frames * sizes.hop];
    const width = pcm.channels * bytesPerSample[pcm.format];
    const samples = before ? Buffer.concat([before.pcm.samples, pcm.samples]) : pcm.samples;
    const old = before ? samplesOf(before.pcm) : 0;
    const timeOf = (at: number): number =>
      before && at < old ? before.time + (1000 * at) / pcm.sampleRate : time + (1000 * (at - old)) / pcm.sampleRate;
    const stretches: Stretch[] = [];
    let start = 0;
    for (; (start + length) * width <= samples.length; start += step) {
      const own = samples.subarray(start * width, (start + length) * width);
      stretches.push({ pcm: { ...pcm, samples: own }, time: timeOf(start) });
    }
    // a copy: a view would keep the whole message in memory
    const left = { ...pcm, samples: Buffer.from(samples.subarray(start * width)) };
    this.#rest = { pcm: left, time: timeOf(start), heard: time, end: time + (1000 * samplesOf(pcm)) / pcm.sampleRate };
    return stretches;
  }
}

/** What was too little for a stretch. */
interface Rest {
  readonly pcm: Pcm;
  /** ms UTC of its first sample. */
  readonly time: number;
  /** Beginning and end of the last message. */
  readonly heard: number;
  readonly end: number;
}

function samplesOf({ samples, channels, format }: Pcm): number {
  return Math.floor(samples.length / (channels * bytesPerSample[format]));
}

function isSame(a: Pcm, b: Pcm): boolean {
  return a.sampleRate === b.sampleRate && a.channels === b.channels && a.format === b.format;
}

/**
 * Later by more than half of the new piece, something is missing: times of arrival jitter. Earlier is no gap, since what
 * is played faster than it was recorded comes so; but earlier than the last message is another recording.
 */
function isNext({ heard, end }: Rest, next: Pcm, time: number): boolean {
  const tolerance = Math.max(leastTolerance, (500 * samplesOf(next)) / next.sampleRate);
  return time <= end + tolerance && time >= heard;
}
