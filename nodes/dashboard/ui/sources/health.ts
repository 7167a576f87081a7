import { formatDuration } from '../shared/format.ts';
import type { Translate } from '../shared/language.ts';
import { Rate } from '../shared/rate.ts';
import type { Level } from '../shared/severity.ts';
import type { SourcesText } from './texts.ts';

/** As the history node answers. */
export interface SourceHealth {
  readonly source: string;
  readonly state: 'ok' | 'clock' | 'late' | 'silent';
  readonly lastReceived: number;
  readonly lastTime: number;
  readonly age: number;
  /** Usual ms between arrivals; 0: not known yet. */
  readonly interval: number;
  readonly lag: number;
  /** What makes our time of the source's, ms, where its gateway has measured it. */
  readonly clockOffset?: number | null;
  readonly stored: number;
}

export const levelOf: Readonly<Record<SourceHealth['state'], Level>> = {
  ok: 'normal',
  clock: 'notice',
  late: 'warning',
  silent: 'critical',
};

const wordOf = { ok: 'ok', late: 'late', silent: 'silent_' } as const;

/** Readings a second of each source, by what its count grew between answers. */
export class Rates {
  #bySource = new Map<string, Rate>();

  add(sources: readonly Pick<SourceHealth, 'source' | 'stored'>[], at: number): void {
    // those that are not listed any more are forgotten
    const next = new Map<string, Rate>();
    for (const { source, stored } of sources) {
      const rate = this.#bySource.get(source) ?? new Rate();
      rate.add({ at, total: stored });
      next.set(source, rate);
    }
    this.#bySource = next;
  }

  of(source: string): number | undefined {
    return this.#bySource.get(source)?.perSecond();
  }
}

/** "4/s", "12/min" */
export function rateWords(perSecond: number | undefined, text: Translate<SourcesText>, language: string): string {
  if (perSecond === undefined) return '–';
  const round = (rate: number) => rate.toLocaleString(language, { maximumFractionDigits: rate < 10 ? 1 : 0 });
  return perSecond >= 0.5
    ? text('perSecond', { rate: round(perSecond) })
    : text('perMinute', { rate: round(perSecond * 60) });
}

/** "Clock 2 min ahead" where that is what is wrong. Without a measurement the newest reading tells. */
export function stateWords(
  { state, clockOffset, lag }: SourceHealth,
  text: Translate<SourcesText>,
  language: string,
): string {
  if (state !== 'clock') return text(wordOf[state]);
  const behind = clockOffset ?? lag;
  return text(behind < 0 ? 'clockAhead' : 'clockBehind', { duration: formatDuration(Math.abs(behind), language) });
}

/** What was measured of its clock, for whoever hovers over the lag; nothing where nothing was. */
export function clockWords({ clockOffset }: SourceHealth, text: Translate<SourcesText>, language: string): string {
  if (typeof clockOffset !== 'number') return '';
  const offset = milliseconds(Math.abs(clockOffset), language);
  return text(clockOffset < 0 ? 'clockMeasuredAhead' : 'clockMeasuredBehind', { offset });
}

/** Milliseconds matter in a lag, unlike in an age. */
export function lagOf({ lag }: SourceHealth, language: string): string {
  return milliseconds(lag, language);
}

function milliseconds(ms: number, language: string): string {
  if (Math.abs(ms) >= 1000) return formatDuration(ms, language);
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'millisecond',
    unitDisplay: 'short',
    maximumFractionDigits: 0,
  }).format(ms);
}
