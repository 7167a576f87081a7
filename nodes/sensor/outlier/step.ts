import type { Seasonal } from './seasonal.js';
import type { Statistic } from './statistic.js';

/** Distance from the row before; where the days before made a step at that time, what is left of it after theirs. */
export class Step implements Statistic {
  readonly #daily: Seasonal;
  last = Number.NaN;
  expected = Number.NaN;

  constructor(daily: Seasonal) {
    this.#daily = daily;
  }

  measure(value: number, time: number): number | undefined {
    const step = value - this.last;
    const expected = this.#daily.expected(time) ?? Number.NaN;
    const usual = expected - this.expected;
    this.last = value;
    this.expected = expected;
    if (Number.isNaN(step)) return undefined;
    return Number.isNaN(usual) ? Math.abs(step) : Math.min(Math.abs(step), Math.abs(step - usual));
  }

  /** Nothing is remembered but the last row. */
  learn(): void {}

  resume(): void {
    this.last = Number.NaN;
  }
}
