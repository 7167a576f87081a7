/** Looks that the belief is worth that a scale goes on as it was. */
const belief = 2;
/** Beyond this square a scale tells nothing. */
const most = 100;

/**
 * How often something that wanders has been seen to come and go: each time that it changes sides. A scale is known by that
 * many looks, however many rows they took.
 */
export class Looks {
  side = 0;
  count = 0;

  learn(signed: number): void {
    if (signed * this.side < 0) this.count++;
    if (signed !== 0) this.side = signed;
  }

  begin(): void {
    this.count = 0;
  }
}

/**
 * How many times farther than with a well-known scale a limit lies when the scale is known by so few looks only: the tail of
 * Student's distribution (1908) over that of a Gaussian, both in their leading terms.
 * @param decades how rare what lies beyond the limit is
 */
export function uncertainty(looks: number, decades: number): number {
  const freedom = looks + belief;
  const square = 2 * Math.LN10 * Math.max(1, decades);
  return Math.sqrt((freedom / square) * Math.expm1(Math.min(most, square / freedom)));
}
