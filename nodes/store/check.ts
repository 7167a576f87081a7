import { type Kysely, sql } from 'kysely';
import { checkAudit } from './audit.js';
import type { Problem } from './handle.js';
import { type Database, rollupWidths } from './schema.js';

const sampled = 500;

interface Difference {
  series_id: number;
  start: number;
  count: number;
  found: number;
}

/** Whether what is derived fits what it is derived from. */
export async function checkContents(db: Kysely<Database>): Promise<Problem[]> {
  return [...(await checkRollups(db)), ...(await checkAuditLog(db))];
}

/**
 * Compares the newest stretches with the readings they sum up. Stretches that retention may have taken readings from are
 * left out: all that began before the oldest row that is still there arrived.
 */
async function checkRollups(db: Kysely<Database>): Promise<Problem[]> {
  const oldest = await db.selectFrom('reading').select(['id', 'received_at']).orderBy('id').limit(1).executeTakeFirst();
  if (!oldest) return [];
  const since = oldest.id === 1 ? Number.MIN_SAFE_INTEGER : oldest.received_at;
  const { rows } = await sql<Difference>`
    select a.series_id, a.start, a.count, count(r.id) as found
    from (
      select * from rollup where width = ${rollupWidths[0]} and start >= ${since} order by start desc limit ${sampled}
    ) a
    left join reading r on r.series_id = a.series_id and r.time >= a.start and r.time < a.start + a.width
    group by a.series_id, a.start, a.count, a.min, a.max
    having count(r.id) <> a.count or min(r.value) <> a.min or max(r.value) <> a.max
  `.execute(db);
  return rows.map(({ series_id: series, start, count, found }) => ({
    table: 'rollup',
    detail: `series ${series}, minute ${new Date(start).toISOString()}: sums up ${count} readings, ${found} are stored`,
  }));
}

/** Who did what must read as it was written. */
async function checkAuditLog(db: Kysely<Database>): Promise<Problem[]> {
  const { broken } = await checkAudit(db);
  return broken === undefined
    ? []
    : [
        {
          table: 'audit',
          detail: `row ${broken} does not follow from the one before: something was changed or taken out`,
        },
      ];
}
