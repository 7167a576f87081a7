/** When an alarm begins: so many stretches in a row over the threshold. */
export interface Rule {
  readonly threshold: number;
  readonly inRow: number;
}

const day = 86_400;
/** More in a row take longer than anybody wants to wait. */
const mostInRow = 8;

/**
 * The rule that normal sound breaks `perDay` times a day, by conformal quantiles (Vovk, Gammerman & Shafer, 2005): of n
 * scores that the detectors had not seen, the k-th largest is reached by a new one with probability k / (n + 1). Minutes of
 * sound have no quantile as rare as once a day, so several stretches in a row must be over one that there is. That counts
 * stretches as independent; where the calibration itself has them in a row more often, the row is made longer.
 * @param calibration scores of normal sound in the order in which it was heard
 * @param seconds of each stretch
 */
export function ruleFor(calibration: readonly number[], seconds: number, perDay: number): Rule {
  const sorted = calibration.toSorted((a, b) => b - a);
  const chances = day / seconds;
  for (let inRow = 1; ; inRow++) {
    const share = Math.min(0.5, (perDay / chances) ** (1 / inRow));
    const rank = Math.floor(share * (calibration.length + 1));
    const threshold = sorted[Math.max(0, rank - 1)] as number;
    const isRare = rank >= 1 && alarmsIn(calibration, { threshold, inRow }) <= (perDay * calibration.length) / chances;
    if (isRare || inRow === mostInRow) return { threshold, inRow };
  }
}

/** How often the rule would have been broken. */
export function alarmsIn(scores: readonly number[], { threshold, inRow }: Rule): number {
  let [alarms, row] = [0, 0];
  for (const score of scores) {
    row = score > threshold ? row + 1 : 0;
    if (row === inRow) alarms++;
  }
  return alarms;
}
