import type { Statistic } from './statistic.js';

/** Distance from the row before. */
export class Step implements Statistic {
  last = Number.NaN;

  measure(value: number): number | undefined {
    const step = Math.abs(value - this.last);
    this.last = value;
    return Number.isNaN(step) ? undefined : step;
  }

  /** Nothing is remembered but the last row. */
  learn(): void {}

  resume(): void {
    this.last = Number.NaN;
  }
}
