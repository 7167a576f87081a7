import { type Columns, Minute } from '../shared/minute.ts';
import type { Finding } from '../shared/severity.ts';

/** As `msg.anomaly` says. */
export interface Anomaly {
  readonly time: number;
  readonly state: 'unknown' | 'learning' | 'normal' | 'strange' | 'silent';
  readonly score?: number;
  readonly threshold?: number;
  readonly learning?: number;
  readonly condition?: string;
  readonly sure?: number;
}

export interface Version {
  readonly version: string;
  readonly kind: string;
  readonly madeAt: number;
  readonly live: boolean;
  readonly scores: Readonly<Record<string, number>>;
  readonly seconds?: number;
}

/** As `msg.learning` says. */
export interface Learning {
  readonly kind: string;
  readonly state: string;
  readonly progress: number;
  readonly epoch?: number;
  readonly epochs?: number;
  readonly loss?: readonly number[];
  readonly validation?: readonly number[];
  readonly reason?: string;
  readonly versions: readonly Version[];
}

/** Lists of the same length, times ascending. */
export interface Trail {
  readonly time: readonly number[];
  readonly score: readonly number[];
  readonly threshold: readonly number[];
}

/** All of a machine, or what changed. */
export interface CardNews {
  readonly source: string;
  readonly anomaly?: Anomaly;
  readonly heardAt?: number;
  readonly stateAt?: number;
  readonly findings?: readonly Finding[];
  readonly learning?: Learning;
  readonly trail: Trail;
  readonly strip?: Columns;
}

export interface Machine extends Omit<CardNews, 'strip' | 'findings'> {
  readonly findings: readonly Finding[];
  readonly minute: Minute;
}

/** As many as the widget's node keeps. */
const mostPoints = 450;
const pointEvery = 2000;

/** ms */
export interface Clock {
  /** By this browser. */
  readonly now: number;
  /** By which the box's clock is ahead of it. */
  readonly ahead: number;
}

/** @param whole what is there now is all there is */
export function withNews(
  machines: readonly Machine[],
  news: readonly CardNews[],
  whole: boolean,
  { now, ahead }: Clock,
): Machine[] {
  const all = new Map(whole ? [] : machines.map((machine) => [machine.source, machine]));
  for (const { strip, ...told } of news) {
    const before = all.get(told.source);
    const minute = before?.minute ?? new Minute();
    // a picture of a machine that is silent now stands where it stood
    if (strip) minute.put(strip, whole && told.heardAt ? Math.min(now, told.heardAt - ahead) : now);
    const trail = joined(before?.trail, told.trail);
    all.set(told.source, { findings: [], ...before, ...told, minute, trail });
  }
  return [...all.values()].sort((a, b) => a.source.localeCompare(b.source, 'en', { numeric: true }));
}

/** The last point may come again, grown. */
function joined(before: Trail | undefined, fresh: Trail): Trail {
  const [first] = fresh.time;
  if (!before || first === undefined) return before ?? fresh;
  const from = Math.floor(first / pointEvery) * pointEvery;
  // a recording that begins anew is another time
  const kept = first < (before.time[0] ?? first) ? 0 : before.time.filter((time) => time < from).length;
  const list = (key: keyof Trail): number[] => [...before[key].slice(0, kept), ...fresh[key]].slice(-mostPoints);
  return { time: list('time'), score: list('score'), threshold: list('threshold') };
}
