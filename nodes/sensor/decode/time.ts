import type { DecoderSettings } from './contract.js';
import { toNumber } from './text.js';

export type TimeFormat = DecoderSettings['timeFormat'];

/** Milliseconds in one unit of a numeric time. */
const scales = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 } as const;

/** Outside of these a time is no measurement's: a clock that was never set, or another unit than assumed. */
const earliest = Date.UTC(1990, 0, 1);
const latest = Date.UTC(2200, 0, 1);

const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/**
 * A source's time in ms UTC, exact to the microsecond. Without a stated unit, numbers are told apart by their size
 * (seconds below 1e11, ms below 1e14, µs below 1e17); an ISO 8601 text without a zone is taken as UTC.
 * @returns the time, or the problem in words
 */
export function readTime(value: unknown, format: TimeFormat): number | string {
  const number = format === 'iso' ? undefined : toNumber(value);
  if (number !== undefined) return inRange(number * scales[unitOf(number, format)]);
  if (typeof value !== 'string') return 'it is neither a number nor a text';
  if (format !== 'iso' && format !== 'auto') return 'it is not a number';
  return readIso(value.trim());
}

function unitOf(number: number, format: TimeFormat): keyof typeof scales {
  if (format !== 'auto' && format !== 'iso') return format;
  const size = Math.abs(number);
  if (size < 1e11) return 's';
  if (size < 1e14) return 'ms';
  return size < 1e17 ? 'us' : 'ns';
}

function readIso(text: string): number | string {
  const found = iso.exec(text);
  if (!found) return 'it is not an ISO 8601 date';
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = found;
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const real = new Date(date).getUTCDate() === Number(day) && Number(month) >= 1 && Number(month) <= 12;
  // 60: a leap second
  if (!real || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return 'there is no such date';
  const clock = (Number(hour) * 60 + Number(minute) - offsetMinutes(zone)) * 60_000;
  return inRange(date + clock + Number(second) * 1000 + Number(`0.${fraction || '0'}`) * 1000);
}

function offsetMinutes(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '') || '0');
  return zone.startsWith('-') ? -minutes : minutes;
}

function inRange(ms: number): number | string {
  if (ms >= earliest && ms < latest) return Math.round(ms * 1000) / 1000;
  const shown = Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : 'far beyond any calendar';
  return `it would be ${shown}, which is no time of a measurement`;
}
