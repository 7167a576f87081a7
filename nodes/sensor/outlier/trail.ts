import { type Expected, maxExpected } from '../../kit/index.js';
import type { Band } from './contract.js';

/** So much of what was expected before a finding is shown with it. */
const before = 60;

/** Where a channel's values were expected of late, and, while something lasts, since a little before it began. */
export class Trail {
  #points: Expected[] = [];
  #held = 0;

  add(time: number, { low, high }: Band): void {
    if (!Number.isFinite(low) || !Number.isFinite(high)) return;
    this.#points.push({ time, low, high });
    if (this.#held === 0 && this.#points.length > 2 * before) this.#points = this.#points.slice(-before);
    // a long finding is told more coarsely
    else if (this.#points.length > maxExpected) this.#points = this.#points.filter((_, at) => at % 2 === 0);
  }

  hold(): void {
    if (this.#held++ === 0) this.#points = this.#points.slice(-before);
  }

  release(): void {
    this.#held = Math.max(0, this.#held - 1);
  }

  get points(): readonly Expected[] {
    return [...this.#points];
  }
}
