import type { Kysely, Selectable } from 'kysely';
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

const badness: Record<SourceState, number> = { silent: 3, late: 2, clock: 1, ok: 0 };

/** How every source is doing at `now`. */
export async function sourcesAnswer(
  db: Kysely<Database>,
  ask: { readonly sources: Patterns; readonly limit: number },
  now: number,
): Promise<SourcesAnswer> {
  const sources = matcher(ask.sources);
  const rows = await db
    .selectFrom('source')
    .selectAll()
    .where((eb) => sources.where(eb, 'source'))
    .orderBy('source')
    .execute();
  const health = rows.filter((row) => sources.test(row.source)).map((row) => healthOf(row, now));
  health.sort((a, b) => badness[b.state] - badness[a.state] || a.source.localeCompare(b.source));
  return { kind: 'sources', at: now, sources: health.slice(0, ask.limit) };
}

export function healthOf(row: Selectable<SourceTable>, now: number): SourceHealth {
  const age = Math.max(0, now - row.last_received);
  return {
    source: row.source,
    state: stateOf(row, age),
    firstReceived: row.first_received,
    lastReceived: row.last_received,
    lastTime: row.last_time,
    age,
    interval: row.interval,
    lag: row.lag,
    clock: row.clock,
    stored: Number(row.stored),
  };
}

function stateOf({ interval, clock }: Selectable<SourceTable>, age: number): SourceState {
  const usual = interval || unknownInterval;
  if (age > Math.max(usual * silentAfter, leastSilent)) return 'silent';
  if (age > Math.max(usual * lateAfter, leastLate)) return 'late';
  return clock === 'ahead' || clock === 'behind' ? 'clock' : 'ok';
}
