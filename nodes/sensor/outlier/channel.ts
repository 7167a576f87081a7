import { Activity } from './activity.js';
import { Extreme } from './extreme.js';
import { Novelty } from './novelty.js';
import { logRatio, Mean } from './scale.js';
import { Seasonal } from './seasonal.js';
import { memory, type Statistic } from './statistic.js';
import { evidence, relative, Tail } from './tail.js';

/** Rows that evidence is gathered over: a little for many rows is as telling as much for one. */
const gathering = 10;
/** Part of what is usual under which two distances are the same. */
const resolution = 1e-3;

interface View {
  readonly statistic: Statistic;
  /** Whether its distances are in the channel's own unit; otherwise they are ratios. */
  readonly valued: boolean;
  readonly usual: Mean;
  readonly tail: Tail;
}

/** One number of a source: several ways of looking at it, each turned into how rare what it sees is. */
export class Channel {
  views: View[];
  extreme = new Extreme();
  gathered = 0;
  gatheredTail = new Tail(evidence);

  constructor() {
    this.views = [
      view(new Seasonal(1), true),
      view(new Seasonal(8), true),
      view(new Novelty(), true),
      view(this.extreme, false),
      view(new Activity(), false),
    ];
  }

  /** Evidence against this row being usual, in decades: the views' surprises added up (Fisher 1925), now and lately. */
  measure(value: number, time: number, learn: boolean): number {
    const spread = this.extreme.spread.value;
    let sum = 0;
    for (const { statistic, valued, usual, tail } of this.views) {
      const distance = statistic.measure(value, time);
      if (distance !== undefined && usual.count > 0) {
        const ratio = logRatio(distance, usual.value, resolution * (valued ? spread : 1));
        sum += tail.surprise(ratio);
        if (learn) tail.learn(ratio);
      }
      if (!learn) continue;
      if (distance !== undefined) usual.learn(distance);
      statistic.learn();
    }
    this.gathered += (sum - this.gathered) / gathering;
    const lately = this.gatheredTail.surprise(this.gathered);
    if (learn) this.gatheredTail.learn(this.gathered);
    return sum + 2 * lately;
  }
}

function view(statistic: Statistic, valued: boolean): View {
  return { statistic, valued, usual: new Mean(memory), tail: new Tail(relative) };
}
