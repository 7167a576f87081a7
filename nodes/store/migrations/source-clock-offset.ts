import type { Kysely } from 'kysely';
import type { Kind } from './index.js';

/** How far off a source's clock is, where its gateway has measured it. */
export async function sourceClockOffset(db: Kysely<unknown>, kind: Kind): Promise<void> {
  await db.schema
    .alterTable('source')
    .addColumn('clock_offset', kind === 'postgres' ? 'double precision' : 'real')
    .execute();
}
