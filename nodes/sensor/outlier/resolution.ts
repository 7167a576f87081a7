import { Mean } from './scale.js';

/** Rows that different values are counted in. */
const block = 64;
/** Blocks before anything is said, and that have to agree. */
const few = 4;
const agreeing = 2;
/** How much coarser is a loss, and the range that a block has to keep for it not to be mere calm. */
const coarser = 4;
const range = 0.5;

/** Whether a channel shows far fewer different values than it used to over the same range: it lost resolution. */
export class Resolution {
  values = new Float64Array(block);
  filled = 0;
  started = 0;
  usual = new Mean(1000);
  usualRange = new Mean(1000);
  different = 0;
  /** Blocks in a row that were too coarse, and when the first began. */
  coarse = 0;
  since = 0;

  /** @returns whether it is too coarse now */
  learn(value: number, time: number): boolean {
    if (this.filled === 0) this.started = time;
    this.values[this.filled++] = value;
    if (this.filled < block) return this.coarse >= agreeing;
    this.filled = 0;
    const sorted = this.values.toSorted();
    this.different = 1;
    for (let i = 1; i < block; i++) if (sorted[i] !== sorted[i - 1]) this.different++;
    const span = (sorted[block - 1] as number) - (sorted[0] as number);
    const lost =
      this.usual.count >= few &&
      this.different > 1 &&
      this.different * coarser <= this.usual.value &&
      span >= range * this.usualRange.value;
    if (lost && this.coarse === 0) this.since = this.started;
    this.coarse = lost ? this.coarse + 1 : 0;
    if (!lost) {
      this.usual.learn(this.different);
      this.usualRange.learn(span);
    }
    return this.coarse >= agreeing;
  }

  /** Takes the present resolution for the usual one. */
  settle(): void {
    this.usual.value = this.different;
    this.coarse = 0;
  }
}
