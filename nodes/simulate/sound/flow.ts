import { Biquad, highPass, lowPass, resonance } from './filter.js';
import type { Geometry } from './geometry.js';
import { Pushes } from './impacts.js';
import { Random, Wander } from './random.js';
import type { Forces, Source, Tick } from './tick.js';
import type { Timbre } from './timbre.js';

const turn = 2 * Math.PI;

/**
 * Turbulence, as pressure that goes with about the 2.5th power of the speed (Blake, Mechanics of Flow-Induced Sound, 2017), and
 * what goes wrong with it: disturbed flow, a rumble that surges; cavitation, broadband that vanes and shaft modulate, with
 * the crackle of single bubbles (Ross, Mechanics of Underwater Noise, 1976, 7); a valve that leaks, a steady hiss.
 */
export class Flow implements Source {
  readonly #timbre: Timbre;
  readonly #geometry: Geometry;
  readonly #noises: readonly [Random, Random];
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #own: readonly Biquad[];
  readonly #rumble: readonly Biquad[];
  readonly #bubbles: readonly Biquad[];
  readonly #hiss: readonly Biquad[];
  readonly #work: Float64Array;
  readonly #surge: Wander;
  readonly #gust: Wander;
  readonly #crackle: Random;
  readonly #pushes: Pushes;
  readonly #white: number;
  #rest = { rumble: true, bubbles: true, hiss: true };
  #envelope = 1;
  #surged = 1;

  constructor(seed: number, geometry: Geometry, timbre: Timbre, rate: number, step: number, longest: number) {
    const random = new Random(seed, 50);
    const around = (hertz: number): number => hertz * random.between(0.8, 1.25);
    const near = (hertz: number): number => Math.min(hertz, 0.36 * rate);
    this.#timbre = timbre;
    this.#geometry = geometry;
    this.#noises = [new Random(seed, 51), new Random(seed, 52)];
    this.#own = [new Biquad(highPass(60, rate, 0.5)), new Biquad(lowPass(around(timbre.colour), rate, 0.5))];
    this.#rumble = [new Biquad(highPass(around(110), rate)), new Biquad(lowPass(around(850), rate))];
    this.#bubbles = [new Biquad(highPass(near(around(1900)), rate)), new Biquad(lowPass(near(around(7500)), rate))];
    this.#hiss = [
      new Biquad(highPass(near(around(3600)), rate)),
      new Biquad(resonance(near(around(5600)), random.between(0.35, 0.6), rate)),
    ];
    this.#low = new Float64Array(longest);
    this.#high = new Float64Array(longest);
    this.#work = new Float64Array(longest);
    this.#surge = new Wander(random, 0.35, step);
    this.#gust = new Wander(random, 0.08, step);
    this.#crackle = new Random(seed, 53);
    this.#pushes = new Pushes(rate);
    this.#white = Math.sqrt(rate / 16_000);
  }

  add(tick: Tick, forces: Forces): void {
    const { samples, amount, speed, load } = tick;
    const [surge, gust] = [this.#surge.next(), this.#gust.next()];
    const [low, high] = [this.#low, this.#high];
    this.#noises[0].fill(low, samples, this.#white);
    this.#noises[1].fill(high, samples, this.#white);
    const { flow, rolling, stroke, depth } = this.#timbre;
    const pulse = 1 + depth * Math.cos(turn * stroke * tick.time);
    const wind = speed ** 2.5 * (0.35 + 0.65 * load);

    // imbalance and rub are heard in the flow, too: gaps open and close once a turn
    const breath = Math.min(0.8, 0.9 * amount.imbalance + 0.5 * amount.misalignment + 0.3 * amount.rub);
    const envelope = 1 + breath * Math.cos(turn * tick.to);
    this.#through(this.#own, low, samples, [3.2 * flow * pulse * wind, this.#envelope, envelope], forces.air);
    this.#envelope = envelope;
    for (let i = 0; i < samples; i++) (forces.casing[i] as number) += rolling * pulse * speed * (high[i] as number);

    const surged = Math.max(0.1, 1 + 0.45 * surge + 0.3 * gust);
    const rumble = 2.8 * amount['flow-noise'] * wind;
    this.#rest.rumble = this.#fault(
      this.#rumble,
      this.#rest.rumble,
      low,
      samples,
      [rumble, this.#surged, surged],
      forces.air,
    );
    this.#surged = surged;
    this.#cavitate(tick, wind, high, forces);
    // pressure stays behind a valve for a while when the machine stands
    const hiss = 1.5 * amount['valve-leak'] * Math.min(1, 0.3 * tick.powered + 0.7 * speed);
    this.#rest.hiss = this.#fault(this.#hiss, this.#rest.hiss, high, samples, [hiss, 1, 1], forces.air);
  }

  #cavitate(tick: Tick, wind: number, noise: Float64Array, { air, housing }: Forces): void {
    const { samples, amount, rate } = tick;
    const strength = amount.cavitation * wind;
    const swing = (at: number): number =>
      1 + 0.5 * Math.cos(turn * this.#geometry.vanes * at) + 0.3 * Math.cos(turn * at);
    const gain = [0.9 * strength, swing(tick.from), swing(tick.to)] as const;
    this.#rest.bubbles = this.#fault(this.#bubbles, this.#rest.bubbles, noise, samples, gain, air);
    const perSample = (250 * amount.cavitation ** 0.5) / rate;
    for (let i = 0; i < samples && strength > 0; i++) {
      if (this.#crackle.uniform() >= perSample) continue;
      this.#pushes.push(i + this.#crackle.uniform(), -0.6 * strength ** 0.5 * Math.log(1 - this.#crackle.uniform()));
    }
    this.#pushes.drain(housing, samples);
  }

  /** @returns whether it rests: nothing came of it */
  #fault(
    filters: readonly Biquad[],
    rests: boolean,
    noise: Float64Array,
    samples: number,
    gain: readonly [number, number, number],
    out: Float64Array,
  ): boolean {
    if (gain[0] <= 0) return true;
    if (rests) for (const filter of filters) filter.reset();
    this.#through(filters, noise, samples, gain, out);
    return false;
  }

  #through(
    filters: readonly Biquad[],
    noise: Float64Array,
    samples: number,
    [gain, first, last]: readonly [number, number, number],
    out: Float64Array,
  ): void {
    const work = this.#work;
    for (let i = 0; i < samples; i++) work[i] = noise[i] as number;
    for (const filter of filters) filter.run(work, samples);
    const slope = (gain * (last - first)) / samples;
    const begin = gain * first;
    for (let i = 0; i < samples; i++) (out[i] as number) += (begin + slope * i) * (work[i] as number);
  }
}
