import type { Clock, Finding } from '../../kit/index.js';
import type { AlertAnswer } from './alert-timeline.js';
import type { AlertsAnswer } from './alerts.js';
import type { SilencesAnswer } from './silences.js';

/** One entry per point in each array; all of the same length, times ascending. */
export interface Points {
  /** ms UTC: of the reading itself, or the start of its bucket when `width` isn't 0. */
  readonly time: number[];
  readonly min: number[];
  readonly max: number[];
  readonly mean: number[];
  readonly last: number[];
}

export interface ChartSeries {
  readonly source: string;
  readonly quantity: string;
  readonly unit: string;
  readonly points: Points;
}

export type StoredFinding = Finding & { readonly id: number };

/** Ready to be drawn: all series together have at most some 2,000 points, however long the range. */
export interface SeriesAnswer {
  readonly kind: 'series';
  /** ms UTC, what was asked for. */
  readonly from: number;
  readonly to: number;
  /** ms per bucket; 0: every point is a reading as it was stored, and min, max, mean and last are its value. */
  readonly width: number;
  readonly series: ChartSeries[];
  /** How many more series matched than are drawn. */
  readonly leftOut: number;
  /** Those that touch the range and concern what is drawn, oldest first. */
  readonly findings: StoredFinding[];
}

/** `late` after 3 usual distances between arrivals, `silent` after 10; `clock`: it arrives, but its clock is off. */
export type SourceState = 'ok' | 'clock' | 'late' | 'silent';

export interface SourceHealth {
  readonly source: string;
  readonly state: SourceState;
  /** ms UTC */
  readonly firstReceived: number;
  readonly lastReceived: number;
  /** Newest measured time, ms UTC. */
  readonly lastTime: number;
  /** ms since the last arrival. */
  readonly age: number;
  /** Usual ms between arrivals; 0: not known yet. */
  readonly interval: number;
  /** ms from measuring to arrival, of the newest. */
  readonly lag: number;
  readonly clock: Clock;
  /** What is to be added to its times to get ours, ms, as its gateway has measured it; null: nobody has. */
  readonly clockOffset: number | null;
  /** Readings and recordings so far. */
  readonly stored: number;
}

export interface SourcesAnswer {
  readonly kind: 'sources';
  readonly at: number;
  /** All that match, also those beyond the limit. */
  readonly total: number;
  readonly counts: Readonly<Record<SourceState, number>>;
  /** Worst first. */
  readonly sources: SourceHealth[];
}

export interface FindingsAnswer {
  readonly kind: 'findings';
  readonly from: number;
  readonly to: number;
  /** Newest first. */
  readonly findings: StoredFinding[];
}

export interface DeadLetter {
  readonly id: number;
  /** Id of the node that refused it. */
  readonly node: string;
  readonly topic: string;
  readonly code: string;
  readonly reason: string;
  readonly receivedAt: number;
  readonly bytes: number;
  /** Its beginning, as text or, where it is none, as hexadecimal digits. */
  readonly preview: string;
}

export interface LettersAnswer {
  readonly kind: 'letters';
  /** All there are. */
  readonly total: number;
  /** Newest first. */
  readonly letters: DeadLetter[];
}

export interface ThroughputAnswer {
  readonly kind: 'throughput';
  readonly at: number;
  /** Readings and recordings stored so far. */
  readonly total: number;
  /** Readings per minute by the time they were measured, oldest first: `counts[i]` belongs to `time[i]`, ms UTC. */
  readonly time: number[];
  readonly counts: number[];
  /** Mean of the last five whole minutes. */
  readonly perMinute: number;
}

export type Answer =
  | SeriesAnswer
  | SourcesAnswer
  | FindingsAnswer
  | AlertsAnswer
  | AlertAnswer
  | SilencesAnswer
  | LettersAnswer
  | ThroughputAnswer;
