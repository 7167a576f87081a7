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
  readonly stored: number;
}

export const levelOf: Readonly<Record<SourceHealth['state'], Level>> = {
  ok: 'normal',
  clock: 'notice',
  late: 'warning',
  silent: 'critical',
};

export const wordOf = { ok: 'ok', clock: 'clock', late: 'late', silent: 'silent_' } as const;

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

/** Milliseconds matter in a lag, unlike in an age. */
export function lagOf({ lag }: SourceHealth, language: string): string {
  if (Math.abs(lag) >= 1000) return formatDuration(lag, language);
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'millisecond',
    unitDisplay: 'short',
    maximumFractionDigits: 0,
  }).format(lag);
}
