import { MeanDistance } from './scale.js';
import type { Statistic } from './statistic.js';

const fast = 16;
const slow = 2000;
/** Share of the usual activity that nothing is told apart below: a flat line is not infinitely calm. */
const floor = 1e-3;

/** How much calmer or livelier than usual: |log2| of the mean step of the last rows over the mean step of very many. */
export class Activity implements Statistic {
  last = Number.NaN;
  step = 0;
  recent = 0;
  seen = 0;
  usual = new MeanDistance(slow);

  measure(value: number): number | undefined {
    this.step = Math.abs(value - this.last);
    this.last = value;
    if (Number.isNaN(this.step)) return undefined;
    this.seen = Math.min(fast, this.seen + 1);
    this.recent += (this.step - this.recent) / this.seen;
    const usual = this.usual.value;
    return usual > 0 ? Math.abs(Math.log2((this.recent + floor * usual) / usual)) : undefined;
  }

  learn(): void {
    if (!Number.isNaN(this.step)) this.usual.learn(this.step);
  }

  resume(): void {
    this.last = Number.NaN;
    this.recent = 0;
    this.seen = 0;
  }
}
