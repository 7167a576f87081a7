/** A clock that went back by more than this was wrong before: nothing waits until it is there again. */
const wasWrong = 3_600_000;

/** Instants of a grid that are due, from `from` to `to`; none when `from` is behind `to`. */
export interface Due {
  readonly from: number;
  readonly to: number;
  /** How many older ones are left out. */
  readonly skipped: number;
  /** The clock stands well before what was done already. */
  readonly wait: boolean;
}

/**
 * What is due after `last`, none twice when the clock goes back, and never more than `most` when it jumps ahead.
 * @param interval ms; the grid begins at the epoch
 */
export function dueAfter(last: number, now: number, interval: number, most: number): Due {
  const to = Math.floor(now / interval) * interval;
  if (last > to) {
    return last > to + wasWrong
      ? { from: to, to, skipped: 0, wait: false }
      : { from: to + interval, to, skipped: 0, wait: last > to + interval };
  }
  const first = (Math.floor(last / interval) + 1) * interval;
  const from = Math.max(first, to - (most - 1) * interval);
  return { from, to, skipped: (from - first) / interval, wait: false };
}
