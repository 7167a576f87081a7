import type { Kysely } from 'kysely';
import type { Database } from '../../store/schema.js';

/** What nobody is told of for a while; empty patterns match everything. */
export interface StoredSilence {
  readonly id: number;
  readonly policy: string;
  readonly key: string;
  readonly kind: string;
  readonly source: string;
  readonly zone: string;
  /** Who asked for it, and why. */
  readonly author: string;
  readonly reason: string;
  /** ms UTC */
  readonly from: number;
  readonly until: number;
}

export interface SilencesAnswer {
  readonly kind: 'silences';
  readonly at: number;
  /** Those that hold now; what ends first stands first. */
  readonly silences: StoredSilence[];
}

export async function silencesAnswer(db: Kysely<Database>, limit: number, now: number): Promise<SilencesAnswer> {
  const rows = await db
    .selectFrom('alert_silence')
    .select(['id', 'policy', 'key', 'kind', 'source', 'zone', 'author', 'reason', 'from_at', 'until_at'])
    .where('ended_at', 'is', null)
    .where('until_at', '>', now)
    .orderBy('until_at')
    .limit(limit)
    .execute();
  const silences = rows.map(({ from_at: from, until_at: until, ...rest }) => ({ ...rest, from, until }));
  return { kind: 'silences', at: now, silences };
}
