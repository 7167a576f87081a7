import { MeanDistance } from './scale.js';
import { memory } from './statistic.js';
import { Tail, wandering } from './tail.js';

/** Rows that the present level is the mean of, and those that the level it is compared with follows over. */
export const present = 10;
const past = 200;
/** Rows that a departure may last before it is the new level. */
const patience = 1000;
/** Part of the limit that a departure has to come back under to be over. */
const release = 0.8;
/** Times the usual distance beyond which all is alike. */
const farthest = 1e6;
/** Rows before the usual distance means anything. */
const few = 20;

/**
 * Whether a channel has left its level and not yet come back. The level it left is held meanwhile, so that a lasting
 * change stays one departure; a channel that always wanders has to go further than it usually does.
 */
export class Level {
  now = Number.NaN;
  reference = Number.NaN;
  rows = 0;
  /** Rows since it was last taken for the usual level after a long departure. */
  home = 0;
  usual = new MeanDistance(memory);
  tail = new Tail(wandering);
  /** Rows since it left, 0 at home. */
  away = 0;

  /**
   * How far it is from its level, in times of how far it usually is; negative below it. 0 while that can't be told.
   * @param resolution distance that is none
   */
  measure(value: number, resolution: number): number {
    if (this.rows === 0) {
      this.now = value;
      this.reference = value;
    }
    this.rows++;
    this.home++;
    this.now += (value - this.now) / Math.min(this.rows, present);
    if (this.usual.count < few) return 0;
    const distance = (this.now - this.reference) / Math.max(this.usual.value, resolution, Number.MIN_VALUE);
    return Math.min(farthest, Math.max(-farthest, distance));
  }

  /**
   * @param distance what `measure` gave
   * @param limit distance beyond which it has left, infinite while that can't be told
   */
  learn(value: number, distance: number, limit: number): void {
    const far = Math.abs(distance);
    const out = far > (this.away > 0 ? limit * release : limit);
    // a departure counts as many rows as the mean is of, whatever it lasts: often is usual, long is not
    if (out && this.away < present) this.tail.learn(far);
    this.away = out ? this.away + 1 : 0;
    if (out && this.away < patience) return;
    if (out) this.#restart();
    this.reference += (value - this.reference) / Math.min(this.rows, past);
    if (this.rows <= present) return;
    if (this.usual.count >= few) this.tail.learn(far);
    this.usual.learn(Math.abs(this.now - this.reference));
  }

  /** A new level may wander otherwise, too. */
  #restart(): void {
    this.settle();
    this.home = 0;
    this.usual.count = 0;
    this.usual.value = 0;
  }

  /** Takes the present level for the usual one. */
  settle(): void {
    this.reference = this.now;
    this.away = 0;
  }
}
