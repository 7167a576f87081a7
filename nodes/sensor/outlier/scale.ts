/** A mean that counts every value alike until there are `memory` of them, and from then on forgets the oldest slowly. */
export class Mean {
  readonly #memory: number;
  value = 0;
  count = 0;

  constructor(memory: number) {
    this.#memory = memory;
  }

  learn(value: number): void {
    if (this.count < this.#memory) this.count++;
    this.value += (value - this.value) / this.count;
  }
}

/** Times the mean distance beyond which a distance counts no more for the mean. */
const farthest = 100;
/** Distances before their mean means anything. */
const few = 5;

/** The mean of distances that one glitch doesn't ruin: what is very far counts as far, and often far is soon usual. */
export class MeanDistance extends Mean {
  override learn(distance: number): void {
    const most = this.count >= few && this.value > 0 ? farthest * this.value : distance;
    super.learn(Math.min(distance, most));
  }
}

/** Nothing is told apart beyond a million millionth and a million millions. */
const most = 40;

/** `Math.log2(value / mean)`, where what lies under the floor counts as the floor: what never varied is not infinitely rare. */
export function logRatio(value: number, mean: number, floor: number): number {
  const least = Math.max(floor, Number.MIN_VALUE);
  return Math.min(most, Math.max(-most, Math.log2((value + least) / (mean + least))));
}
