import { Biquad, resonance } from './filter.js';
import { Random } from './random.js';
import type { Forces } from './tick.js';

/** Hz and share of critical damping, before a machine makes them its own. */
const casing = [
  [310, 0.05],
  [640, 0.04],
  [1150, 0.035],
] as const;
const housing = [
  [1900, 0.03],
  [3300, 0.025],
  [5200, 0.025],
] as const;

interface Mode {
  readonly filter: Biquad;
  readonly gain: number;
}

/** A casing of a few damped modes: what forces become on their way to whoever listens. */
export class Structure {
  readonly #casing: readonly Mode[];
  readonly #housing: readonly Mode[];
  readonly #direct: number;

  /** @param direct share of the forces that pass beside the modes */
  constructor(seed: number, rate: number, direct: number) {
    const random = new Random(seed, 70);
    const made = (modes: readonly (readonly [number, number])[]): Mode[] =>
      modes.flatMap(([frequency, damping]) => {
        const own = frequency * random.between(0.78, 1.28);
        const [damped, gain] = [damping * random.between(0.6, 1.6), random.between(0.6, 1.4)];
        return own < 0.45 * rate ? [{ filter: new Biquad(resonance(own, damped, rate)), gain }] : [];
      });
    this.#casing = made(casing);
    this.#housing = made(housing);
    this.#direct = direct;
  }

  /** Adds what casing and housing make of their forces. */
  add(forces: Pick<Forces, 'casing' | 'housing'>, out: Float64Array, samples: number): void {
    for (const { filter, gain } of this.#casing) filter.add(forces.casing, gain, out, samples);
    for (const { filter, gain } of this.#housing) filter.add(forces.housing, gain, out, samples);
    const direct = this.#direct;
    for (let i = 0; i < samples; i++) {
      (out[i] as number) += direct * ((forces.casing[i] as number) + (forces.housing[i] as number));
    }
  }
}
