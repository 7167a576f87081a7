import type { Condition } from './conditions.js';

/** About two milliseconds, within which speed and strength of everything change evenly. */
export interface Tick {
  readonly samples: number;
  /** Hz */
  readonly rate: number;
  /** Turns of the shaft at its beginning and its end. */
  readonly from: number;
  readonly to: number;
  /** s since the beginning, of its beginning. */
  readonly time: number;
  /** Hz of the shaft, and its share of the rated one. */
  readonly shaft: number;
  readonly speed: number;
  readonly load: number;
  /** 1: under voltage. */
  readonly powered: number;
  /** Amplitude of what each condition adds, 1 at its severest. */
  readonly amount: Readonly<Record<Condition, number>>;
}

/** What shakes a machine, sample by sample; sources add to it. */
export interface Forces {
  /** On shaft and casing as a whole: tones. */
  readonly body: Float64Array;
  /** What rings the casing, some hundreds of hertz up. */
  readonly casing: Float64Array;
  /** What rings bearing housings and gears, some kilohertz up. */
  readonly housing: Float64Array;
  /** Sound that is made in the air or the fluid itself. */
  readonly air: Float64Array;
}

export interface Source {
  add(tick: Tick, forces: Forces): void;
}

/** Nothing sounds above half the rate: what comes near fades out. */
export function audible(frequency: number, rate: number): number {
  return Math.min(1, Math.max(0, (0.48 * rate - frequency) / (0.06 * rate)));
}
