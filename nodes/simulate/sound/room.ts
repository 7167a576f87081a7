import { Biquad, energyOf, highPass, lowPass } from './filter.js';
import { Random, Wander } from './random.js';
import { Tones } from './tones.js';

/** Of the room's white noise, beside its rumble. */
const hiss = 0.02;

interface Tone {
  readonly tones: Tones;
  /** Hz */
  readonly frequency: number;
  readonly level: number;
  turns: number;
}

/** What else there is to hear: the hall's rumble, machines further off, the hiss of the electronics; of mean square 1. */
export class Room {
  readonly #rate: number;
  readonly #random: Random;
  readonly #rumble: readonly Biquad[];
  readonly #tones: readonly Tone[];
  readonly #white: Float64Array;
  readonly #low: Float64Array;
  readonly #slow: Wander;
  readonly #gain: number;
  readonly #share: number;
  #level = 1;

  /** @param rate Hz @param step s between two calls of `add` @param longest samples in one of them */
  constructor(seed: number, rate: number, step: number, longest: number) {
    const random = new Random(seed, 90);
    const sections = [highPass(random.between(25, 60), rate), lowPass(random.between(250, 1200), rate, 0.5)];
    const made = (): Biquad[] => sections.map((section) => new Biquad(section));
    this.#rate = rate;
    this.#rumble = made();
    this.#tones = Array.from({ length: random.integer(0, 3) }, () => {
      const frequency = random.between(90, 1100);
      const level = random.between(0.1, 0.4);
      const tones = new Tones([0]);
      tones.set([level], frequency, rate);
      return { tones, frequency, level, turns: random.uniform() };
    });
    this.#random = new Random(seed, 91);
    this.#slow = new Wander(random, 1.5, step);
    this.#white = new Float64Array(longest);
    this.#low = new Float64Array(longest);
    this.#gain = Math.sqrt(rate / 16_000);
    const noise = this.#gain ** 2 * (energyOf(made(), rate) + hiss ** 2);
    const tones = this.#tones.reduce((sum, { level }) => sum + level ** 2 / 2, 0);
    this.#share = Math.sqrt((1 - Math.min(0.5, tones)) / noise);
  }

  /** Adds itself, times a level that goes from `first` to `last`. */
  add(out: Float64Array, samples: number, first: number, last: number): void {
    const [white, low] = [this.#white, this.#low];
    const level = 1 + 0.15 * this.#slow.next();
    const begin = first * this.#level;
    const slope = (last * level - begin) / samples;
    this.#level = level;
    this.#random.fill(white, samples, this.#gain * this.#share);
    low.set(white);
    for (const filter of this.#rumble) filter.run(low, samples);
    for (let i = 0; i < samples; i++) {
      (out[i] as number) += (begin + slope * i) * ((low[i] as number) + hiss * (white[i] as number));
    }
    for (const tone of this.#tones) {
      const to = tone.turns + (tone.frequency * samples) / this.#rate;
      tone.tones.add(out, samples, tone.turns, to, begin, begin + slope * samples);
      tone.turns = to % 1;
    }
  }
}
