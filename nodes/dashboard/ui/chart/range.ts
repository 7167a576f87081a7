const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Lengths that end now and move with the clock. */
export const spans = { '15m': 15 * minute, '1h': hour, '1d': day, '1w': 7 * day, '1y': 365 * day } as const;
export type Span = keyof typeof spans;
export const spanNames = Object.keys(spans) as Span[];

/** Either a span that ends now, or two fixed moments (ms UTC). */
export type Range = { readonly span: Span } | { readonly from: number; readonly to: number };

export function windowOf(range: Range, now: number): { from: number; to: number } {
  return 'span' in range ? { from: now - spans[range.span], to: now } : range;
}

export function asSpan(name: unknown): Span {
  return spanNames.find((span) => span === name) ?? '15m';
}

/** What the widget sends for the history node. */
export interface Query {
  readonly kind: 'series';
  readonly from: number;
  readonly to: number;
  /** Of all series together: enough for a wide screen. */
  readonly points: number;
  readonly sources?: readonly string[];
  readonly quantities?: readonly string[];
}

export function queryOf(range: Range, now: number, sources: readonly string[], quantities: readonly string[]): Query {
  return {
    kind: 'series',
    ...windowOf(range, now),
    points: 8000,
    ...(sources.length > 0 && { sources }),
    ...(quantities.length > 0 && { quantities }),
  };
}

/** `pump-1, pump-2` → two names. */
export function namesIn(list: unknown): string[] {
  return String(list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

/** For an `<input type="datetime-local">`, which thinks in local time. */
export function toLocalInput(time: number): string {
  const local = new Date(time - new Date(time).getTimezoneOffset() * minute);
  return local.toISOString().slice(0, 16);
}
