import type { Condition } from './conditions.js';
import { bearingOrders, type Geometry } from './geometry.js';
import { Pushes, Train } from './impacts.js';
import { Random, Wander } from './random.js';
import type { Forces, Source, Tick } from './tick.js';

interface Defect {
  readonly condition: Condition;
  readonly perTurn: number;
  readonly size: number;
  readonly train: Train;
  /** What the load zone makes of a hit. */
  readonly modulation: (turns: number) => number;
}

/**
 * Rolling elements that run over a spall (McFadden and Smith, JSV 96, 1984; Randall and Antoni, MSSP 25, 2011): hits that ring the
 * housing, with the load zone's modulation: none for the outer ring, which rests; the shaft's for the inner ring; the
 * cage's for a ball, which hits twice as it spins. A worn cage lets the row of balls lurch once a turn of its own.
 */
export class Bearing implements Source {
  readonly #random: Random;
  readonly #pushes: Pushes;
  readonly #knocks: Pushes;
  readonly #defects: readonly Defect[];
  readonly #lurch: Train;
  readonly #lurches: Random;
  readonly #cage: number;
  readonly #scrape: Float64Array;
  readonly #rough: Random;
  readonly #uneven: Wander;

  constructor(seed: number, { bearing }: Geometry, rate: number, step: number, longest: number) {
    const { outer, inner, ball, cage } = bearingOrders(bearing);
    const random = new Random(seed, 30);
    this.#random = random;
    this.#cage = cage;
    const slip = random.between(0.005, 0.012);
    const zone =
      (depth: number, perTurn: number) =>
      (turns: number): number =>
        1 - depth + depth * Math.max(0, Math.cos(2 * Math.PI * perTurn * turns)) * 1.6;
    const defect = (condition: Condition, perTurn: number, size: number, modulation: Defect['modulation']): Defect => ({
      condition,
      perTurn,
      size,
      train: new Train(random, slip),
      modulation,
    });
    this.#defects = [
      defect('bearing-outer', outer, 2.6, () => 1),
      defect('bearing-inner', inner, 2.9, zone(0.85, 1)),
      defect('bearing-ball', ball, 2.6, zone(0.8, cage)),
    ];
    this.#lurches = new Random(seed, 31);
    this.#lurch = new Train(this.#lurches, 0.03);
    this.#rough = new Random(seed, 32);
    this.#uneven = new Wander(this.#rough, 0.1, step);
    this.#scrape = new Float64Array(longest);
    this.#pushes = new Pushes(rate);
    this.#knocks = new Pushes(rate);
  }

  add(tick: Tick, { housing, casing }: Forces): void {
    const { amount, speed, load, samples } = tick;
    const force = speed ** 1.5 * (0.5 + 0.5 * load);
    for (const { condition, perTurn, size, train, modulation } of this.#defects) {
      const by = amount[condition];
      if (by > 0) {
        train.run(tick, perTurn, (offset, turns) => {
          const hit = size * by * force * modulation(turns) * (1 + 0.2 * this.#random.normal());
          this.#pushes.push(offset, hit);
          this.#knocks.push(offset, 0.4 * hit);
        });
      } else train.rest();
    }
    this.#wornCage(tick, force, housing);
    this.#pushes.drain(housing, samples);
    this.#knocks.drain(casing, samples);
  }

  #wornCage(tick: Tick, force: number, housing: Float64Array): void {
    const { amount, samples, to, rate } = tick;
    const worn = amount['bearing-cage'];
    const uneven = this.#uneven.next();
    if (worn === 0) {
      this.#lurch.rest();
      return;
    }
    this.#lurch.run(tick, this.#cage, (offset) => {
      // balls crowd into the pockets' ends one after the other
      for (let i = 0; i < 4; i++) {
        const hit = worn * force * (3.9 - 0.6 * i) * this.#lurches.between(0.4, 1);
        const later = offset + i * rate * this.#lurches.between(0.002, 0.005);
        this.#pushes.push(later, hit);
        this.#knocks.push(later, 1.2 * hit);
      }
    });
    // and the cage scrapes as it goes round
    const round = 0.5 + 0.5 * Math.cos(2 * Math.PI * this.#cage * to);
    const level = worn * force * round ** 2 * Math.max(0.3, 1 + 0.3 * uneven);
    this.#rough.fill(this.#scrape, samples, level * Math.sqrt(rate / 16_000));
    for (let i = 0; i < samples; i++) (housing[i] as number) += this.#scrape[i] as number;
  }
}
