import type { Translate } from '../shared/language.ts';
import type { Level } from '../shared/severity.ts';
import type { SourceHealth } from '../sources/health.ts';
import type { TilesText } from './texts.ts';

/** As the history node answers. */
export interface SourceCounts {
  readonly kind: 'sources';
  readonly total: number;
  readonly counts: Readonly<Record<SourceHealth['state'], number>>;
}

/** The worst there is, in a shape and a few words. */
export function healthOf({ total, counts }: SourceCounts, text: Translate<TilesText>): { level: Level; words: string } {
  const { silent, late, clock } = counts;
  if (total === 0) return { level: 'notice', words: text('noSources') };
  if (silent > 0) return { level: 'critical', words: text('silentCount', { count: silent }) };
  if (late > 0) return { level: 'warning', words: text('lateCount', { count: late }) };
  if (clock > 0) return { level: 'notice', words: text('clockCount', { count: clock }) };
  return { level: 'normal', words: text('allWell') };
}
