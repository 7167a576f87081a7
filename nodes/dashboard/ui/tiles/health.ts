import type { Translate } from '../shared/language.ts';
import type { Level } from '../shared/severity.ts';
import type { SourceHealth } from '../sources/health.ts';
import type { TilesText } from './texts.ts';

export interface SourcesPayload {
  readonly kind: 'sources';
  /** Worst first, as many as were asked for. */
  readonly sources: readonly Pick<SourceHealth, 'state'>[];
  /** All there are. */
  readonly total?: number;
}

export interface Counts {
  readonly total: number;
  readonly silent: number;
  readonly late: number;
  readonly clock: number;
}

export function countsOf({ sources, total }: SourcesPayload): Counts {
  const count = (state: SourceHealth['state']) => sources.filter((source) => source.state === state).length;
  return { total: total ?? sources.length, silent: count('silent'), late: count('late'), clock: count('clock') };
}

/** The worst there is, in a shape and a few words. */
export function healthOf(counts: Counts, text: Translate<TilesText>): { level: Level; words: string } {
  const { total, silent, late, clock } = counts;
  if (total === 0) return { level: 'notice', words: text('noSources') };
  if (silent > 0) return { level: 'critical', words: text('silentCount', { count: silent }) };
  if (late > 0) return { level: 'warning', words: text('lateCount', { count: late }) };
  if (clock > 0) return { level: 'notice', words: text('clockCount', { count: clock }) };
  return { level: 'normal', words: text('allWell') };
}
