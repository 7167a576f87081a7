import { MeanDistance } from './scale.js';
import { memory, type Statistic } from './statistic.js';

/** How fast the middle follows, in mean deviations a row. */
const step = 0.02;

/** Distance from the middle of all values, in mean distances of the same side: a skewed channel has two of them. */
export class Extreme implements Statistic {
  middle = Number.NaN;
  value = 0;
  up = new MeanDistance(memory);
  down = new MeanDistance(memory);
  spread = new MeanDistance(memory);

  measure(value: number): number | undefined {
    this.value = value;
    if (Number.isNaN(this.middle)) return undefined;
    const side = value > this.middle ? this.up : this.down;
    const distance = Math.abs(value - this.middle);
    return side.value > 0 ? distance / side.value : Math.min(distance, 1);
  }

  learn(): void {
    if (Number.isNaN(this.middle)) this.middle = this.value;
    const difference = this.value - this.middle;
    this.up.learn(Math.max(0, difference));
    this.down.learn(Math.max(0, -difference));
    this.spread.learn(Math.abs(difference));
    this.middle += step * this.spread.value * Math.sign(difference);
  }
}
