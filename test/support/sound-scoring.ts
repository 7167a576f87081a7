/** Area under the ROC curve: how often something strange scores higher than something normal, ties counting half. */
export function aucOf(normal: readonly number[], strange: readonly number[]): number {
  return partialArea(normal, strange, 1);
}

/**
 * The area under the ROC curve up to a false-positive rate of `most`, as McClish scales it (0.5 is chance, 1 is perfect):
 * what the DCASE challenges print as pAUC with `most` = 0.1.
 */
export function pAucOf(normal: readonly number[], strange: readonly number[], most = 0.1): number {
  const least = most ** 2 / 2;
  return 0.5 * (1 + (partialArea(normal, strange, most) - least) / (most - least));
}

/** The curve goes straight through scores that several share. */
function partialArea(normal: readonly number[], strange: readonly number[], most: number): number {
  const points = [
    ...normal.map((score) => ({ score, x: 1 / normal.length, y: 0 })),
    ...strange.map((score) => ({ score, x: 0, y: 1 / strange.length })),
  ].sort((a, b) => b.score - a.score);
  let [x, y, area] = [0, 0, 0];
  for (let i = 0; i < points.length && x < most; ) {
    let [dx, dy] = [0, 0];
    for (const score = points[i]?.score; i < points.length && points[i]?.score === score; i++) {
      dx += points[i]?.x ?? 0;
      dy += points[i]?.y ?? 0;
    }
    const share = dx > 0 ? Math.min(1, (most - x) / dx) : 1;
    area += share * dx * (y + (share * dy) / 2);
    x += dx;
    y += dy;
  }
  return area;
}
