import { dueAfter } from './instants.js';

export interface ClockworkEvents {
  /** These are due now, oldest first; several after a stall, at the start, or while it catches up. */
  due(times: readonly number[]): void;
  /** The clock went back; nothing is due until it is where it was. */
  waiting(): void;
}

const longestWait = 1000;
/** What is caught up on comes in portions, with room for others between them. */
const portion = 50;
const breath = 10;

/** Strikes at each instant of a grid, each once, whatever happens to the clock. */
export class Clockwork {
  readonly #interval: number;
  readonly #most: number;
  readonly #events: ClockworkEvents;
  #last = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param interval ms
   * @param most instants that are made up for; what is older was a machine that slept, or a clock that was set
   */
  constructor(interval: number, most: number, events: ClockworkEvents) {
    this.#interval = interval;
    this.#most = most;
    this.#events = events;
  }

  get last(): number {
    return this.#last;
  }

  /** @param last instant that has struck already */
  start(last: number): void {
    this.#last = last;
    this.#tick();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #tick(): void {
    const interval = this.#interval;
    const { from, to, wait } = dueAfter(this.#last, Date.now(), interval, this.#most);
    if (wait) this.#events.waiting();
    const times: number[] = [];
    for (let time = from; time <= to && times.length < portion; time += interval) times.push(time);
    const last = times.at(-1);
    if (last !== undefined) {
      this.#last = last;
      this.#events.due(times);
    }
    const left = last !== undefined && last < to ? breath : interval - (Date.now() % interval);
    this.#timer = setTimeout(() => this.#tick(), Math.min(left, longestWait));
  }
}
