import type { Finding } from '../shared/severity.ts';

/** A series column by column: the time of each point (ms UTC) and what lies in it. */
export interface Columns {
  readonly time: number[];
  readonly min: number[];
  readonly max: number[];
  readonly mean: number[];
  readonly last: number[];
}

export interface Series {
  readonly source: string;
  readonly quantity: string;
  unit: string;
  readonly points: Columns;
  /** Readings that the newest point holds, as far as they came live. */
  tail: number;
}

/** What the history node answers. */
export interface Answer {
  readonly kind: 'series';
  readonly from: number;
  readonly to: number;
  /** ms per point; 0 where every reading is a point. */
  readonly width: number;
  readonly series: readonly (Pick<Series, 'source' | 'quantity' | 'unit'> & { readonly points: Columns | Row[] })[];
  /** Series that matched and were left out. */
  readonly leftOut?: number;
  readonly findings?: readonly Finding[];
}

interface Row {
  readonly time: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly last: number;
}

/** As the chart's node batches them. */
export interface LivePoint {
  readonly source: string;
  readonly quantity: string;
  readonly unit: string;
  readonly time: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly count: number;
  readonly last: number;
}

export interface Model {
  readonly width: number;
  readonly series: Map<string, Series>;
}

/** One strip of the chart: a quantity, all of its sources. */
export interface Lane {
  readonly key: string;
  readonly quantity: string;
  readonly unit: string;
  readonly series: readonly Series[];
}

export const emptyModel = (): Model => ({ width: 0, series: new Map() });

export function modelOf(answer: Answer): Model {
  const series = new Map<string, Series>();
  for (const { source, quantity, unit, points } of answer.series) {
    series.set(keyOf(source, quantity), { source, quantity, unit, points: columns(points), tail: 1 });
  }
  return { width: answer.width, series };
}

function columns(points: Columns | Row[]): Columns {
  if (!Array.isArray(points)) {
    const { time, min, max, mean, last } = points;
    return { time: [...time], min: [...min], max: [...max], mean: [...mean], last: [...last] };
  }
  const pick = (name: keyof Row): number[] => points.map((row) => row[name]);
  return { time: pick('time'), min: pick('min'), max: pick('max'), mean: pick('mean'), last: pick('last') };
}

const keyOf = (source: string, quantity: string): string => `${source}\n${quantity}`;

/**
 * Adds what came live, into the newest point while its stretch lasts. A repeat or a straggler changes nothing.
 * @returns how many stragglers there were
 */
export function append(model: Model, live: readonly LivePoint[]): number {
  let stragglers = 0;
  for (const point of live) {
    const key = keyOf(point.source, point.quantity);
    const series = model.series.get(key) ?? newSeries(point);
    model.series.set(key, series);
    series.unit = point.unit || series.unit;
    const newest = series.points.time.at(-1) ?? 0;
    if (stretch(point.time, model.width) < newest) stragglers++;
    else if (!joinNewest(series, point, model.width)) addPoint(series, point, model.width);
  }
  return stragglers;
}

function newSeries({ source, quantity, unit }: LivePoint): Series {
  return { source, quantity, unit, points: { time: [], min: [], max: [], mean: [], last: [] }, tail: 0 };
}

function joinNewest(series: Series, point: LivePoint, width: number): boolean {
  const { time, min, max, mean, last } = series.points;
  const at = time.length - 1;
  const newest = time[at];
  if (newest === undefined || stretch(point.time, width) > newest) return false;
  if (width === 0) return true;
  min[at] = Math.min(min[at] ?? point.min, point.min);
  max[at] = Math.max(max[at] ?? point.max, point.max);
  const count = series.tail + point.count;
  mean[at] = ((mean[at] ?? 0) * series.tail + point.sum) / count;
  last[at] = point.last;
  series.tail = count;
  return true;
}

function addPoint(series: Series, point: LivePoint, width: number): void {
  const { time, min, max, mean, last } = series.points;
  time.push(stretch(point.time, width));
  min.push(point.min);
  max.push(point.max);
  mean.push(point.sum / point.count);
  last.push(point.last);
  series.tail = point.count;
}

const stretch = (time: number, width: number): number => (width > 0 ? Math.floor(time / width) * width : time);

/** Forgets what a rolling chart no longer shows; in large steps, as a shift of the arrays costs. */
export function forgetBefore(model: Model, from: number): void {
  for (const [key, { points }] of model.series) {
    const old = points.time.findIndex((time) => time >= from);
    const count = old === -1 ? points.time.length : old;
    if (count === points.time.length) model.series.delete(key);
    else if (count > 200) for (const column of Object.values(points)) (column as number[]).splice(0, count - 1);
  }
}

/** A strip per quantity, by name but for those that come first; a quantity measured in two units gets two. */
export function lanesOf(model: Model, first: readonly string[] = []): Lane[] {
  const rank = (quantity: string): number => (first.includes(quantity) ? first.indexOf(quantity) : first.length);
  const lanes = new Map<string, Series[]>();
  for (const series of model.series.values()) {
    const key = `${series.quantity}\n${series.unit}`;
    lanes.set(key, [...(lanes.get(key) ?? []), series]);
  }
  return [...lanes.entries()]
    .map(([key, series]) => ({
      key,
      quantity: series[0]?.quantity ?? '',
      unit: series[0]?.unit ?? '',
      series: series.sort((a, b) => byName(a.source, b.source)),
    }))
    .sort((a, b) => rank(a.quantity) - rank(b.quantity) || byName(a.quantity, b.quantity));
}

/** `pump-2` before `pump-10`. */
export const byName = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

export function sourcesOf(model: Model): string[] {
  return [...new Set([...model.series.values()].map(({ source }) => source))].sort(byName);
}

/** Index of the point at or before `time`, if it is near enough to speak for that moment; -1 otherwise. */
export function pointAt(points: Columns, time: number, reach: number): number {
  let low = 0;
  let high = points.time.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points.time[middle] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  const at = low - 1;
  return at >= 0 && time - (points.time[at] ?? 0) <= reach ? at : -1;
}
