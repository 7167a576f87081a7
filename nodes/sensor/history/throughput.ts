import { type Kysely, sql } from 'kysely';
import type { Database } from '../../store/schema.js';
import type { ThroughputAnswer } from './answers.js';

const minute = 60_000;
const minutes = 60;
/** Whole minutes that the mean is taken over. */
const meanOver = 5;

/** How much was taken in during the last hour, from the roll-ups. */
export async function throughputAnswer(db: Kysely<Database>, now: number): Promise<ThroughputAnswer> {
  const end = Math.floor(now / minute) * minute;
  const begin = end - (minutes - 1) * minute;
  const { rows } = await sql<{ start: number; n: number }>`
    select r.start as start, sum(r.count) as n
    from series s cross join rollup r
    where r.series_id = s.id and r.width = ${minute} and r.start >= ${begin} and r.start <= ${end}
    group by r.start`.execute(db);
  const total = await db
    .selectFrom('source')
    .select((eb) => eb.fn.sum<number | null>('stored').as('total'))
    .executeTakeFirst();
  const byStart = new Map(rows.map((row) => [Number(row.start), Number(row.n)]));
  const time = Array.from({ length: minutes }, (_, i) => begin + i * minute);
  const counts = time.map((start) => byStart.get(start) ?? 0);
  const whole = counts.slice(-1 - meanOver, -1);
  const perMinute = whole.reduce((sum, n) => sum + n, 0) / meanOver;
  return { kind: 'throughput', at: now, total: Number(total?.total ?? 0), time, counts, perMinute };
}
