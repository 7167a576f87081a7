import type { Severity } from '../../kit/index.js';

export interface DetectorOptions {
  /** What the values of a row are called, in their order. */
  readonly channels: readonly string[];
  /** How many false alarms a week of rows may give, for all channels together; default 1. */
  readonly falseAlarmsPerWeek?: number;
  /** Rows that are learnt from before anything is said; default 300. */
  readonly warmUp?: number;
  /** Physical limits, by channel: what lies beyond can't have been measured. */
  readonly ranges?: Readonly<Record<string, { readonly low?: number; readonly high?: number }>>;
}

export interface Row {
  /** UTC epoch milliseconds; has to rise from row to row. */
  readonly time: number;
  /** In the order of the channels; what is not a finite number was not measured. */
  readonly values: readonly number[];
  /** Known maintenance: neither judged nor learnt from. */
  readonly excluded?: boolean;
}

export const kinds = ['outlier', 'stuck', 'silent', 'quantised', 'drift', 'range'] as const;
export type Kind = (typeof kinds)[number];

/** What a row was compared with. */
export const comparisons = [
  /** what this time of the day is usually like */
  'time-of-day',
  /** what these three hours of the day are usually like, by their mean */
  'part-of-day',
  /** the row before */
  'row-before',
  /** stretches of the past, of 8, 32, 128 and 512 rows */
  'stretches-8',
  'stretches-32',
  'stretches-128',
  'stretches-512',
  /** the middle of all values */
  'middle',
  /** how lively the channel usually is */
  'activity',
  /** the level of the last few hundred rows */
  'level',
  /** how the channels usually move together */
  'channels',
  /** the physical limits that were given */
  'limits',
  /** how long a value usually stays, or a row is usually awaited */
  'pauses',
  /** how finely the channel usually resolves */
  'resolution',
] as const;
export type Comparison = (typeof comparisons)[number];

/** A finding in numbers; `reasonsOf` says it in words. */
export interface SensorFinding {
  readonly kind: Kind;
  /** Empty when it concerns the whole source; the one that stands out most where several do. */
  readonly channel: string;
  /** The others that stand out with it: one cause is one finding. */
  readonly others: readonly string[];
  readonly score: number;
  readonly threshold: number;
  readonly severity: Severity;
  /** How far, in times of the usual distance (outlier, drift), else in the unit of `expected`. */
  readonly amount: number;
  /** What was seen: a value; for stuck and silent a duration in ms, for quantised a number of different values. */
  readonly seen: number;
  /** What would have been usual, in the unit of `seen`. */
  readonly expected: Band;
  readonly compared: Comparison;
  /** UTC epoch milliseconds */
  readonly since: number;
  /** Absent while it lasts. */
  readonly until?: number;
}

export interface Band {
  readonly low: number;
  readonly high: number;
}

export interface ChannelVerdict {
  /** Evidence that the channel's row is unusual, in decades: higher is rarer. 0 while it can't be told. */
  readonly score: number;
  /** Infinite while warming up. */
  readonly threshold: number;
  /** Where nearly all rows would lie; undefined while it can't be told. */
  readonly expected: Band | undefined;
}

/**
 * `warming-up`: learning, nothing is said yet. `watching`: all is usual. `finding`: something unusual lasts.
 * `excluded`: maintenance. `ignored`: the row is older than the one before, repeats its time, or has none.
 */
export type State = 'warming-up' | 'watching' | 'finding' | 'excluded' | 'ignored';

export interface Verdict {
  readonly state: State;
  /** Those of the channel that stands out most. */
  readonly score: number;
  readonly threshold: number;
  readonly channels: readonly ChannelVerdict[];
  /** What began with this row, and what ended (with `until`). */
  readonly findings: readonly SensorFinding[];
}

/** What feedback needs to know of a finding; one that was stored and read again will do. */
export interface FindingLike {
  readonly kind: Kind;
  /** Empty when it concerned the whole source. */
  readonly channel: string;
  readonly score: number;
  readonly threshold: number;
  /** Unknown: what the detector itself remembers of the episode has to do. */
  readonly compared?: Comparison;
}
