import { Guard } from './guard.js';
import { Looks, uncertainty } from './looks.js';
import { MeanDistance } from './scale.js';
import { memory } from './statistic.js';
import { Tail, wandering } from './tail.js';

/** Rows that the present level is the mean of, and those that the level it is compared with follows over. */
export const present = 10;
export const past = 200;
/** Rows that a departure may last before it is the new level. */
const patience = 1000;
/** Part of the limit that a departure has to come back under to be over. */
const release = 0.8;
/** Times the usual distance beyond which all is alike, and beyond which a departure may have begun. */
const farthest = 1e6;
const noticeable = 2;
/** Rows before the usual distance means anything. */
const few = 20;

/**
 * Whether a channel has left its level and not yet come back. The level it left is held meanwhile, so that a lasting
 * change stays one departure; a channel that always wanders has to go further than it usually does, and where the days
 * before went the same way at that time, further than they did.
 */
export class Level {
  now = Number.NaN;
  reference = Number.NaN;
  rows = 0;
  /** Rows since it was last taken for the usual level after a long departure. */
  home = 0;
  usual = new MeanDistance(memory);
  tail = new Tail(wandering);
  looks = new Looks();
  /** Rows since it left, 0 at home. */
  away = 0;
  /** UTC ms since when it has been noticeably off. */
  since = Number.NaN;
  /** Rows that the reference was learnt from. */
  learnt = 0;
  /** What the days before were like at this time, and where the reference is from; NaN while either is unknown. */
  daily = Number.NaN;
  dailyReference = Number.NaN;
  dailyRows = 0;
  /** Distance from the reference, and what of it is none. */
  distance = Number.NaN;
  least = Number.MIN_VALUE;
  /** Value, distance and what was usual at that time, of the rows that wait. */
  lately = new Guard(3);

  /**
   * How far it is from its level, in times of how far it usually is; negative below it. 0 while that can't be told.
   * @param resolution distance that is none
   * @param daily what this time of the day is usually like, if that is known
   */
  measure(value: number, time: number, resolution: number, daily = Number.NaN): number {
    if (this.rows === 0) {
      this.now = value;
      this.reference = value;
    }
    this.rows++;
    this.home++;
    this.now += (value - this.now) / Math.min(this.rows, present);
    this.daily = Number.isNaN(this.daily) ? daily : this.daily + (daily - this.daily) / present;
    this.least = Math.max(resolution, Number.MIN_VALUE);
    const distance = this.now - this.reference;
    const unlike = distance - (this.daily - this.dailyReference);
    const excused = this.dailyRows >= past && Math.abs(unlike) < Math.abs(distance);
    this.distance = this.learnt > present ? (excused ? unlike : distance) : Number.NaN;
    if (this.usual.count < few || Number.isNaN(this.distance)) return 0;
    const far = this.#relative(this.distance);
    if (Math.abs(far) < noticeable) this.since = Number.NaN;
    else if (Number.isNaN(this.since)) this.since = time;
    return far;
  }

  /** Distance that only one row of so many exceeds, in decades. */
  limit(decades: number): number {
    return this.tail.level(decades) * uncertainty(this.looks.count, decades);
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
    if (out && this.away < patience) {
      this.lately.drop();
      return;
    }
    if (out) this.#restart();
    const { kept } = this.lately;
    const now = this.lately.add();
    kept[now] = value;
    kept[now + 1] = this.distance;
    kept[now + 2] = this.daily;
    for (let at = this.lately.take(); at >= 0; at = this.lately.take()) {
      this.#learn(kept[at] as number, kept[at + 1] as number, kept[at + 2] as number);
    }
  }

  #learn(value: number, distance: number, daily: number): void {
    this.learnt++;
    this.reference += (value - this.reference) / Math.min(this.learnt, past);
    this.#follow(daily);
    if (Number.isNaN(distance)) return;
    this.looks.learn(distance);
    if (this.usual.count >= few) this.tail.learn(Math.abs(this.#relative(distance)));
    this.usual.learn(Math.abs(distance));
  }

  #follow(daily: number): void {
    this.dailyRows = Number.isNaN(daily) ? 0 : this.dailyRows + 1;
    if (this.dailyRows <= 1 || Number.isNaN(this.dailyReference)) this.dailyReference = daily;
    else this.dailyReference += (daily - this.dailyReference) / Math.min(this.dailyRows, past);
  }

  #relative(distance: number): number {
    return Math.min(farthest, Math.max(-farthest, distance / Math.max(this.usual.value, this.least)));
  }

  /** A new level may wander otherwise, too. */
  #restart(): void {
    this.settle();
    this.home = 0;
    this.usual.count = 0;
    this.usual.value = 0;
    this.looks.begin();
  }

  /** Takes the present level for the usual one. */
  settle(): void {
    this.reference = this.now;
    this.dailyReference = this.daily;
    this.away = 0;
    this.lately.drop();
  }
}
