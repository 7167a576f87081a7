/** Decimals that show three to four figures of the largest value, the same for all of a column. */
export function decimalsFor(largest: number): number {
  const size = Math.abs(largest);
  if (!Number.isFinite(size) || size === 0) return 1;
  return Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(size))));
}

export function formatValue(value: number | null | undefined, decimals: number, language: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return value.toLocaleString(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

export function formatCount(count: number, language: string): string {
  return Math.round(count).toLocaleString(language);
}

/** Short where it is wide: 1.2M, 340K. */
export function formatCompact(count: number, language: string): string {
  if (count < 100_000) return formatCount(count, language);
  return new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 }).format(count);
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** "3 min", "1 day": one figure, the largest unit that fits. @param ms a length of time */
export function formatDuration(ms: number, language: string): string {
  const [unit, size] = units.find(([, length]) => Math.abs(ms) >= length) ?? ['second', 1000];
  const count = ms / size;
  const digits = unit === 'second' && Math.abs(count) < 10 ? 1 : 0;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(count);
}

const day: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric' };
const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };

/** Local, with the date unless it is today's. */
export function formatTime(time: number, language: string, now = Date.now()): string {
  const sameDay = new Date(time).toDateString() === new Date(now).toDateString();
  return new Date(time).toLocaleString(language, sameDay ? clock : { ...day, ...clock });
}

/** For hover and for logs of the reader: "2026-11-20 22:41:07 UTC". */
export function formatUtc(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Labels of a time axis. @param step distance between two labels, ms */
export function axisLabels(times: readonly number[], step: number, language: string): string[] {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(language, options);
    return (time: number) => formatter.format(time);
  };
  const seconds = format(clock);
  const minutes = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const days = format(day);
  const months = format({ month: 'short', year: 'numeric' });
  return times.map((time) => {
    if (step >= 27 * 86_400_000) return months(time);
    if (step >= 86_400_000 || new Date(time).getHours() + new Date(time).getMinutes() === 0) return days(time);
    return step < 60_000 ? seconds(time) : minutes(time);
  });
}
