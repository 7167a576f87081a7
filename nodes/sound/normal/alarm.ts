/** When an alarm begins: so many stretches in a row over the threshold. */
export interface Rule {
  readonly threshold: number;
  readonly inRow: number;
}

const day = 86_400;
/** More in a row take longer than anybody wants to wait. */
const mostInRow = 8;
/** Half of all normal stretches are over the middle: no threshold lies lower. */
const mostShare = 0.5;
const highShare = 0.05;

/**
 * The rule that normal sound breaks `perDay` times a day, by conformal quantiles (Vovk, Gammerman & Shafer, 2005): of n
 * scores that the detectors had not seen, the k-th largest is reached by a new one with probability k / (n + 1). Minutes of
 * sound have no quantile as rare as once a day, so several stretches in a row must be over one that there is. A stretch
 * after one that is over is over more often than others where what disturbs lasts longer than a stretch: by how much, the
 * calibration tells. Where even the longest row is too likely, the threshold is the largest score there was.
 * @param calibration scores of normal sound in the order in which it was heard
 * @param seconds of each stretch
 */
export function ruleFor(calibration: readonly number[], seconds: number, perDay: number): Rule {
  const sorted = calibration.toSorted((a, b) => b - a);
  const wanted = (perDay * seconds) / day;
  const lasting = persistenceOf(calibration, sorted);
  for (let inRow = 1; ; inRow++) {
    const alone = wanted ** (1 / inRow);
    const share = Math.min(mostShare, alone >= lasting ? alone : wanted / lasting ** (inRow - 1));
    const rank = Math.floor(share * (calibration.length + 1));
    if (rank >= 1 || inRow === mostInRow) return { threshold: sorted[Math.max(0, rank - 1)] as number, inRow };
  }
}

/** How much more often a stretch is over a high score right after another that is: 0 as often as ever, 1 always. */
function persistenceOf(calibration: readonly number[], sorted: readonly number[]): number {
  const high = sorted[Math.floor(highShare * sorted.length)] as number;
  let [over, both] = [0, 0];
  for (let i = 0; i + 1 < calibration.length; i++) {
    if ((calibration[i] as number) <= high) continue;
    over++;
    if ((calibration[i + 1] as number) > high) both++;
  }
  return over > 0 ? Math.max(0, (both / over - highShare) / (1 - highShare)) : 0;
}
