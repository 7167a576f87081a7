import type { Columns, Series } from './model.ts';

type Cell = number | null | undefined;

/** One time column for all series of a strip, then mean, min and max of each. null is a gap, undefined "nothing here, draw on". */
export interface Aligned {
  readonly columns: [number[], ...Cell[][]];
  /** Per series, points without a neighbour: a line would not show them. */
  readonly lone: readonly number[][];
}

export function align(series: readonly Series[], width: number): Aligned {
  const gapped = series.map(({ points }) => withGaps(points, width));
  const times = [...new Set(gapped.flatMap(({ time }) => time))].sort((a, b) => a - b);
  const place = new Map(times.map((time, at) => [time, at]));
  const columns: Cell[][] = [];
  const lone: number[][] = [];
  for (const { time, mean, min, max } of gapped) {
    for (const column of [mean, min, max]) {
      const cells = new Array<Cell>(times.length).fill(undefined);
      time.forEach((moment, at) => {
        cells[place.get(moment) ?? 0] = column[at];
      });
      columns.push(widenGaps(cells));
    }
    lone.push(loneOf(mean).map((at) => place.get(time[at] ?? 0) ?? 0));
  }
  return { columns: [times, ...columns], lone };
}

/** A gap reaches to the series' next point, also where other series have points in between. */
function widenGaps(cells: Cell[]): Cell[] {
  for (let at = 1; at < cells.length; at++) if (cells[at] === undefined && cells[at - 1] === null) cells[at] = null;
  return cells;
}

interface Gapped {
  readonly time: number[];
  readonly mean: Cell[];
  readonly min: Cell[];
  readonly max: Cell[];
}

function withGaps(points: Columns, width: number): Gapped {
  const reach = gapFrom(points.time, width);
  const result: Gapped = { time: [], mean: [], min: [], max: [] };
  points.time.forEach((time, at) => {
    const before = points.time[at - 1];
    if (before !== undefined && time - before > reach) push(result, before + 1, null, null, null);
    push(result, time, points.mean[at], points.min[at], points.max[at]);
  });
  return result;
}

function push(to: Gapped, time: number, mean: Cell, min: Cell, max: Cell): void {
  to.time.push(time);
  to.mean.push(mean);
  to.min.push(min);
  to.max.push(max);
}

/** From what distance on two points have a gap between them: four times the usual distance. */
export function gapFrom(times: readonly number[], width: number): number {
  const step = Math.max(1, Math.floor(times.length / 100));
  const distances: number[] = [];
  for (let at = step; at < times.length; at += step) distances.push((times[at] ?? 0) - (times[at - 1] ?? 0));
  distances.sort((a, b) => a - b);
  return 4 * Math.max(width, distances[distances.length >> 1] ?? 0, 500);
}

function loneOf(column: readonly Cell[]): number[] {
  const found: number[] = [];
  column.forEach((cell, at) => {
    const alone = (column[at - 1] ?? null) === null && (column[at + 1] ?? null) === null;
    if (cell !== null && alone) found.push(at);
  });
  return found;
}
