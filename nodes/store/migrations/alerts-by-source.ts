import type { Kysely } from 'kysely';

/** Who looks for past alerts of one source or kind finds them without looking through all others. */
export async function alertsBySource({ schema }: Kysely<unknown>): Promise<void> {
  await schema.createIndex('alert_source').ifNotExists().on('alert').columns(['source', 'id']).execute();
  await schema.createIndex('alert_kind').ifNotExists().on('alert').columns(['kind', 'id']).execute();
}
