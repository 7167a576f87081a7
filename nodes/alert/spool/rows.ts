import { type Kysely, type Selectable, type SqlBool, sql, type Transaction } from 'kysely';
import type { AlertNotice } from '../../kit/index.js';
import type { Database, NoticeSpoolTable } from '../../store/schema.js';

export type Db = Kysely<Database> | Transaction<Database>;
export type SpoolRow = Selectable<NoticeSpoolTable>;

const atOnce = 100;
/** A deletion keeps others waiting for a few milliseconds, not more. */
const sweptAtOnce = 500;
/** Threads are short; of what arrived in one, this much is of use. */
const mostEarlier = 20;
/** Clocks that are set right by less are no concern. */
const jumpMs = 1_000;

export interface NewRow {
  readonly key: string;
  readonly thread: string;
  readonly channel: string;
  readonly notice: AlertNotice;
  readonly now: number;
}

/** @returns ms UTC, or undefined: nothing is to be done */
export async function earliest(db: Db, spool: string, column: 'due' | 'receipt_due'): Promise<number | undefined> {
  const row = await db
    .selectFrom('notice_spool')
    .select((eb) => eb.fn.min(column).as('at'))
    .where('spool', '=', spool)
    .where(column, 'is not', null)
    .executeTakeFirst();
  return row?.at ?? undefined;
}

/** Of one notify node. */
export class SpoolRows {
  readonly #spool: string;

  constructor(spool: string) {
    this.#spool = spool;
  }

  async byKey(db: Db, key: string): Promise<SpoolRow | undefined> {
    return await this.#rows(db).where('key', '=', key).executeTakeFirst();
  }

