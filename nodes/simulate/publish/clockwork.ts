import { dueAfter } from './instants.js';

export interface ClockworkEvents {
  /** These are due now, oldest first; seldom more than one. */
  due(times: readonly number[]): void;
  /** The clock went back; nothing is due until it is where it was. */
  waiting(): void;
}

/** A stall of a minute is made up for; a longer one was a sleeping machine or a clock that was set. */
const longestStall = 60_000;
const longestWait = 1000;

/** Strikes at each instant of a grid, each once, whatever happens to the clock. */
export class Clockwork {
  readonly #interval: number;
  readonly #events: ClockworkEvents;
  #last = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /** @param interval ms */
  constructor(interval: number, events: ClockworkEvents) {
    this.#interval = interval;
    this.#events = events;
  }

  get last(): number {
    return this.#last;
  }

  /** @param last instant that has struck already, in an earlier life */
  start(last: number | undefined): void {
    this.#last = Math.max(last ?? 0, Date.now() - this.#interval);
    this.#tick();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #tick(): void {
    const interval = this.#interval;
    const most = Math.max(1, Math.floor(longestStall / interval));
    const { from, to, wait } = dueAfter(this.#last, Date.now(), interval, most);
    if (wait) this.#events.waiting();
    const times: number[] = [];
    for (let time = from; time <= to; time += interval) times.push(time);
    if (times.length > 0) {
      this.#last = to;
      this.#events.due(times);
    }
    const left = interval - (Date.now() % interval);
    this.#timer = setTimeout(() => this.#tick(), Math.min(left, longestWait));
  }
}
