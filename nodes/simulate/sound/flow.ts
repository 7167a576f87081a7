import { highPass, lowPass, resonance } from './filter.js';
import type { Geometry } from './geometry.js';
import { Pushes } from './impacts.js';
import { Random, Wander } from './random.js';
import { Shaped } from './shaped.js';
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
  readonly #vanes: number;
  readonly #streaming: Random;
  readonly #rolling: Random;
  readonly #disturbing: Random;
  readonly #stream: Float64Array;
  readonly #roll: Float64Array;
  readonly #other: Float64Array;
  readonly #own: Shaped;
  readonly #rumble: Shaped;
  readonly #bubbles: Shaped;
  readonly #hiss: Shaped;
  readonly #surge: Wander;
  readonly #gust: Wander;
  readonly #crackle: Random;
  readonly #pushes: Pushes;
  readonly #white: number;

  /** @param step s in a tick @param longest samples in a tick */
  constructor(seed: number, { vanes }: Geometry, timbre: Timbre, rate: number, step: number, longest: number) {
    const random = new Random(seed, 50);
    const around = (hertz: number): number => hertz * random.between(0.8, 1.25);
    const near = (hertz: number): number => Math.min(hertz, 0.36 * rate);
    this.#timbre = timbre;
    this.#vanes = vanes;
    this.#streaming = new Random(seed, 51);
    this.#rolling = new Random(seed, 52);
    this.#disturbing = new Random(seed, 54);
    this.#own = new Shaped([highPass(60, rate, 0.5), lowPass(around(timbre.colour), rate, 0.5)], longest);
    this.#rumble = new Shaped([highPass(around(110), rate), lowPass(around(850), rate)], longest);
    this.#bubbles = new Shaped([highPass(near(around(1900)), rate), lowPass(near(around(7500)), rate)], longest);
    const hissing = resonance(near(around(5600)), random.between(0.35, 0.6), rate);
    this.#hiss = new Shaped([highPass(near(around(3600)), rate), hissing], longest);
    this.#stream = new Float64Array(longest);
    this.#roll = new Float64Array(longest);
    this.#other = new Float64Array(longest);
    this.#surge = new Wander(random, 0.35, step);
    this.#gust = new Wander(random, 0.08, step);
    this.#crackle = new Random(seed, 53);
    this.#pushes = new Pushes(rate);
    this.#white = Math.sqrt(rate / 16_000);
  }

  add(tick: Tick, { air, casing, housing }: Forces): void {
    const { samples, amount, speed, load, to } = tick;
    const stream = this.#stream;
    const roll = this.#roll;
    const other = this.#other;
    const { flow, rolling, stroke, depth } = this.#timbre;
    const pulse = 1 + depth * Math.cos(turn * stroke * tick.time);
    const wind = speed ** 2.5 * (0.35 + 0.65 * load);

    this.#streaming.fill(stream, samples, this.#white);
    this.#rolling.fill(roll, samples, this.#white * rolling * pulse * speed);
    for (let i = 0; i < samples; i++) casing[i] = (casing[i] as number) + (roll[i] as number);

    // what wobbles or rubs is heard in the flow, too: gaps open and close once a turn
    const breath = Math.min(0.8, 0.9 * amount.imbalance + 0.5 * amount.misalignment + 0.3 * amount.rub);
    this.#own.add(stream, samples, 3.2 * flow * pulse * wind * (1 + breath * Math.cos(turn * to)), air);

    // noise of its own: of one with the machine's it would take away as much as it adds
    const disturbed = amount['flow-noise'] + amount.cavitation + amount['valve-leak'] > 0;
    if (disturbed) this.#disturbing.fill(other, samples, this.#white);
    const surging = Math.max(0.1, 1 + 0.45 * this.#surge.next() + 0.3 * this.#gust.next());
    this.#rumble.add(other, samples, 2.8 * amount['flow-noise'] * wind * surging, air);

    const bubbling = amount.cavitation * wind;
    const passing = 1 + 0.5 * Math.cos(turn * this.#vanes * to) + 0.3 * Math.cos(turn * to);
    this.#bubbles.add(other, samples, 0.9 * bubbling * passing, air);
    this.#collapse(tick, bubbling, housing);

    // a part of the pressure stays behind a valve when the machine stands
    const pressure = Math.min(1, 0.3 * tick.powered + 0.7 * speed);
    this.#hiss.add(other, samples, 1.5 * amount['valve-leak'] * pressure, air);
  }

  /** Single bubbles, at times and of sizes that know nothing of each other. */
  #collapse({ samples, amount, rate }: Tick, bubbling: number, housing: Float64Array): void {
    const chance = (250 * amount.cavitation ** 0.5) / rate;
    const size = 0.6 * bubbling ** 0.5;
    for (let i = 0; i < samples && bubbling > 0; i++) {
      if (this.#crackle.uniform() >= chance) continue;
      this.#pushes.push(i + this.#crackle.uniform(), -size * Math.log(1 - this.#crackle.uniform()));
    }
    this.#pushes.drain(housing, samples);
  }
}
