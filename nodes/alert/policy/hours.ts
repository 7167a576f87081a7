import { alertError } from '../errors.js';
import { instantOf, wallOf, weekdayOf } from './wall.js';

/** A stretch of the week by the clock on the wall; one that ends before it begins goes over midnight. */
interface Stretch {
  /** On which it begins; 0 is Sunday. */
  readonly days: ReadonlySet<number>;
  /** Minutes since midnight. */
  readonly from: number;
  readonly to: number;
}

export type Hours = readonly Stretch[];

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const everyDay = new Set(dayNames.keys());
/** Stretches that follow one another without a pause are one, for so many days at most. */
const longest = 14;

/** @param text `mon-fri 22:00-07:00, sat-sun 23:00-09:00`; days left out: all. @throws PerceptError `alert-hours` */
export function parseHours(text: string): Hours {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [, days, from, to] = /^(?:([a-z-]+)\s+)?(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})$/i.exec(part) ?? [];
      const stretch = { days: daysOf(days), from: minutesOf(from), to: minutesOf(to) };
      if (!stretch.days || stretch.from === undefined || stretch.to === undefined)
        throw alertError('alert-hours', { part, text });
      return { days: stretch.days, from: stretch.from, to: stretch.to };
    });
}

/** Minutes since midnight of `08:30`. */
export function minutesOf(text: string | undefined): number | undefined {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text ?? '') ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && total <= 24 * 60 ? total : undefined;
}

function daysOf(text: string | undefined): ReadonlySet<number> | undefined {
  if (text === undefined) return everyDay;
  const [first = -1, last = first] = text.split('-').map((name) => dayNames.indexOf(name.slice(0, 3).toLowerCase()));
  if (first < 0 || last < 0 || text.split('-').length > 2) return undefined;
  const count = ((last - first + 7) % 7) + 1;
  return new Set(Array.from({ length: count }, (_, i) => (first + i) % 7));
}

/** When the stretch that this instant lies in is over; undefined outside of all. @param time ms UTC */
export function endOf(hours: Hours, time: number, zone: string): number | undefined {
  let end: number | undefined;
  for (let i = 0; i < longest; i++) {
    const next = endOfOne(hours, end ?? time, zone);
    if (next === undefined) return end;
    end = next;
  }
  return end;
}

function endOfOne(hours: Hours, time: number, zone: string): number | undefined {
  if (hours.length === 0) return undefined;
  const { day: today } = wallOf(time, zone);
  let end: number | undefined;
  // one that goes over midnight began yesterday
  for (const day of [today - 1, today]) {
    for (const { days, from, to } of hours) {
      if (!days.has(weekdayOf(day))) continue;
      const ends = instantOf({ day, minute: to > from ? to : to + 24 * 60 }, zone);
      if (time >= instantOf({ day, minute: from }, zone) && time < ends) end = Math.max(end ?? ends, ends);
    }
  }
  return end;
}
