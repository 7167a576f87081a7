import type { Kysely } from 'kysely';
import type { Chunk } from './chunk-size.js';
import type { Database } from './schema.js';

type Db = Kysely<Database>;

/**
 * Alerts that were closed before, with their steps and notices, from an id on. Those that are open, or wait for an answer, stay.
 * @returns undefined where the next ones are too young
 */
export async function oldAlerts(db: Db, after: number, before: number, rows: number): Promise<Chunk | undefined> {
  const page = await db
    .selectFrom('alert')
    .select(['id', 'opened_at', 'closed_at', 'due'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(rows)
    .execute();
  const last = page.at(-1)?.id;
  if (last === undefined || !page.some((row) => row.opened_at < before)) return undefined;
  const old = page.filter(({ closed_at, due }) => closed_at !== null && closed_at < before && due === null);
  const ids = old.map(({ id }) => id);
  return { last, delete: () => deleteAlerts(db, ids) };
}

/** What notify nodes had to send, and is over; one that no channel took too. */
export async function oldNotices(db: Db, after: number, before: number, rows: number): Promise<Chunk | undefined> {
  const page = await db
    .selectFrom('notice_spool')
    .select(['id', 'created_at', 'changed_at', 'due', 'told'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(rows)
    .execute();
  const last = page.at(-1)?.id;
  if (last === undefined || !page.some((row) => row.created_at < before)) return undefined;
  const old = page.filter(({ changed_at, due, told }) => changed_at < before && due === null && told === 1);
  const ids = old.map(({ id }) => id);
  return {
    last,
    delete: async () =>
      ids.length === 0 ? none : await db.deleteFrom('notice_spool').where('id', 'in', ids).executeTakeFirst(),
  };
}

const none = { numDeletedRows: 0n };

async function deleteAlerts(db: Db, ids: readonly number[]): Promise<{ readonly numDeletedRows: bigint }> {
  if (ids.length === 0) return none;
  return await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('alert_step').where('alert_id', 'in', ids).execute();
    await trx.deleteFrom('alert_notice').where('alert_id', 'in', ids).execute();
    return await trx.deleteFrom('alert').where('id', 'in', ids).executeTakeFirst();
  });
}
