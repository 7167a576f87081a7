import { type Kind, kinds, makes } from '../machine/kinds.js';
import { Random } from './random.js';

/** What decides at which frequencies a machine sounds. */
export interface Geometry {
  readonly kind: Kind;
  /** Hz; of the mains. */
  readonly line: number;
  /** Hz; of the shaft at full load. */
  readonly rated: number;
  readonly bearing: Bearing;
  /** Of the pinion on the shaft. */
  readonly teeth: number;
  /** Vanes of an impeller, blades of a fan, pistons, lobes, or the blades of a motor's cooling fan. */
  readonly vanes: number;
  /** Turns of the belt for each of the shaft. */
  readonly belt: number;
}

export interface Bearing {
  readonly balls: number;
  /** Diameter of a ball as a share of the pitch circle's. */
  readonly ratio: number;
  /** Contact angle, rad. */
  readonly contact: number;
}

const vanes: Readonly<Record<Kind, readonly [number, number]>> = {
  pump: [5, 7],
  fan: [7, 11],
  press: [7, 9],
  compressor: [4, 6],
  motor: [5, 9],
};

/** @param kind undefined: any, on mains of 50 or 60 Hz */
export function geometryOf(seed: number, kind?: Kind): Geometry {
  const random = new Random(seed, 1);
  const any = kinds[random.integer(0, kinds.length - 1)] as Kind;
  const sixty = random.uniform() < 0.5;
  const [own, line] = kind ? [kind, 50] : [any, sixty ? 60 : 50];
  return {
    kind: own,
    line,
    rated: (0.97 * makes[own].synchronous * line) / 50 / 60,
    bearing: {
      balls: random.integer(7, 13),
      ratio: random.between(0.18, 0.28),
      contact: random.uniform() < 0.6 ? 0 : random.between(0.1, 0.4),
    },
    teeth: random.integer(17, 41),
    vanes: random.integer(...vanes[own]),
    belt: random.between(0.28, 0.45),
  };
}

/**
 * How often per turn of the shaft: a ball passes a spot of the outer ring (BPFO), of the inner ring (BPFI), a spot of a ball
 * meets a ring (twice BSF), and the cage goes round (FTF); balls that roll without slip, outer ring at rest.
 * Randall, Vibration-based Condition Monitoring, 2011, 2.2.3.
 */
export function bearingOrders({ balls, ratio, contact }: Bearing): {
  outer: number;
  inner: number;
  ball: number;
  cage: number;
} {
  const share = ratio * Math.cos(contact);
  return {
    outer: (balls / 2) * (1 - share),
    inner: (balls / 2) * (1 + share),
    ball: (1 / ratio) * (1 - share ** 2),
    cage: (1 - share) / 2,
  };
}
