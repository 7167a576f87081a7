import { Guard } from './guard.js';
import { Habit } from './habit.js';
import { Looks, uncertainty } from './looks.js';
import { Mean } from './scale.js';
import { Tail, wandering } from './tail.js';

/** Rows of a block, blocks that a drift takes, and how many of their steps have to go the same way. */
const block = 64;
const blocks = 16;
const same = 14;
/** Rows that a false alarm takes: the same part of what it is looked at over as for a level. */
export const run = 0.4 * block * blocks;
/** Blocks before anything is said. */
const few = 3 * blocks;
/** Times the usual way over as many blocks that is a drift at least. */
const far = 4;
/** Part of the limit that it has to come back under to be over. */
const release = 0.8;

/**
 * Whether a channel has crept the same way for very long, much further than it moves in such a time, and than it did at this
 * time on the days before.
 */
export class Drift {
  means = new Float64Array(blocks + 1);
  /** What the days before were like meanwhile; NaN while that isn't known. */
  daily = new Float64Array(blocks + 1).fill(Number.NaN);
  starts = new Float64Array(blocks + 1);
  sum = 0;
  dailySum = 0;
  filled = 0;
  seen = 0;
  usual = new Mean(1000);
  tail = new Tail(wandering);
  looks = new Looks();
  habit = new Habit();
  /** How far it went over the blocks, in times of the usual way; 0 while that can't be told. */
  way = 0;
  /** Times the usual way that were a drift. */
  limit = far;
  drifting = 0;
  /** The ways that wait. */
  lately = new Guard(1);

  /**
   * @param daily what this time of the day is usually like, if that is known
   * @param decades how rare a drift has to be
   */
  learn(value: number, time: number, decades: number, daily = Number.NaN): void {
    if (this.filled === 0) {
      this.starts.copyWithin(0, 1);
      this.starts[blocks] = time;
    }
    this.sum += value;
    this.dailySum += daily;
    this.filled++;
    if (this.filled < block) return;
    this.means.copyWithin(0, 1);
    this.means[blocks] = this.sum / block;
    this.daily.copyWithin(0, 1);
    this.daily[blocks] = this.dailySum / block;
    this.sum = 0;
    this.dailySum = 0;
    this.filled = 0;
    this.seen++;
    if (this.seen > blocks) this.#judge(time, decades);
  }

  get since(): number {
    return this.starts[0] as number;
  }

  /** Takes the present creeping for a usual one. */
  settle(): void {
    if (this.drifting === 0) return;
    this.usual.value = Math.max(this.usual.value, Math.abs((this.means[blocks] as number) - (this.means[0] as number)));
    this.drifting = 0;
  }

  #judge(time: number, decades: number): void {
    const went = (this.means[blocks] as number) - (this.means[0] as number);
    const unlike = went - ((this.daily[blocks] as number) - (this.daily[0] as number));
    const way = Math.abs(unlike) < Math.abs(went) ? unlike : went;
    let along = 0;
    for (let i = 1; i <= blocks; i++) {
      if (Math.sign((this.means[i] as number) - (this.means[i - 1] as number)) === Math.sign(went)) along++;
    }
    this.way = this.usual.value > 0 ? way / this.usual.value : 0;
    const usual = Math.max(far, this.tail.level(decades) * uncertainty(this.looks.count, decades));
    this.limit = usual * this.habit.limit(time);
    const creeps = this.seen > few && along >= same;
    if (creeps && this.drifting === 0) this.habit.notice(Math.abs(this.way) / usual);
    const lasts = this.drifting > 0 && Math.abs(this.way) > release * this.limit;
    const drifting = lasts || (creeps && Math.abs(this.way) > this.limit);
    // what drifts often is usual, what drifts for long is not
    if (drifting && this.drifting === 0) this.tail.learn(Math.abs(this.way));
    this.drifting = drifting ? 1 : 0;
    if (drifting) {
      this.lately.drop();
      return;
    }
    const { kept } = this.lately;
    kept[this.lately.add()] = way;
    for (let at = this.lately.take(); at >= 0; at = this.lately.take()) this.#learn(kept[at] as number);
  }

  #learn(way: number): void {
    if (this.usual.value > 0) this.tail.learn(Math.abs(way) / this.usual.value);
    this.usual.learn(Math.abs(way));
    this.looks.learn(way);
  }
}
