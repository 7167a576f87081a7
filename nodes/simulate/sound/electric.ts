import type { Geometry } from './geometry.js';
import { Pushes } from './impacts.js';
import { Random } from './random.js';
import type { Forces, Source, Tick } from './tick.js';
import { Tones } from './tones.js';

/** Harmonics of twice the mains' frequency that are kept. */
const count = 10;

/**
 * The pull of a motor's field, at twice the frequency of the mains and its multiples (Randall 2011, 2.4). A fault of windings or
 * air gap makes it louder and lets it beat with the slip; a rotor that is held draws several times the current.
 */
export class Electric implements Source {
  readonly #line: number;
  readonly #rated: number;
  readonly #tones: Tones;
  readonly #own: Float64Array;
  readonly #fault: Float64Array;
  readonly #locked: Float64Array;
  readonly #sum = new Float64Array(count);
  readonly #rattling: Random;
  readonly #pushes: Pushes;
  #beat = 0;
  #envelope = 1;

  constructor(seed: number, { line, rated }: Geometry, rate: number) {
    const random = new Random(seed, 20);
    this.#line = line;
    this.#rated = rated;
    this.#tones = new Tones(Array.from({ length: count }, () => random.uniform()));
    const row = (first: number, fall: number): Float64Array =>
      Float64Array.from({ length: count }, (_, k) => first * fall ** k * random.between(0.6, 1.4));
    this.#own = row(0.12, 0.45);
    this.#fault = row(1.5, 0.6);
    this.#locked = row(1.2, 0.72);
    this.#rattling = new Random(seed, 21);
    this.#pushes = new Pushes(rate);
  }

  add(tick: Tick, { body, casing }: Forces): void {
    const { samples, amount, load, time, rate, powered, shaft } = tick;
    const [hum, stall] = [amount.hum, amount.stall];
    const seconds = samples / rate;
    for (let k = 0; k < count; k++) {
      const faulty = hum * (this.#fault[k] as number) + stall * (this.#locked[k] as number);
      this.#sum[k] = powered * (0.4 + 0.6 * load) * (this.#own[k] as number) + powered * faulty;
    }
    const twice = 2 * this.#line;
    this.#tones.set(this.#sum, twice, rate);
    // the poles pass the field at four times the slip or so
    this.#beat += seconds * 4 * Math.min(1.5, Math.max(0.1, Math.abs(this.#rated / 0.97 - shaft)));
    const envelope = 1 + 0.25 * Math.min(1, hum * 3) * Math.cos(2 * Math.PI * this.#beat);
    this.#tones.add(body, samples, twice * time, twice * (time + seconds), this.#envelope, envelope);
    this.#envelope = envelope;
    this.#rattle(tick, twice, casing);
  }

  /** Sheets and covers rattle with a held rotor's pull. */
  #rattle({ amount, samples, time, rate, powered }: Tick, twice: number, casing: Float64Array): void {
    const from = time * twice;
    const to = (time + samples / rate) * twice;
    for (let n = Math.ceil(from); n < to && amount.stall > 0; n++) {
      const offset = ((n - from) / (to - from)) * samples;
      this.#pushes.push(offset, 0.5 * powered * amount.stall * this.#rattling.uniform());
    }
    this.#pushes.drain(casing, samples);
  }
}
