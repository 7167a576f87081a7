import { Mean } from './scale.js';

/** Rows of a block, blocks that a drift takes, and how many of their steps have to go the same way. */
const block = 64;
const blocks = 16;
const same = 14;
/** Blocks before anything is said. */
const few = 3 * blocks;
/** Times the usual way over as many blocks that is a drift. */
const far = 4;

/** Whether a channel has crept the same way for very long, much further than it moves in such a time. */
export class Drift {
  means = new Float64Array(blocks + 1);
  starts = new Float64Array(blocks + 1);
  sum = 0;
  filled = 0;
  seen = 0;
  usual = new Mean(1000);
  /** How far it went over the blocks, in times of the usual way; 0 while that can't be told. */
  way = 0;
  drifting = 0;

  /** @returns whether it drifts now */
  learn(value: number, time: number): boolean {
    if (this.filled === 0) {
      this.starts.copyWithin(0, 1);
      this.starts[blocks] = time;
    }
    this.sum += value;
    this.filled++;
    if (this.filled < block) return this.drifting > 0;
    this.means.copyWithin(0, 1);
    this.means[blocks] = this.sum / block;
    this.sum = 0;
    this.filled = 0;
    this.seen++;
    if (this.seen > blocks) this.#judge();
    return this.drifting > 0;
  }

  get since(): number {
    return this.starts[0] as number;
  }

  /** Takes the present creeping for a usual one. */
  settle(): void {
    this.usual.value = Math.max(this.usual.value, Math.abs((this.means[blocks] as number) - (this.means[0] as number)));
    this.drifting = 0;
  }

  #judge(): void {
    const way = (this.means[blocks] as number) - (this.means[0] as number);
    let along = 0;
    for (let i = 1; i <= blocks; i++) {
      if (Math.sign((this.means[i] as number) - (this.means[i - 1] as number)) === Math.sign(way)) along++;
    }
    this.way = this.usual.value > 0 ? way / this.usual.value : 0;
    const drifting = this.seen > few && along >= same && Math.abs(this.way) > far;
    this.drifting = drifting ? 1 : 0;
    if (!drifting) this.usual.learn(Math.abs(way));
  }
}
