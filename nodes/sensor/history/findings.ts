import type { Kysely } from 'kysely';
import { findingOf } from '../../store/finding.js';
import type { Database } from '../../store/schema.js';
import type { StoredFinding } from './answers.js';
import { matcher, type Patterns } from './matching.js';
import type { Range } from './range.js';

export interface FindingsAsk {
  readonly range: Range | 'all';
  readonly sources: Patterns;
  /** A finding of the whole source concerns each of its quantities. */
  readonly quantities: Patterns;
  readonly limit: number;
  readonly newestFirst: boolean;
}

/** Findings that touch the range: those that began in it, end in it, or last. When there are too many, the newest. */
export async function findingsIn(db: Kysely<Database>, ask: FindingsAsk): Promise<StoredFinding[]> {
  const sources = matcher(ask.sources);
  const quantities = matcher(ask.quantities);
  let query = db
    .selectFrom('finding')
    .selectAll()
    .where((eb) =>
      eb.and([sources.where(eb, 'source'), eb.or([eb('quantity', '=', ''), quantities.where(eb, 'quantity')])]),
    )
    .orderBy('since', 'desc')
    .orderBy('id', 'desc')
    .limit(ask.limit);
  const { range } = ask;
  if (range !== 'all') {
    query = query
      .where('since', '<=', range.to)
      .where((eb) => eb.or([eb('since', '>=', range.from), eb('until', '>=', range.from), eb('until', 'is', null)]));
  }
  const found = (await query.execute())
    .filter((row) => sources.test(row.source) && (row.quantity === '' || quantities.test(row.quantity)))
    .map(findingOf);
  return ask.newestFirst ? found : found.reverse();
}
