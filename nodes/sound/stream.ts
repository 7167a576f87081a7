import { bytesPerSample, type Pcm } from '../kit/wav.js';
import { framesIn } from './analysis.js';
import type { Preset } from './presets.js';
import { inSamples } from './spectrogram.js';

/** Enough sound for one spectrogram. */
export interface Stretch {
  readonly pcm: Pcm;
  /** ms UTC of its first sample. */
  readonly time: number;
  /** Bucket keys of the recordings that it is of, as far as they are known. */
  readonly recordings: readonly string[];
}

export interface Pushed {
  readonly stretches: readonly Stretch[];
  /** Sound is missing before it, or it is of another kind: what was begun has been left out. */
  readonly broken: boolean;
  /** What has been left out was all that there was between two breaks. */
  readonly wasted: boolean;
  /** Piece after piece was wasted, this one included. */
  readonly short?: Short;
}

/** Seconds in one piece: of the longest that was wasted, and as many as a stretch takes. */
export interface Short {
  readonly found: number;
  readonly needed: number;
}

/** Wasted in a row: one is a line that broke, or who has just begun. */
const manyWasted = 2;

/** ms; clocks of devices and the way here are no better than that. */
const leastTolerance = 100;

/**
 * The sound of one source, cut so that windows go on over the borders of messages as if there were none. Holds less than
 * one stretch.
 */
export class Stream {
  readonly #settings: Preset;
  #rest: Rest | undefined;
  /** Since the last break there has been a stretch. */
  #filled = false;
  #wasted = 0;
  /** Of what was wasted; seconds. */
  #longest = 0;

  constructor(settings: Preset) {
    this.#settings = settings;
  }

  /**
   * @param time ms UTC of its first sample
   * @param key of the recording in the bucket
   */
  push(pcm: Pcm, time: number, key?: string): Pushed {
    const parts = [{ from: 0, key }];
    if (this.#settings.seconds === 0) {
      const whole = { pcm, time, recordings: keysIn(parts, 0, samplesOf(pcm)) };
      return { stretches: this.#fits(pcm) ? [whole] : [], broken: false, wasted: false };
    }
    const before = this.#rest;
    const goesOn = before !== undefined && isSame(before.pcm, pcm) && isNext(before, pcm, time);
    const broken = before !== undefined && !goesOn;
    const wasted = broken && !this.#filled;
    if (wasted) this.#waste(before.pcm);
    const stretches = this.#cut(goesOn ? before : undefined, pcm, time, parts);
    this.#filled = stretches.length > 0 || (goesOn && this.#filled);
    if (stretches.length > 0) [this.#wasted, this.#longest] = [0, 0];
    if (this.#wasted < manyWasted) return { stretches, broken, wasted };
    const needed = this.#sizes(pcm).length / pcm.sampleRate;
    return { stretches, broken, wasted, short: { found: this.#longest, needed } };
  }

  #waste(pcm: Pcm): void {
    this.#wasted++;
    this.#longest = Math.max(this.#longest, samplesOf(pcm) / pcm.sampleRate);
  }

  #fits(pcm: Pcm): boolean {
    return framesIn(samplesOf(pcm), inSamples(this.#settings, pcm.sampleRate)) > 0;
  }

  /** Samples: of a stretch, and from the beginning of one to that of the next. */
  #sizes({ sampleRate }: Pcm): { length: number; step: number } {
    const { window, hop } = inSamples(this.#settings, sampleRate);
    const frames = Math.max(1, Math.round((this.#settings.seconds * sampleRate) / hop));
    return { length: window + (frames - 1) * hop, step: frames * hop };
  }

  #cut(before: Rest | undefined, pcm: Pcm, time: number, own: readonly Part[]): Stretch[] {
    const { length, step } = this.#sizes(pcm);
    const width = pcm.channels * bytesPerSample[pcm.format];
    const samples = before ? Buffer.concat([before.pcm.samples, pcm.samples]) : pcm.samples;
    const old = before ? samplesOf(before.pcm) : 0;
    const timeOf = (at: number): number =>
      before && at < old ? before.time + (1000 * at) / pcm.sampleRate : time + (1000 * (at - old)) / pcm.sampleRate;
    const parts = [...(before?.parts ?? []), ...own.map(({ from, key }) => ({ from: from + old, key }))];
    const stretches: Stretch[] = [];
    let start = 0;
    for (; (start + length) * width <= samples.length; start += step) {
      const cut = samples.subarray(start * width, (start + length) * width);
      const recordings = keysIn(parts, start, start + length);
      stretches.push({ pcm: { ...pcm, samples: cut }, time: timeOf(start), recordings });
    }
    // a copy: a view would keep the whole message in memory
    const left = { ...pcm, samples: Buffer.from(samples.subarray(start * width)) };
    this.#rest = {
      pcm: left,
      time: timeOf(start),
      parts: partsFrom(parts, start),
      heard: time,
      end: time + (1000 * samplesOf(pcm)) / pcm.sampleRate,
    };
    return stretches;
  }
}

/** From which sample on it is of which recording. */
interface Part {
  readonly from: number;
  readonly key: string | undefined;
}

/** @param start,end samples; up to the end, without it */
function keysIn(parts: readonly Part[], start: number, end: number): string[] {
  const within = parts.filter(({ from }, i) => from < end && (parts[i + 1]?.from ?? Number.POSITIVE_INFINITY) > start);
  return [...new Set(within.flatMap(({ key }) => key ?? []))];
}

function partsFrom(parts: readonly Part[], start: number): Part[] {
  return parts
    .filter((_, i) => (parts[i + 1]?.from ?? Number.POSITIVE_INFINITY) > start)
    .map(({ from, key }) => ({ from: Math.max(0, from - start), key }));
}

/** What was too little for a stretch. */
interface Rest {
  readonly pcm: Pcm;
  readonly parts: readonly Part[];
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
