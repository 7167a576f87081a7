import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely, Selectable } from 'kysely';
import { type PerceptError, toPerceptError } from '../kit/index.js';
import { type Chunk, ChunkSize } from './chunk-size.js';
import type { Retention } from './handle.js';
import { oldAlerts, oldNotices } from './retention-alerts.js';
import { daysOf } from './retention-rules.js';
import { type Database, rollupWidths } from './schema.js';

export interface RetentionJob {
  readonly retention: Retention;
  readonly signal: AbortSignal;
  readonly onRecordingsExpired?: (keys: readonly string[]) => Promise<readonly string[]>;
  readonly onProblem?: (problem: PerceptError) => void;
  readonly everyMs?: number;
}

const dayMs = 86_400_000;
const defaultEveryMs = 600_000;

/** Deletes what is too old, now and then, in small chunks with pauses between them, so that a commit never waits for long. */
export async function enforceRetention(db: Kysely<Database>, job: RetentionJob): Promise<void> {
  const { signal, everyMs = defaultEveryMs } = job;
  while (!signal.aborted) {
    try {
      await expireOnce(db, job);
    } catch (thrown) {
      if (!signal.aborted) job.onProblem?.(toPerceptError(thrown));
    }
    await pause(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** @returns rows deleted */
export async function expireOnce(db: Kysely<Database>, job: RetentionJob): Promise<number> {
  const { retention } = job;
  const before = (days: number): number => Date.now() - days * dayMs;
  const expiry = new Expiry(db, job);
  let deleted = 0;
  if (retention.reading) deleted += await expiry.arrived('reading', before(retention.reading));
  if (retention.dead_letter) deleted += await expiry.arrived('dead_letter', before(retention.dead_letter));
  deleted += await expireRecordings(db, expiry, retention, before);
  if (retention.finding) deleted += await expiry.findings(before(retention.finding));
  if (retention.alert) deleted += await expiry.alerts(before(retention.alert));
  if (retention.rollup) deleted += await expiry.rollups(before(retention.rollup));
  return deleted;
}

async function expireRecordings(
  db: Kysely<Database>,
  expiry: Expiry,
  { recording: usual = 0, recordingRules: rules = [] }: Retention,
  before: (days: number) => number,
): Promise<number> {
  if (rules.length === 0) return usual ? await expiry.recordings(before(usual)) : 0;
  let deleted = 0;
  for (const of of await db.selectFrom('recording').select(['source', 'kind']).distinct().execute()) {
    const days = daysOf(rules, of) ?? usual;
    if (days) deleted += await expiry.recordings(before(days), of);
  }
  return deleted;
}

/** Ids ascend in order of arrival, so what is too old lies at the low end of the primary key: no index on time is needed. */
class Expiry {
  readonly #db: Kysely<Database>;
  readonly #job: RetentionJob;
  readonly #chunk = new ChunkSize();

  constructor(db: Kysely<Database>, job: RetentionJob) {
    this.#db = db;
    this.#job = job;
  }

  arrived(table: 'reading' | 'dead_letter', before: number): Promise<number> {
    return this.#fromLowestId(async (after) => {
      const page = await this.#db
        .selectFrom(table)
        .select(['id', 'received_at'])
        .where('id', '>', after)
        .orderBy('id')
        .limit(this.#chunk.rows)
        .execute();
      const last = page.at(-1)?.id;
      if (last === undefined || !page.some((row) => row.received_at < before)) return undefined;
      const run = this.#db
        .deleteFrom(table)
        .where('id', '>', after)
        .where('id', '<=', last)
        .where('received_at', '<', before);
      return { last, delete: () => run.executeTakeFirst() };
    });
  }

  /** @param of only those of this source and kind */
  recordings(before: number, of?: SourceAndKind): Promise<number> {
    return this.#fromLowestId(async (after) => {
      const page = await this.#db
        .selectFrom('recording')
        .select(['id', 'received_at', 'key'])
        .where('id', '>', after)
        .where((row) => (of ? row.and(of) : row.lit(true)))
        .orderBy('id')
        .limit(this.#chunk.rows)
        .execute();
      const old = page.filter((row) => row.received_at < before);
      const last = page.at(-1)?.id;
      if (last === undefined || old.length === 0) return undefined;
      const stay = await this.#giveUp(old);
      // 0 is no row's id, but without any the list would not be SQL
      const ids = [0, ...old.filter(({ key }) => !stay.has(key)).map(({ id }) => id)];
      const run = this.#db.deleteFrom('recording').where('id', 'in', ids);
      return { last, delete: () => run.executeTakeFirst() };
    });
  }

  /** Objects may be shared: only keys that no other row names are given up. @returns keys whose rows must stay */
  async #giveUp(old: readonly { readonly id: number; readonly key: string }[]): Promise<ReadonlySet<string>> {
    const tell = this.#job.onRecordingsExpired;
    if (!tell) return new Set();
    const keys = [...new Set(old.map(({ key }) => key))];
    const ids = old.map(({ id }) => id);
    const shared = await this.#db
      .selectFrom('recording')
      .select('key')
      .distinct()
      .where('key', 'in', keys)
      .where('id', 'not in', ids)
      .execute();
    const used = new Set(shared.map(({ key }) => key));
    const free = keys.filter((key) => !used.has(key));
    return new Set(free.length > 0 ? await tell(free) : []);
  }

  /** Those that are open stay. */
  async alerts(before: number): Promise<number> {
    const alerts = await this.#fromLowestId((after) => oldAlerts(this.#db, after, before, this.#chunk.rows));
    return alerts + (await this.#fromLowestId((after) => oldNotices(this.#db, after, before, this.#chunk.rows)));
  }

  /** Those that still last stay. */
  findings(before: number): Promise<number> {
    return this.#fromLowestId(async (after) => {
      const page = await this.#db
        .selectFrom('finding')
        .select('id')
        .where('id', '>', after)
        .where('recorded_at', '<', before)
        .where('until', 'is not', null)
        .orderBy('id')
        .limit(this.#chunk.rows)
        .execute();
      const last = page.at(-1)?.id;
      if (last === undefined) return undefined;
      const ids = page.map(({ id }) => id);
      const run = this.#db.deleteFrom('finding').where('id', 'in', ids);
      return { last, delete: () => run.executeTakeFirst() };
    });
  }

  async rollups(before: number): Promise<number> {
    let deleted = 0;
    for (const { id } of await this.#db.selectFrom('series').select('id').execute()) {
      for (const width of rollupWidths) {
        deleted += await this.#fromLowestId(() => this.#stretches(id, width, before));
      }
    }
    return deleted;
  }

  async #stretches(series: number, width: number, before: number): Promise<Chunk | undefined> {
    const page = await this.#db
      .selectFrom('rollup')
      .select('start')
      .where('series_id', '=', series)
      .where('width', '=', width)
      .where('start', '<', before - width)
      .orderBy('start')
      .limit(this.#chunk.rows)
      .execute();
    const last = page.at(-1)?.start;
    if (last === undefined) return undefined;
    const run = this.#db
      .deleteFrom('rollup')
      .where('series_id', '=', series)
      .where('width', '=', width)
      .where('start', '<=', last);
    return { last: 0, delete: () => run.executeTakeFirst() };
  }

  async #fromLowestId(next: (after: number) => Promise<Chunk | undefined>): Promise<number> {
    let deleted = 0;
    let after = 0;
    while (!this.#job.signal.aborted) {
      const chunk = await next(after);
      if (!chunk) break;
      const began = performance.now();
      const { numDeletedRows } = await chunk.delete();
      deleted += Number(numDeletedRows);
      after = chunk.last;
      const rest = this.#chunk.took(performance.now() - began);
      await pause(rest, undefined, { signal: this.#job.signal }).catch(() => undefined);
    }
    return deleted;
  }
}

type SourceAndKind = Pick<Selectable<Database['recording']>, 'source' | 'kind'>;
