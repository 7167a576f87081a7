import type { Kysely } from 'kysely';
import type { Database } from '../../store/schema.js';
import { matcher, type Patterns } from './matching.js';

/** One row of the series table. */
export interface Series {
  readonly id: number;
  readonly source: string;
  readonly quantity: string;
  readonly unit: string;
}

const maxCandidates = 5000;

export async function matchingSeries(
  db: Kysely<Database>,
  ask: { readonly sources: Patterns; readonly quantities: Patterns },
): Promise<Series[]> {
  const sources = matcher(ask.sources);
  const quantities = matcher(ask.quantities);
  const rows = await db
    .selectFrom('series')
    .select(['id', 'source', 'quantity', 'unit'])
    .where((eb) => eb.and([sources.where(eb, 'source'), quantities.where(eb, 'quantity')]))
    .orderBy('source')
    .orderBy('quantity')
    .limit(maxCandidates)
    .execute();
  return rows.filter((row) => sources.test(row.source) && quantities.test(row.quantity));
}
