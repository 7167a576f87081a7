/** Rows that wait, and the part of the rows so far that they are at most: at the very beginning there is little to lose. */
const guard = 30;
const part = 0.25;

/**
 * The last rows, until they are learnt from: what a row is compared with leaves out those just before it, so that what comes
 * on slowly doesn't teach its own threshold (the guard cells of a radar's CFAR, Finn & Johnson 1968).
 */
export class Guard {
  readonly #width: number;
  kept: Float64Array;
  /** Rows so far, and how many of them were learnt from or dropped. */
  rows = 0;
  done = 0;

  /** @param width numbers that are kept of a row */
  constructor(width: number) {
    this.#width = width;
    this.kept = new Float64Array(guard * width);
  }

  /** Where in `kept` the row of now is to be written: what lay there was learnt from. */
  add(): number {
    return this.#at(this.rows++);
  }

  /** Where in `kept` a row lies that has waited long enough, once; -1: there is none. */
  take(): number {
    const waiting = this.rows - this.done;
    return waiting >= Math.min(guard, 1 + part * this.rows) ? this.#at(this.done++) : -1;
  }

  /** The rows that wait won't be learnt from. */
  drop(): void {
    this.done = this.rows;
  }

  #at(row: number): number {
    return (row % guard) * this.#width;
  }
}
