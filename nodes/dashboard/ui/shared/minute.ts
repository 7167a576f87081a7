/** As the widget's node sends them: columns one after the other, a byte per row, the lowest frequency first. */
export interface Columns {
  /** ms per column; the first begins at `first * step`, ms UTC. */
  readonly step: number;
  readonly first: number;
  readonly rows: number;
  readonly data: ArrayBuffer | Uint8Array;
}

/** dB of byte 0 and from one byte to the next; 0 itself: nothing was heard. */
const quietest = -160;
const decibelsPerStep = 0.75;

/** @returns undefined where nothing was heard */
export function decibelsOf(byte: number): number | undefined {
  return byte === 0 ? undefined : quietest + byte * decibelsPerStep;
}

export function byteOf(decibels: number): number {
  return Math.min(255, Math.max(1, Math.round((decibels - quietest) / decibelsPerStep)));
}

/** dB */
export interface Span {
  readonly low: number;
  readonly high: number;
}

export const seconds = 60;
/** Arrivals that say how late sound comes. */
const mostLags = 6;
/** ms; by more, the source's clock or what is played has changed. */
const jump = 3000;
/** ms; how long a stretch is that comes as the first. */
const usualStretch = 1000;

/** The last minute of one source as it is drawn: columns on a fixed grid of time. */
export class Minute {
  step = 0;
  rows = 0;
  columns = 0;
  /** One after the newest column. */
  end = 0;
  /** Grows with everything that is put in. */
  version = 0;
  #cells = new Uint8Array();
  #lags: number[] = [];

  /** @param now ms by this browser's clock */
  put({ step, first, rows, data }: Columns, now: number): void {
    const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
    const count = Math.floor(bytes.length / rows);
    if (count === 0) return;
    const end = first + count;
    const far = Math.ceil((1000 * seconds) / step);
    // another recording, or a clock that was set
    if (step !== this.step || rows !== this.rows || first > this.end + far || end < this.end - far) {
      Object.assign(this, { step, rows, columns: far, end: first });
      this.#cells = new Uint8Array(far * rows);
      this.#lags = [];
    }
    for (let at = Math.max(this.end, end - far); at < end; at++) this.column(at).fill(0);
    this.end = Math.max(this.end, end);
    for (let at = Math.max(first, this.end - far); at < end; at++)
      this.column(at).set(bytes.subarray((at - first) * rows, (at - first + 1) * rows));
    this.#notice(now - end * step, this.version === 0 ? usualStretch : count * step);
    this.version++;
  }

  column(at: number): Uint8Array {
    const place = (at % this.columns) * this.rows;
    return this.#cells.subarray(place, place + this.rows);
  }

  /** The byte at a moment and row; 0 outside of what is there. */
  at(time: number, row: number): number {
    const column = Math.floor(time / this.step);
    if (column >= this.end || column < this.end - this.columns || row < 0 || row >= this.rows) return 0;
    return this.column(column)[row] ?? 0;
  }

  /**
   * The moment at the right edge, ms UTC by the source's clock: so late that what comes in steps is there before its place
   * is. It goes on when nothing comes, and silence is seen.
   */
  edge(now: number): number {
    return now - (this.#lags.length > 0 ? Math.max(...this.#lags) : 0);
  }

  /** What the colours stand for: from the usual noise to the loudest, in tens. Undefined before anything was heard. */
  span(): Span | undefined {
    const counts = new Uint32Array(256);
    let all = 0;
    for (const cell of this.#cells) {
      if (cell === 0) continue;
      (counts[cell] as number)++;
      all++;
    }
    if (all === 0) return undefined;
    const below = (share: number): number => {
      let [sum, byte] = [0, 0];
      while (byte < 255 && sum < share * all) sum += counts[++byte] as number;
      return quietest + byte * decibelsPerStep;
    };
    const high = Math.ceil(below(0.999) / 10) * 10;
    return { low: Math.min(high - 20, Math.floor(below(0.35) / 10) * 10), high };
  }

  /** @param age ms between the end of the newest sound and its arrival */
  #notice(age: number, stretch: number): void {
    const lag = age + stretch;
    if (this.#lags.some((other) => Math.abs(other - lag) > jump)) this.#lags = [];
    this.#lags.push(lag);
    if (this.#lags.length > mostLags) this.#lags.shift();
  }
}

/** Wider at once, narrower only when much is unused: colours must not flicker. */
export function steadied(before: Span | undefined, now: Span): Span {
  if (!before) return now;
  const grown = { low: Math.min(before.low, now.low), high: Math.max(before.high, now.high) };
  return grown.high - grown.low - (now.high - now.low) >= 20 ? now : grown;
}
