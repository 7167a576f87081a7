import type { Kysely } from 'kysely';
import type { Kind } from './index.js';

/** What a finding's values were compared with. Findings from before have none. */
export async function findingExpected(db: Kysely<unknown>, _kind: Kind): Promise<void> {
  await db.schema
    .alterTable('finding')
    .addColumn('expected', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
}
