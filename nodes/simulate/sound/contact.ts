import { Biquad, highPass } from './filter.js';
import type { Geometry } from './geometry.js';
import { Random, Wander } from './random.js';
import type { Forces, Source, Tick } from './tick.js';
import { Tones } from './tones.js';

const turn = 2 * Math.PI;

/**
 * What should not touch, or not slip. A rotor rubs on its housing over a part of each turn: friction that rings the casing (Muszynska,
 * Rotordynamics, 2005, 5). A belt that slips shows at the frequency of its turns and squeals where it sticks and slips.
 */
export class Contact implements Source {
  readonly #geometry: Geometry;
  readonly #arc: number;
  readonly #friction: Random;
  readonly #noise: Float64Array;
  readonly #bright: Biquad;
  readonly #belt: Tones;
  readonly #flaps = new Float64Array(5);
  readonly #flapping: readonly number[];
  readonly #squeal: Tones;
  readonly #squealing: Float64Array;
  readonly #pitch: number;
  readonly #drift: Wander;
  readonly #mood: Wander;
  readonly #phase: number;
  readonly #white: number;
  #touched = 0;
  #cried = 0;
  #turns = 0;

  constructor(seed: number, geometry: Geometry, rate: number, step: number, longest: number) {
    const random = new Random(seed, 60);
    this.#geometry = geometry;
    this.#phase = random.uniform();
    this.#arc = random.between(0.2, 0.6);
    this.#friction = new Random(seed, 61);
    this.#noise = new Float64Array(longest);
    this.#bright = new Biquad(highPass(Math.min(1200, 0.3 * rate), rate));
    this.#belt = new Tones(Array.from({ length: 5 }, () => random.uniform()));
    this.#flapping = [0.7, 1, 0.5, 0.4, 0.2].map((share) => share * random.between(0.7, 1.3));
    this.#squeal = new Tones(Array.from({ length: 4 }, () => random.uniform()));
    this.#squealing = Float64Array.from([1, 0.5, 0.35, 0.15], (share) => share * random.between(0.6, 1.4));
    this.#pitch = random.between(700, 1900);
    this.#drift = new Wander(random, 0.3, step);
    this.#mood = new Wander(random, 0.15, step);
    this.#white = Math.sqrt(rate / 16_000);
  }

  add(tick: Tick, forces: Forces): void {
    this.#rub(tick, forces);
    this.#slip(tick, forces);
  }

  #rub({ samples, amount, speed, to }: Tick, { casing, housing }: Forces): void {
    const position = Math.cos(turn * (to + this.#phase));
    const touching = Math.max(0, position - this.#arc) / (1 - this.#arc);
    const touched = 4.2 * amount.rub * speed * touching;
    const [first, slope] = [this.#touched, (touched - this.#touched) / samples];
    this.#touched = touched;
    if (first === 0 && touched === 0) return;
    const noise = this.#noise;
    this.#friction.fill(noise, samples, this.#white);
    this.#bright.run(noise, samples);
    for (let i = 0; i < samples; i++) {
      const force = (first + slope * i) * (noise[i] as number);
      (casing[i] as number) += force;
      (housing[i] as number) += 0.6 * force;
    }
  }

  #slip({ samples, amount, speed, from, to, shaft, rate }: Tick, { body, air }: Forces): void {
    const slipping = amount['belt-slip'];
    const [drift, mood] = [this.#drift.next(), this.#mood.next()];
    const { belt } = this.#geometry;
    for (let k = 0; k < 5; k++) this.#flaps[k] = speed * 1.8 * slipping * (this.#flapping[k] as number);
    this.#belt.set(this.#flaps, belt * shaft, rate);
    this.#belt.add(body, samples, belt * from, belt * to);

    // it sticks, tears off and sticks again, mostly where the belt is worn
    const worn = 0.6 * Math.cos(turn * (belt * to + this.#phase));
    const cried = 1.8 * slipping * Math.min(1, speed) * Math.min(1, Math.max(0, mood + worn));
    const pitch = this.#pitch * (0.8 + 0.2 * speed) * (1 + 0.025 * drift);
    const turns = this.#turns + (pitch * samples) / rate;
    if (cried > 0 || this.#cried > 0) {
      this.#squeal.set(this.#squealing, pitch, rate);
      this.#squeal.add(air, samples, this.#turns, turns, this.#cried, cried);
    }
    this.#cried = cried;
    this.#turns = turns % 1;
  }
}