  async add(db: Db, { key, thread, channel, notice, now }: NewRow): Promise<void> {
    await db
      .insertInto('notice_spool')
      .values({
        ...{ spool: this.#spool, key, thread, channel, state: 'waiting', place: 0, attempts: 0, unanswered: 0 },
        ...{ again: notice.again ? 1 : 0, begun_at: null, sent_at: null, due: now, holder: null, reference: '' },
        ...{ error: '', told: 1, created_at: now, changed_at: now, body: JSON.stringify(notice) },
      })
      .execute();
  }

  /** What is over as it comes: a trace for the health of its channel. */
  async addOver(
    db: Db,
    { key, thread, body }: Pick<SpoolRow, 'key' | 'thread' | 'body'>,
    over: Pick<SpoolRow, 'state' | 'channel' | 'place' | 'attempts' | 'sent_at' | 'error' | 'changed_at'>,
  ): Promise<void> {
    await db
      .insertInto('notice_spool')
      .values({
        ...{ spool: this.#spool, key, thread, body, unanswered: 0, again: 0, begun_at: over.sent_at, due: null },
        ...{ holder: null, reference: '', told: 1, created_at: over.changed_at, ...over },
      })
      .onConflict((conflict) => conflict.columns(['spool', 'key']).doUpdateSet(over))
      .execute();
  }

  async change(db: Db, id: number, changes: Partial<SpoolRow>): Promise<void> {
    await db.updateTable('notice_spool').set(changes).where('id', '=', id).execute();
  }

  /** Of a thread, what waits to be sent. */
  async waiting(db: Db, thread: string): Promise<SpoolRow[]> {
    return await this.#open(db).where('thread', '=', thread).where('state', '=', 'waiting').execute();
  }

  /** Those that a later one stood for share its outcome; not one that did not arrive when it had been sent. */
  async shareOutcome(db: Db, { id, thread }: SpoolRow, outcome: Partial<SpoolRow>): Promise<void> {
    await db
      .updateTable('notice_spool')
      .set(outcome)
      .where('spool', '=', this.#spool)
      .where('thread', '=', thread)
      .where('id', '<', id)
      .where('state', '=', 'withdrawn')
      .where('receipt', '<>', 'missed')
      .execute();
  }

  /** What is due now, of each thread the oldest alone. */
  async due(db: Db, now: number): Promise<SpoolRow[]> {
    // asked of each row that is open: to look for the oldest of all threads would read all that is over as well
    const isOldest = sql<SqlBool>`not exists (select 1 from notice_spool as before
      where before.spool = notice_spool.spool and before.thread = notice_spool.thread
        and before.id < notice_spool.id and before.due is not null)`;
    return await this.#open(db)
      .where(isOldest)
      // that it was missed elsewhere is told first
      .where('told', '=', 1)
      .where((eb) =>
        eb.or([
          eb('due', '<=', now),
          // the clock was put back since
          eb.and([eb('changed_at', '>', now + jumpMs), eb('state', '=', 'waiting')]),
        ]),
      )
      .orderBy('id')
      .limit(atOnce)
      .execute();
  }

  async nextDue(db: Db): Promise<number | undefined> {
    return await earliest(db, this.#spool, 'due');
  }

  async sending(db: Db): Promise<SpoolRow[]> {
    return await this.#open(db).where('state', '=', 'sending').execute();
  }

  async untold(db: Db): Promise<SpoolRow[]> {
    return await this.#rows(db).where(sql<SqlBool>`told = 0`).orderBy('id').limit(atOnce).execute();
  }

  /** As they were read: what has happened to them since is still to be told. */
  async told(db: Db, rows: readonly SpoolRow[]): Promise<void> {
    if (rows.length === 0) return;
    await db
      .updateTable('notice_spool')
      .set({ told: 1 })
      .where((eb) => eb.or(rows.map(({ id, state, place, receipt }) => eb.and({ id, state, place, receipt }))))
      .execute();
  }

  /** What of this thread has arrived on this channel, oldest first. */
  async earlier(db: Db, { id, thread, channel }: SpoolRow): Promise<string[]> {
    const rows = await this.#rows(db)
      .where('thread', '=', thread)
      .where('channel', '=', channel)
      .where('id', '<', id)
      .where('state', '=', 'delivered')
      .where('reference', '<>', '')
      .orderBy('id', 'desc')
      .limit(mostEarlier)
      .execute();
    return rows.map(({ reference }) => reference).reverse();
  }

  /** How many attempts a channel has had since, by all nodes that use it, and when the first of them was. */
  async sentSince(db: Db, channel: string, since: number): Promise<{ count: number; first: number | undefined }> {
    const row = await db
      .selectFrom('notice_spool')
      .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('sent_at').as('first')])
      .where('channel', '=', channel)
      .where('sent_at', '>', since)
      .executeTakeFirstOrThrow();
    return { count: Number(row.count), first: row.first ?? undefined };
  }

  async waitingCount(db: Db): Promise<number> {
    const { n } = await db
      .selectFrom('notice_spool')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('spool', '=', this.#spool)
      .where('due', 'is not', null)
      .executeTakeFirstOrThrow();
    return Number(n);
  }

  /** How many wait on each channel. */
  async waitingByChannel(db: Db): Promise<ReadonlyMap<string, number>> {
    const rows = await db
      .selectFrom('notice_spool')
      .select((eb) => ['channel', eb.fn.countAll<number>().as('n')])
      .where('spool', '=', this.#spool)
      .where('due', 'is not', null)
      .groupBy('channel')
      .execute();
    return new Map(rows.map(({ channel, n }) => [channel, Number(n)]));
  }

  /** Of a channel, whichever node used it: the newest that it delivered, or that it did not take. */
  async newestOf(db: Db, channel: string, what: 'delivered' | 'error'): Promise<SpoolRow | undefined> {
    const rows = db.selectFrom('notice_spool').selectAll().where('channel', '=', channel);
    const those =
      what === 'error'
        ? rows.where('error', '<>', '')
        : rows.where('state', 'in', ['delivered', 'tested']).where('error', '=', '');
    return await those.orderBy('sent_at', 'desc').limit(1).executeTakeFirst();
  }

  /** What no channel took, and is told. */
  async dead(db: Db): Promise<SpoolRow[]> {
    return await this.#rows(db).where('state', '=', 'failed').where('told', '=', 1).orderBy('id').execute();
  }

  /** What is over and told goes after a while; what failed may be looked at for longer. @returns rows that went */
  async sweep(db: Db, deliveredBefore: number, failedBefore: number): Promise<number> {
    const rows = await db
      .selectFrom('notice_spool')
      .select('id')
      .where('spool', '=', this.#spool)
      .where('due', 'is', null)
      .where('told', '=', 1)
      .where((eb) =>
        eb.or([
          eb.and([eb('changed_at', '<', deliveredBefore), eb('state', '<>', 'failed')]),
          eb('changed_at', '<', failedBefore),
        ]),
      )
      .orderBy('id')
      .limit(sweptAtOnce)
      .execute();
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await db.deleteFrom('notice_spool').where('id', 'in', ids).execute();
    return ids.length;
  }

  #rows(db: Db) {
    return db.selectFrom('notice_spool').selectAll().where('spool', '=', this.#spool);
  }

  #open(db: Db) {
    return this.#rows(db).where('due', 'is not', null);
  }
}
