export interface Pace {
  /** 1: as recorded; 60: a minute in a second. */
  readonly speed: number;
  /** ms between two items that bear no times. */
  readonly interval: number;
  /** ms; longer gaps of the recording are cut to this; 0: none is cut. */
  readonly longestGap: number;
}

export interface Moment {
  /** When it is played, ms on the caller's clock. */
  readonly due: number;
  /** The time that it bears when the recording is moved to now; keeps the order that the recording has. */
  readonly stamp: number;
}

/** Fallen behind by more, as after a laptop's sleep, the rest is not rushed through but moved. */
const maxBehind = 10_000;

/**
 * Where each item of a recording lies on the clock. All are reckoned from one beginning, so that nothing drifts however
 * late a timer fires.
 */
export class Timeline {
  readonly #pace: Pace;
  #running = false;
  /** Where the next pass begins; undefined: now. */
  #begins: number | undefined;
  /** Recorded time and clock of the beginning, moved by what was cut out. */
  #recorded = 0;
  #clock = 0;
  #due = 0;
  #newest = 0;
  #length = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /**
   * @param time recorded, ms; absent: it follows the item before
   * @param length ms until the next item, where that has no time; absent: one interval
   */
  next(time: number | undefined, length: number | undefined, now: number): Moment {
    const recorded = time ?? (this.#running ? this.#newest + this.#length : 0);
    if (!this.#running) this.#begin(recorded, this.#begins ?? now);
    this.#cut(recorded);
    const late = now - this.#at(recorded);
    if (late > maxBehind && recorded > this.#newest) this.shift(late);
    const stamp = this.#at(recorded);
    this.#newest = Math.max(this.#newest, recorded);
    this.#length = length ?? this.#pace.interval;
    this.#due = Math.max(this.#due, stamp);
    return { due: this.#due, stamp };
  }

  /** What comes now, a new file or pass, follows one interval after the newest so far, whatever its times are. */
  again(): void {
    if (this.#running) this.#begins = this.#at(this.#newest + this.#length);
    this.#running = false;
  }

  /** Moves all that is still to come. */
  shift(ms: number): void {
    this.#clock += ms;
    this.#due += ms;
    if (this.#begins !== undefined) this.#begins += ms;
  }

  #at(recorded: number): number {
    return this.#clock + (recorded - this.#recorded) / this.#pace.speed;
  }

  #begin(recorded: number, clock: number): void {
    this.#running = true;
    this.#recorded = recorded;
    this.#clock = clock;
    this.#due = clock;
    this.#newest = recorded;
  }

  #cut(recorded: number): void {
    const { longestGap } = this.#pace;
    const over = recorded - this.#newest - longestGap;
    if (longestGap > 0 && over > 0) this.#recorded += over;
  }
}
