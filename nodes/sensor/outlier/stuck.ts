/** Fewest equal rows that are worth a word, and times the longest run of the past. */
const fewest = 20;
const longer = 3;
/** Runs that the longest is remembered over: it shrinks by this part with each. */
const forgetting = 1e-3;

/**
 * Whether a channel repeats one value for much longer than it ever did. A channel that never changed is not stuck, and
 * one that often rests may rest.
 */
export class Stuck {
  last = Number.NaN;
  since = 0;
  run = 0;
  changes = 0;
  repeats = 0;
  longest = 0;
  /** The last run that was too long. */
  overlong = 0;

  /** @returns whether it is stuck now */
  learn(value: number, time: number, decades: number): boolean {
    if (value === this.last) {
      this.run++;
      this.repeats++;
      return this.run > this.limit(decades);
    }
    const limit = this.limit(decades);
    if (this.run > limit) this.overlong = this.run;
    this.longest = Math.max(this.longest * (1 - forgetting), Math.min(this.run, limit));
    if (!Number.isNaN(this.last)) this.changes++;
    this.last = value;
    this.since = time;
    this.run = 0;
    return false;
  }

  /** Repeats that chance and habit explain: a geometric run of that rarity, or a few times the longest so far. */
  limit(decades: number): number {
    if (this.changes === 0) return Number.POSITIVE_INFINITY;
    const share = (this.repeats - this.run) / (this.repeats - this.run + this.changes);
    const chance = share > 0 ? decades / -Math.log10(Math.min(share, 1 - 1e-6)) : 0;
    return Math.max(fewest, longer * this.longest, chance);
  }

  /** Takes the present run, or the last that was too long, for a usual one. */
  settle(): void {
    this.longest = Math.max(this.longest, this.run, this.overlong);
  }
}
