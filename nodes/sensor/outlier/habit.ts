const day = 86_400_000;
/** A quarter of an hour, as what recurs daily is elsewhere looked at. */
const quarters = 96;
const quarter = day / quarters;
/** Part of a threshold from which on something is worth remembering. */
const near = 0.75;
/** Times what it came to on the days before that it has to come to. */
const farther = 1.5;
/** Times the threshold that are news all the same where it was one day only. */
const most = 2;
/** Part of it that is left after a day. */
const left = 0.9;

/**
 * How near to a threshold, or how far beyond it, each quarter of an hour of the day came on the days before. What stands out
 * at six every morning is the day's shift, not news: there it has to stand out farther.
 */
export class Habit {
  /** Times the threshold; 0: nothing came near. What one of the days came to, and what at least two of them did. */
  once = new Float32Array(quarters);
  often = new Float32Array(quarters);
  /** The quarter that is on, in quarters since 1970, what it came to so far, and what the one before it did. */
  quarter = Number.NaN;
  now = 0;
  before = 0;
  /** Times the threshold that are news in it. */
  news = 1;

  /** Times the threshold that something has to come to at that time to be news: at least 1. */
  limit(time: number): number {
    const now = Math.floor(time / quarter);
    if (now !== this.quarter) this.#turn(now);
    return this.news;
  }

  /** @param times the threshold without habit that a row came to */
  notice(times: number): void {
    if (times >= near) this.now = Math.max(this.now, times);
  }

  #turn(quarter: number): void {
    const next = quarter === this.quarter + 1;
    if (!Number.isNaN(this.quarter)) {
      this.#keep(this.quarter - 1, this.before);
      if (!next) this.#keep(this.quarter, this.now);
    }
    this.before = next ? this.now : 0;
    this.now = 0;
    this.quarter = quarter;
    // a shift is not to the minute
    const around = [quarter - 1, quarter, quarter + 1].map(index);
    const [once, often] = [this.once, this.often].map((peaks) => Math.max(...around.map((at) => peaks[at] as number)));
    this.news = Math.max(1, Math.min(most, farther * (once ?? 0)), farther * (often ?? 0));
  }

  #keep(quarter: number, peak: number): void {
    const at = index(quarter);
    // the quarter before is today's already
    const earlier = Math.max(this.once[at] as number, this.once[index(quarter + 1)] as number);
    this.often[at] = Math.max(Math.min(peak, earlier), left * (this.often[at] as number));
    this.once[at] = Math.max(peak, left * (this.once[at] as number));
  }
}

function index(quarter: number): number {
  return ((quarter % quarters) + quarters) % quarters;
}
