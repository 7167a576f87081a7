import type { Trail } from './model.ts';

/** ms; a longer pause is a gap. */
const gap = 20_000;
/** Times the threshold that there is room for at least. */
const leastTop = 4;

export interface ScoreCurve {
  /** SVG path in a box of 100 by 100, time from left to right. */
  readonly path: string;
  /** Where the score is over the threshold, as an area. */
  readonly over: string;
}

/**
 * The score in thresholds: the threshold lies in the middle, what is below it is drawn evenly, what is above it by its
 * logarithm, so that both a rattle and a wreck can be read.
 * @param window ms UTC
 */
export function scoreCurve({ time, score, threshold }: Trail, window: { from: number; to: number }): ScoreCurve {
  const ratios = score.map((value, at) => Math.max(0, value / Math.max(1e-9, threshold[at] ?? 1)));
  const top = Math.max(leastTop, ...ratios);
  const points = time.map((moment, at) => ({
    moment,
    x: (100 * (moment - window.from)) / (window.to - window.from),
    y: heightOf(ratios[at] as number, top),
  }));
  const runs: (typeof points)[] = [];
  for (const point of points) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run && last && point.moment - last.moment <= gap) run.push(point);
    else runs.push([point]);
  }
  const line = (run: typeof points): string => run.map(({ x, y }) => `${x.toFixed(2)},${y.toFixed(2)}`).join('L');
  const area = (run: typeof points): string => {
    const clipped = run.map((point) => ({ ...point, y: Math.min(50, point.y) }));
    return `M${(run[0]?.x ?? 0).toFixed(2)},50L${line(clipped)}L${(run.at(-1)?.x ?? 0).toFixed(2)},50Z`;
  };
  const long = runs.filter((run) => run.length > 1);
  return { path: long.map((run) => `M${line(run)}`).join(''), over: long.map(area).join('') };
}

/** From the top of the box. */
function heightOf(ratio: number, top: number): number {
  return ratio <= 1 ? 100 - 50 * ratio : 50 - (50 * Math.log(ratio)) / Math.log(top);
}

/** A falling loss by its logarithm, for a box of 100 by 100. @param least,most of all curves that share the box */
export function lossCurve(loss: readonly number[], least: number, most: number): string {
  if (loss.length < 2) return '';
  const log = (value: number): number => Math.log(Math.max(1e-12, value));
  const range = Math.max(1e-9, log(most) - log(least));
  const points = loss.map((value, at) => {
    const x = (100 * at) / (loss.length - 1);
    return `${x.toFixed(2)},${(96 - (92 * (log(value) - log(least))) / range).toFixed(2)}`;
  });
  return `M${points.join('L')}`;
}
