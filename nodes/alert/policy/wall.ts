import { alertError } from '../errors.js';

/** What a clock on the wall shows. */
export interface Wall {
  /** Days since 1970-01-01, of the calendar. */
  readonly day: number;
  /** Minutes since the day began, as the clock shows it. */
  readonly minute: number;
}

const dayMs = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** @param zone IANA name; empty: of this machine. @throws PerceptError `alert-time-zone` */
export function checkZone(zone: string): void {
  formatOf(zone);
}

/** @param time ms UTC */
export function wallOf(time: number, zone: string): Wall {
  const shown = shownAt(time, zone);
  const day = Math.floor(shown / dayMs);
  return { day, minute: Math.floor((shown - day * dayMs) / 60_000) };
}

/**
 * The instant at which a clock on the wall shows this. One that it shows twice, as clocks go back, is the first of both; one
 * that it never shows, as clocks go forward, is as long after the leap as it lies in the gap.
 * @param minute may lie outside of its day. @returns ms UTC
 */
export function instantOf({ day, minute }: Wall, zone: string): number {
  const wanted = day * dayMs + minute * 60_000;
  // offsets before and after any leap nearby
  const before = offsetAt(wanted - dayMs, zone);
  const after = offsetAt(wanted + dayMs, zone);
  const fits = [wanted - before, wanted - after].filter((time) => time + offsetAt(time, zone) === wanted);
  return fits.length > 0 ? Math.min(...fits) : wanted - before;
}

/** 0 is Sunday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

function offsetAt(time: number, zone: string): number {
  return shownAt(time, zone) - Math.floor(time / 60_000) * 60_000;
}

/** What the clock shows, to the minute, as if it were UTC; ms. */
function shownAt(time: number, zone: string): number {
  const of: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(time)) of[type] = Number(value);
  return Date.UTC(of['year'] ?? 0, (of['month'] ?? 1) - 1, of['day'], of['hour'], of['minute']);
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = make(zone);
  formats.set(zone, format);
  return format;
}

function make(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      ...(zone ? { timeZone: zone } : {}),
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  } catch (cause) {
    throw alertError('alert-time-zone', { zone }, { cause });
  }
}
