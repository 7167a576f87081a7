import { readTime } from '../decode/time.js';
import { historyError } from './errors.js';

/** ms UTC, both ends included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const units: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 366 * 86_400_000,
};

/**
 * @param ask `from` and `to` in any form that a source may use, or `last`: a length that ends now, or `all`
 * @returns 'all' where only the data says how far it goes
 * @throws PerceptError `history-range`
 */
export function readRange(ask: { from?: unknown; to?: unknown; last?: string }, now: number): Range | 'all' {
  const last = (ask.last ?? '24h').trim();
  const given = (value: unknown) => value !== undefined && value !== null && value !== '';
  const to = given(ask.to) ? readMoment(ask.to, now) : now;
  if (!given(ask.from)) {
    if (last === 'all') return 'all';
    return { from: to - readLength(last), to };
  }
  const from = readMoment(ask.from, now);
  if (from >= to) throw historyError('history-range', { problem: 'it ends before it begins' });
  return { from, to };
}

function readMoment(value: unknown, now: number): number {
  if (value === 'now') return now;
  const time = readTime(value, 'auto');
  if (typeof time === 'string') throw historyError('history-range', { problem: time });
  return time;
}

function readLength(text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*([smhdwy])$/.exec(text);
  const length = Number(found?.[1]) * (units[found?.[2] ?? ''] ?? Number.NaN);
  if (length > 0) return length;
  throw historyError('history-range', { problem: `"${text}" is no length of time` });
}
