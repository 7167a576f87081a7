import type { Severity } from '../../kit/index.js';
import type { Rule } from '../normal/alarm.js';

/** Of the threshold: from here on nobody should wait. */
const critical = 3;
/** So many stretches in a row must be quiet before it is over, at least. */
const leastQuiet = 5;

export type Change = 'begins' | 'worse' | 'ends';

/** Something strange, from the first stretch over the threshold to the last. */
export class Episode {
  /** ms UTC; of the first stretch in the row that is over the threshold now or was last. */
  since = 0;
  until = 0;
  open = false;
  severity: Severity = 'warning';
  score = 0;
  #row = 0;
  #quiet = 0;

  /** Whether anything at all is over the threshold. */
  get suspicious(): boolean {
    return this.open || this.#row > 0;
  }

  /** @param time,end of the stretch, ms UTC */
  step(score: number, rule: Rule, time: number, end: number): Change | undefined {
    return score > rule.threshold ? this.#over(score, rule, time, end) : this.#under(rule);
  }

  #over(score: number, { threshold, inRow }: Rule, time: number, end: number): Change | undefined {
    if (this.#row === 0 && !this.open) {
      this.since = time;
      this.score = score;
    }
    this.#row++;
    this.#quiet = 0;
    this.until = end;
    this.score = Math.max(this.score, score);
    const before = this.severity;
    this.severity = this.score >= critical * Math.max(threshold, 1) ? 'critical' : 'warning';
    if (this.open) return before !== this.severity ? 'worse' : undefined;
    if (this.#row < inRow) return undefined;
    this.open = true;
    return 'begins';
  }

  #under({ inRow }: Rule): Change | undefined {
    this.#row = 0;
    if (!this.open) return undefined;
    this.#quiet++;
    if (this.#quiet < Math.max(leastQuiet, inRow)) return undefined;
    this.open = false;
    this.#quiet = 0;
    return 'ends';
  }
}
