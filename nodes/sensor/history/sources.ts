import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import type { Database, SourceTable } from '../../store/schema.js';
import type { SourceHealth, SourceState, SourcesAnswer } from './answers.js';
import { matcher, type Patterns } from './matching.js';

/** In usual distances between arrivals. */
const lateAfter = 3;
const silentAfter = 10;
/** ms; a source that sends many times a second may pause for a network's hiccup. */
const leastLate = 10_000;
const leastSilent = 60_000;
/** ms; what is expected of a source that has been heard of only once. */
const unknownInterval = 60_000;

const states = ['ok', 'clock', 'late', 'silent'] as const satisfies readonly SourceState[];

/** How every source is doing at `now`. States are found by the database, so that thousands of sources cost no more here. */
export async function sourcesAnswer(
  db: Kysely<Database>,
  ask: { readonly sources: Patterns; readonly limit: number },
  now: number,
): Promise<SourcesAnswer> {
  const sources = matcher(ask.sources);
  const matching = db
    .selectFrom('source')
    .where((eb) => sources.where(eb, 'source'))
    .select(badness(now).as('badness'));
  const rows = await matching.selectAll().orderBy('badness', 'desc').orderBy('source').limit(ask.limit).execute();
  const groups = await matching
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .groupBy('badness')
    .execute();
  const counts = { ok: 0, clock: 0, late: 0, silent: 0 };
  for (const { badness: bad, n } of groups) counts[stateOf(bad)] += Number(n);
  const found = rows.filter((row) => sources.test(row.source)).map((row) => healthOf(row, row.badness, now));
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return { kind: 'sources', at: now, total, counts, sources: found };
}

/** Index into `states`. */
function badness(now: number): RawBuilder<number> {
  const age = sql`(${now} - last_received)`;
  const usual = sql`coalesce(nullif("interval", 0), ${unknownInterval})`;
  return sql<number>`case
    when ${age} > ${leastSilent} and ${age} > ${silentAfter} * ${usual} then 3
    when ${age} > ${leastLate} and ${age} > ${lateAfter} * ${usual} then 2
    when clock in ('ahead', 'behind') then 1
    else 0 end`;
}

function stateOf(bad: number): SourceState {
  return states[bad] ?? 'ok';
}

function healthOf(row: Selectable<SourceTable>, bad: number, now: number): SourceHealth {
  return {
    source: row.source,
    state: stateOf(bad),
    firstReceived: row.first_received,
    lastReceived: row.last_received,
    lastTime: row.last_time,
    age: Math.max(0, now - row.last_received),
    interval: row.interval,
    lag: row.lag,
    clock: row.clock,
    clockOffset: row.clock_offset,
    stored: Number(row.stored),
  };
}
