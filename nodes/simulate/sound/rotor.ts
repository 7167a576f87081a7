import type { Condition } from './conditions.js';
import { Pushes, Train } from './impacts.js';
import { Random, Wander } from './random.js';
import type { Forces, Source, Tick } from './tick.js';
import { Tones } from './tones.js';

/** Multiples of half the speed of rotation that are kept: up to the twelfth order. */
const count = 24;

type Orders = Readonly<Record<number, number>>;

/**
 * What each condition adds at multiples of the speed of rotation (ISO 13373-1, table of causes; Randall 2011, 2.1): imbalance once
 * a turn; misalignment twice, and three times; looseness a row of harmonics with half orders between; a rub, a truncated
 * movement, halves and thirds besides.
 */
const shapes: Readonly<Partial<Record<Condition, Orders>>> = {
  imbalance: { 1: 4.5, 2: 0.25, 3: 0.1 },
  misalignment: { 1: 0.8, 2: 2.6, 3: 1.3, 4: 0.5, 5: 0.2 },
  looseness: {
    ...{ 0.5: 0.7, 1: 1.3, 1.5: 0.6, 2: 1.2, 2.5: 0.5, 3: 1, 3.5: 0.4, 4: 0.8, 4.5: 0.3, 5: 0.6 },
    ...{ 5.5: 0.25, 6: 0.5, 6.5: 0.2, 7: 0.4, 7.5: 0.15, 8: 0.3, 9: 0.25, 10: 0.2, 11: 0.15, 12: 0.1 },
  },
  rub: { 0.5: 1.1, 1: 0.7, 1.5: 0.6, 2: 0.6, 2.5: 0.4, 3: 0.4, 3.5: 0.25, 4: 0.3, 5: 0.2, 6: 0.15, 7: 0.1, 8: 0.1 },
  'belt-slip': { 1: 0.4, 2: 0.3 },
};
const normal: Orders = { 1: 0.35, 2: 0.12, 3: 0.06, 4: 0.03 };

const shaped = Object.entries(shapes) as [Condition, Orders][];

export class Rotor implements Source {
  readonly #tones: Tones;
  readonly #own: Float64Array;
  readonly #faults: readonly { readonly condition: Condition; readonly amplitudes: Float64Array }[];
  readonly #sum = new Float64Array(count);
  readonly #sway: Wander;
  readonly #knocks: Train;
  readonly #knocking: Random;
  readonly #pushes: Pushes;

  constructor(seed: number, rate: number, step: number) {
    const random = new Random(seed, 10);
    this.#tones = new Tones(Array.from({ length: count }, () => random.uniform()));
    const amplitudesOf = (orders: Orders): Float64Array =>
      Float64Array.from({ length: count }, (_, k) => (orders[(k + 1) / 2] ?? 0) * random.between(0.7, 1.3));
    this.#own = amplitudesOf(normal);
    this.#faults = shaped.map(([condition, orders]) => ({ condition, amplitudes: amplitudesOf(orders) }));
    this.#sway = new Wander(random, 0.25, step);
    this.#knocking = new Random(seed, 11);
    this.#knocks = new Train(this.#knocking, 0.08);
    this.#pushes = new Pushes(rate);
  }

  add(tick: Tick, { body, casing }: Forces): void {
    const { samples, from, to, amount, speed, shaft, rate, load } = tick;
    const sway = this.#sway.next();
    const force = speed ** 2;
    const sum = this.#sum;
    for (let k = 0; k < count; k++) sum[k] = force * (this.#own[k] as number);
    for (const { condition, amplitudes } of this.#faults) {
      const by = amount[condition] * weight(condition, load, sway) * force;
      for (let k = 0; k < count && by > 0; k++) sum[k] = (sum[k] as number) + by * (amplitudes[k] as number);
    }
    this.#tones.set(sum, shaft / 2, rate);
    this.#tones.add(body, samples, from / 2, to / 2);
    this.#knock(tick, casing);
  }

  /** Loose feet lift and fall, mostly twice a turn, not each time and not alike. */
  #knock(tick: Tick, casing: Float64Array): void {
    const loose = tick.amount.looseness;
    if (loose > 0) {
      this.#knocks.run(tick, 2, (offset) => {
        const size = this.#knocking.uniform();
        this.#pushes.push(offset, 3.2 * loose * tick.speed * size ** 2);
      });
    } else this.#knocks.rest();
    this.#pushes.drain(casing, tick.samples);
  }
}

/** A shaft pulls at a bad coupling the harder it works; what is loose does not move alike all the time. */
function weight(condition: Condition, load: number, sway: number): number {
  if (condition === 'misalignment') return 0.6 + 0.4 * load;
  return condition === 'looseness' || condition === 'rub' ? Math.max(0.2, 1 + 0.2 * sway) : 1;
}
