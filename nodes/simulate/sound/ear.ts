import { Biquad, highPass, peak } from './filter.js';
import { Random } from './random.js';
import { Structure } from './structure.js';
import type { Forces } from './tick.js';

/** What a sensor makes of the forces, in its own unit but for a factor. */
export interface Ear {
  hear(forces: Forces, out: Float64Array, samples: number): void;
}

/** Short reflections. s and share of the pressure. */
const walls = [
  [0.0031, 0.3],
  [0.0074, 0.24],
  [0.0132, 0.16],
  [0.0217, 0.1],
] as const;

/** Casing and air to a cheap microphone in a room: low tones are radiated badly, and its response is not flat. */
export class Microphone implements Ear {
  readonly #structure: Structure;
  readonly #radiation: Biquad;
  readonly #response: readonly Biquad[];
  readonly #reflections: readonly { readonly delay: number; readonly share: number }[];
  readonly #past: Float64Array;
  readonly #mask: number;
  readonly #body: Float64Array;
  #at = 0;

  constructor(seed: number, rate: number, longest: number) {
    const random = new Random(seed, 80);
    this.#structure = new Structure(seed, rate, 0.12);
    this.#radiation = new Biquad(highPass(random.between(50, 90), rate, 0.5));
    this.#response = [
      new Biquad(highPass(random.between(15, 35), rate)),
      new Biquad(peak(Math.min(random.between(2000, 5500), 0.4 * rate), 0.8, random.between(-4, 5), rate)),
      new Biquad(peak(random.between(150, 600), 0.7, random.between(-3, 3), rate)),
    ];
    const liveliness = random.between(0.4, 1.3);
    this.#reflections = walls.map(([delay, share]) => ({
      delay: Math.max(1, Math.round(delay * random.between(0.6, 1.5) * rate)),
      share: share * liveliness * (random.uniform() < 0.5 ? -1 : 1),
    }));
    const length = 2 ** Math.ceil(Math.log2(0.04 * rate + longest));
    this.#past = new Float64Array(length);
    this.#mask = length - 1;
    this.#body = new Float64Array(longest);
  }

  hear(forces: Forces, out: Float64Array, samples: number): void {
    const body = this.#body;
    for (let i = 0; i < samples; i++) {
      body[i] = forces.body[i] as number;
      out[i] = forces.air[i] as number;
    }
    this.#radiation.run(body, samples);
    this.#structure.add(forces, out, samples);
    const [past, mask] = [this.#past, this.#mask];
    for (let i = 0; i < samples; i++) {
      const sum = (out[i] as number) + (body[i] as number);
      past[(this.#at + i) & mask] = sum;
      out[i] = sum;
    }
    for (const { delay, share } of this.#reflections) {
      const from = this.#at - delay;
      for (let i = 0; i < samples; i++) (out[i] as number) += share * (past[(from + i) & mask] as number);
    }
    this.#at = (this.#at + samples) & mask;
    for (const filter of this.#response) filter.run(out, samples);
  }
}

/** Screwed to the bearing: it feels what moves the casing, and less of what is in the air. */
export class Accelerometer implements Ear {
  readonly #structure: Structure;
  readonly #response: Biquad;

  constructor(seed: number, rate: number) {
    this.#structure = new Structure(seed, rate, 0.3);
    this.#response = new Biquad(highPass(1, rate));
  }

  hear(forces: Forces, out: Float64Array, samples: number): void {
    for (let i = 0; i < samples; i++) out[i] = (forces.body[i] as number) + 0.3 * (forces.air[i] as number);
    this.#structure.add(forces, out, samples);
    this.#response.run(out, samples);
  }
}
