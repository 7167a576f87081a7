const day = 86_400_000;
/** A quarter of an hour, as what recurs daily is elsewhere looked at. */
const quarters = 96;
const quarter = day / quarters;
/** Part of a threshold from which on something is worth remembering. */
const near = 0.75;
/** Times what it came to on the days before that it has to come to, and times the threshold that are always news. */
const farther = 1.5;
const most = 2;
/** Part of it that is left after a day. */
const left = 0.9;

/**
 * How near to a threshold, or how far beyond it, each quarter of an hour of the day came on the days before. What stands out
 * at six every morning is the day's shift, not news: there it has to stand out farther.
 */
export class Habit {
  /** Times the threshold; 0: nothing came near. */
  peaks = new Float32Array(quarters);
  /** The quarter that is on, in quarters since 1970, what it came to so far, and what the one before it did. */
  quarter = Number.NaN;
  now = 0;
  before = 0;

  /** Times the threshold that something has to come to at that time to be news: 1 to 2. */
  limit(time: number): number {
    this.#turn(Math.floor(time / quarter));
    const at = this.quarter;
    // a shift is not to the minute; today's own quarters are not among them yet
    const peak = Math.max(this.#peak(at - 1), this.#peak(at), this.#peak(at + 1));
    return Math.min(most, Math.max(1, farther * peak));
  }

  /** @param times the threshold without habit that a row came to */
  notice(times: number): void {
    if (times >= near) this.now = Math.max(this.now, times);
  }

  #turn(quarter: number): void {
    if (quarter === this.quarter) return;
    const next = quarter === this.quarter + 1;
    if (!Number.isNaN(this.quarter)) {
      this.#keep(this.quarter - 1, this.before);
      if (!next) this.#keep(this.quarter, this.now);
    }
    this.before = next ? this.now : 0;
    this.now = 0;
    this.quarter = quarter;
  }

  #keep(quarter: number, peak: number): void {
    const at = index(quarter);
    this.peaks[at] = Math.max(peak, left * (this.peaks[at] as number));
  }

  #peak(quarter: number): number {
    return this.peaks[index(quarter)] as number;
  }
}

function index(quarter: number): number {
  return ((quarter % quarters) + quarters) % quarters;
}
