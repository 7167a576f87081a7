import type { Spectrogram } from '../../dist/kit/index.js';
import { presets } from '../../dist/sound/presets.js';
import { Spectrograms } from '../../dist/sound/spectrogram.js';
import { pcmOf } from './sound-recordings.ts';
import { parkMiller } from './sound-signals.ts';

/** What is the matter with it; amplitudes, where the machine itself has 0.1. */
export interface Condition {
  /** Of a whistle at 2.1 kHz that goes up and down 29 times a second. */
  readonly whistle?: number;
  /** Of everything. */
  readonly gain?: number;
  /** Half of all samples are cut off. */
  readonly clipped?: boolean;
}

export const sampleRate = 16_000;

/** Times 2 pi. */
const timeOf = (sample: number): number => (2 * Math.PI * sample) / sampleRate;

/** One turn at 50 Hz. */
const hum = Float64Array.from({ length: sampleRate / 50 }, (_, i) => {
  const t = timeOf(i);
  return 0.1 * (Math.sin(50 * t) + 0.5 * Math.sin(100 * t + 1) + 0.3 * Math.sin(150 * t + 2));
});

const whistleAt = (t: number): number => (1 + 0.8 * Math.sin(29 * t)) * Math.sin(2100 * t);

/** A machine that hums at 50 Hz in a room with noise. */
export class Machine {
  readonly #noise: () => number;
  #at = 0;

  constructor(seed = 1) {
    this.#noise = parkMiller(seed);
  }

  samples(length: number, { whistle = 0, gain = 1, clipped = false }: Condition = {}): Float32Array {
    const samples = new Float32Array(length);
    for (let i = 0; i < length; i++, this.#at++) {
      const tone = whistle === 0 ? 0 : whistle * whistleAt(timeOf(this.#at));
      const all = gain * ((hum[this.#at % hum.length] as number) + tone + 0.02 * this.#noise());
      samples[i] = clipped ? Math.max(-1, Math.min(1, 40 * all)) : all;
    }
    return samples;
  }
}

const spectrograms = new Spectrograms();

/** Samples of a stretch of the presets `hearing` and `picture`: 1.024 s, and what the last window reaches beyond. */
const lengths = { hearing: 16_896, picture: 17_152 } as const;

/** Stretches of 1.024 s, one after the other from `from` on, as the node spectrogram makes them. */
export async function spectrogramsOf(
  machine: Machine,
  count: number,
  from: number,
  condition: Condition = {},
  preset: keyof typeof lengths = 'hearing',
): Promise<Spectrogram[]> {
  const all: Spectrogram[] = [];
  for (let i = 0; i < count; i++) {
    const channels = [machine.samples(lengths[preset], condition)];
    const analysed = await spectrograms.of(pcmOf({ name: '', sampleRate, channels }), presets[preset]);
    all.push({ source: 'hall/fan', time: from + 1024 * i, ...analysed });
  }
  return all;
}

/** The same, as if by a microphone that hears the lowest band so many dB louder, the highest so many, and between along a line. */
export function leaning(spectrogram: Spectrogram, low: number, high: number): Spectrogram {
  const [, , bands] = spectrogram.shape;
  const data = Buffer.alloc(spectrogram.data.length);
  for (let i = 0; i < data.length / 4; i++) {
    const more = low + ((high - low) * (i % bands)) / (bands - 1);
    data.writeFloatLE(spectrogram.data.readFloatLE(4 * i) + more, 4 * i);
  }
  return { ...spectrogram, data };
}
