import { PerceptError, type Spectrogram } from '../../kit/index.js';
import { bytesPerSample, type Pcm, readWav } from '../../kit/wav.js';
import { soundError } from '../errors.js';
import { networkPicture } from '../network-input.js';
import { formOf, lengthOf, type Observation, observationOf } from '../normal/model.js';
import { presets } from '../presets.js';
import { Spectrograms } from '../spectrogram.js';
import { Stream, type Stretch } from '../stream.js';
import { Group } from './group.js';
import type { Kind } from './kinds.js';

/** Time that is learned from. */
export interface Range {
  readonly since: number;
  readonly until: number;
  /** Index of its condition; 0 where there are none. */
  readonly label: number;
}

export interface CollectorSettings {
  readonly kind: Kind;
  readonly source: string;
  /** Of a learned normal; networks have their own. */
  readonly preset: keyof typeof presets;
  readonly ranges: readonly Range[];
  /** Stretches kept at most; more are thinned out evenly. */
  readonly most: number;
}

/** What could not be learned from. */
export interface Left {
  missing: number;
  damaged: number;
  large: number;
  /** Stretches. */
  other: number;
  silent: number;
  short: number;
  /** Of the others: `48000 Hz, 2 ch`. */
  forms: readonly string[];
}

/** A stretch, as its kind wants it. */
export type Item = { readonly label: number; readonly time: number } & (
  | { readonly observation: Observation }
  | { readonly picture: Float32Array }
);

/** Below -90 dB of full scale there is not even the noise of a microphone. */
const silentBelow = 3e-5;
/** Seconds that are cut into stretches at once: a recording of an hour is not copied as a whole. */
const piece = 10;

/** Turns recordings into what is learned from, in the thread that calls it. */
export class Collector {
  readonly left: Left = { missing: 0, damaged: 0, large: 0, other: 0, silent: 0, short: 0, forms: [] };
  readonly #settings: CollectorSettings;
  readonly #preset: (typeof presets)[keyof typeof presets];
  readonly #spectrograms = new Spectrograms();
  readonly #stream: Stream;
  readonly #groups = new Map<string, Group>();

  constructor(settings: CollectorSettings) {
    this.#settings = settings;
    this.#preset = presets[settings.kind === 'normal' ? settings.preset : 'picture'];
    this.#stream = new Stream(this.#preset);
  }

  /**
   * Of one source, in the order of their times. What is broken is counted and left out.
   * @param bytes a WAV file
   * @param time ms UTC of its first sample
   * @throws PerceptError `sound-fft`
   */
  async take(bytes: Buffer, time: number): Promise<void> {
    try {
      const pcm = readWav(bytes, (problem) => soundError('sound-wav', { problem }));
      let stretches = 0;
      for (const part of pieces(pcm, this.#preset.seconds > 0 ? piece : Number.POSITIVE_INFINITY)) {
        const { stretches: cut, wasted } = this.#stream.push(part.pcm, time + part.offset);
        if (wasted) this.left.short++;
        stretches += cut.length;
        for (const stretch of cut) await this.#add(stretch);
      }
      if (this.#preset.seconds === 0 && stretches === 0) this.left.short++;
    } catch (thrown) {
      if (!(thrown instanceof PerceptError) || thrown.code === 'sound-fft') throw thrown;
      this.left.damaged++;
    }
  }

  /** Stretches that can be learned from so far. */
  get count(): number {
    return [...this.#groups.values()].reduce((sum, group) => sum + group.seen, 0);
  }

  /**
   * What was heard in one form: the one that was heard last, of those with enough; where none has, the largest.
   * @param enough stretches
   */
  chosen(enough: number): Group | undefined {
    const all = [...this.#groups.values()];
    const fit = all.filter(({ seen }) => seen >= enough).sort((a, b) => b.last - a.last);
    const [group] = fit.length > 0 ? fit : all.sort((a, b) => b.seen - a.seen);
    const others = all.filter((other) => other !== group);
    this.left.other = others.reduce((sum, { seen }) => sum + seen, 0);
    this.left.forms = [...new Set(others.map(({ name }) => name))].slice(0, 4);
    return group;
  }

  async #add({ pcm, time }: Stretch): Promise<void> {
    const { source, kind, ranges, most } = this.#settings;
    const until = time + (1000 * pcm.samples.length) / (bytesPerSample[pcm.format] * pcm.channels * pcm.sampleRate);
    // windows reach a little into the next stretch
    const range = ranges.find((one) => time >= one.since && until <= one.until + tolerance);
    if (!range) return;
    const spectrogram: Spectrogram = { source, time, ...(await this.#spectrograms.of(pcm, this.#preset)) };
    if (spectrogram.scale === 'mel' && spectrogram.quality.rms < silentBelow) {
      this.left.silent++;
      return;
    }
    const form = formOf(spectrogram);
    const key = JSON.stringify([form, pcm.channels]);
    const name = `${pcm.sampleRate} Hz, ${pcm.channels} ch`;
    const group = this.#groups.get(key) ?? new Group({ name, form, centres: spectrogram.bands, most });
    this.#groups.set(key, group);
    const { label } = range;
    const made =
      kind === 'normal' ? { observation: observationOf(spectrogram) } : { picture: networkPicture(spectrogram) };
    group.add({ label, time, ...made }, time + 1000 * lengthOf(form));
  }
}

/** ms */
const tolerance = 100;

function* pieces(pcm: Pcm, seconds: number): Generator<{ pcm: Pcm; offset: number }> {
  const frame = pcm.channels * bytesPerSample[pcm.format];
  const bytes = Math.min(pcm.samples.length, frame * Math.round(seconds * pcm.sampleRate));
  for (let at = 0; at < pcm.samples.length; at += bytes)
    yield {
      pcm: { ...pcm, samples: pcm.samples.subarray(at, at + bytes) },
      offset: (1000 * at) / (frame * pcm.sampleRate),
    };
}
