import type { Exercise } from './exercise.js';
import { type FaultKind, strength } from './fault.js';

/** What a fault does to a machine at severity 1; all of it goes with the severity, and several faults add up. */
export interface Effect {
  /** Opening of a way beside the valve; see `workAt`. */
  readonly leak: number;
  /** Share of the speed that is lost between motor and machine, and how it wavers. */
  readonly slip: number;
  readonly waver: number;
  /** Torque that is lost, as a share of that at full load. */
  readonly friction: number;
  /** Heat beside that of the losses, as a share of theirs at full load. */
  readonly heat: number;
  /** Share of flow and pressure that is lost, and how they surge. */
  readonly loss: number;
  readonly surge: number;
  /** Vibration at multiples of the speed of rotation, and without a line; 0.5 and 0.8 are a machine in good order at full load. */
  readonly first: number;
  readonly second: number;
  readonly third: number;
  readonly broad: number;
}

type Effects = Readonly<Partial<Record<FaultKind, Partial<Effect>>>>;

/** In the order of ISO 13373-1's table of causes; sizes so that the severest lies in zone D of ISO 20816-3, where it shakes at all. */
const effects: Effects = {
  leak: { leak: 1, broad: 0.08 },
  'loose-coupling': { slip: 0.03, waver: 0.012, friction: 0.05, heat: 0.5, first: 0.8, second: 2.2, third: 0.8 },
  imbalance: { first: 3.2, friction: 0.01, heat: 0.1 },
  misalignment: { first: 0.7, second: 2.2, third: 0.9, friction: 0.04, heat: 0.35 },
  looseness: { first: 1, second: 0.9, third: 0.8, broad: 0.6 },
  'bearing-outer': { broad: 1.2, friction: 0.02, heat: 0.5 },
  'bearing-inner': { broad: 1.3, first: 0.2, friction: 0.02, heat: 0.5 },
  'bearing-ball': { broad: 1.1, friction: 0.025, heat: 0.55 },
  'bearing-cage': { broad: 0.9, friction: 0.04, heat: 0.7, waver: 0.002 },
  'gear-mesh': { broad: 1, third: 0.3, friction: 0.03, heat: 0.3 },
  'gear-tooth': { broad: 1.2, first: 0.8, friction: 0.01, heat: 0.1 },
  cavitation: { broad: 1.4, loss: 0.22, surge: 0.03 },
  'flow-noise': { broad: 0.7, loss: 0.06, surge: 0.05, friction: 0.02 },
  'belt-slip': { slip: 0.1, waver: 0.02, friction: 0.04, heat: 0.4, first: 0.4, second: 0.5 },
  hum: { broad: 0.5, friction: 0.02, heat: 0.5 },
  rub: { first: 0.8, second: 0.5, broad: 0.9, friction: 0.08, heat: 0.7 },
  'valve-leak': { leak: 0.35, broad: 0.06 },
};

const none: Effect = {
  leak: 0,
  slip: 0,
  waver: 0,
  friction: 0,
  heat: 0,
  loss: 0,
  surge: 0,
  first: 0,
  second: 0,
  third: 0,
  broad: 0,
};
const fields = Object.keys(none) as (keyof Effect)[];

/** Severity of a kind of fault at that moment; of several the severest counts. */
export function severityOf({ faults }: Exercise, kind: FaultKind, time: number): number {
  return faults.reduce((most, one) => (one.kind === kind ? Math.max(most, strength(one, time)) : most), 0);
}

export function effectOf(exercise: Exercise, time: number): Effect {
  const kinds = new Set(exercise.faults.map(({ kind }) => kind));
  if (kinds.size === 0) return none;
  const sum = { ...none } as { -readonly [K in keyof Effect]: number };
  for (const kind of kinds) {
    const effect = effects[kind];
    const severity = effect ? severityOf(exercise, kind, time) : 0;
    if (severity > 0) for (const field of fields) sum[field] += severity * (effect?.[field] ?? 0);
  }
  return sum;
}
