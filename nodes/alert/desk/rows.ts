import { type Kysely, type Selectable, type SqlBool, sql, type Transaction } from 'kysely';
import type { AlertNoticeTable, AlertTable, Database } from '../../store/schema.js';
import type { Store } from '../../store/store.js';
import type { AlertBody, Notice } from '../machine/state.js';
import { Entry } from './entry.js';

type Db = Kysely<Database> | Transaction<Database>;
type AlertRow = Pick<Selectable<AlertTable>, 'id' | 'key' | 'body' | 'due'>;

const atOnce = 200;
/** Holder of what never left. */
export const nobody = '';

/** ms a process may hold the lock and do nothing: one that was stopped in mid-work lets others go on. */
const idleMs = 10_000;

/** One turn at a time for all processes of this policy. SQLite has one writer anyway. */
export async function lock(db: Db, kind: Store['kind'], policy: string): Promise<void> {
  if (kind === 'sqlite') return;
  await sql`set local idle_in_transaction_session_timeout = ${sql.lit(idleMs)}`.execute(db);
  await sql`select pg_advisory_xact_lock(hashtextextended(${`percept alert ${policy}`}, 0))`.execute(db);
}

/** A server's clock is the one that all its users share; a file's users share this machine's. */
export async function timeOf(db: Db, kind: Store['kind']): Promise<number> {
  if (kind === 'sqlite') return Date.now();
  const { rows } = await sql<{
    now: number;
  }>`select extract(epoch from clock_timestamp())::float8 * 1000 as now`.execute(db);
  return Math.floor(rows[0]?.now ?? Date.now());
}

export class AlertRows {
  readonly #policy: string;

  constructor(policy: string) {
    this.#policy = policy;
  }

  /** Open or not. */
  async byId(db: Db, ids: readonly number[]): Promise<Entry[]> {
    if (ids.length === 0) return [];
    return entries(await this.#alerts(db).where('id', 'in', ids).execute());
  }

  /** The newest of each key: where one is open, it is that. */
  async newestOf(db: Db, keys: readonly string[]): Promise<Entry[]> {
    if (keys.length === 0) return [];
    // of each by itself: the last entry of the index, however many alerts a key has had
    const newest = keys.map(
      (key) => sql`select max(id) from alert where policy = ${this.#policy} and ${sql.ref('key')} = ${key}`,
    );
    const rows = await db
      .selectFrom('alert')
      .select(['id', 'key', 'body', 'due'])
      .where(sql<SqlBool>`id in (${sql.join(newest, sql` union all `)})`)
      .execute();
    return entries(rows);
  }

  async due(db: Db, now: number): Promise<Entry[]> {
    const rows = await this.#alerts(db)
      .where('due', 'is not', null)
      .where('due', '<=', now)
      .orderBy('due')
      .orderBy('id')
      .limit(atOnce)
      .execute();
    return entries(rows);
  }

  /** Decided later than now: the clock was put back since. */
  async ahead(db: Db, now: number): Promise<{ entry: Entry; changed: number }[]> {
    const rows = await this.#alerts(db)
      .select('changed_at')
      .where('active_key', 'is not', null)
      .where('changed_at', '>', now)
      .execute();
    return rows.map((row) => ({ entry: entryOf(row), changed: row.changed_at }));
  }

  /** Open ones that mute others. */
  async inhibiting(db: Db): Promise<Entry[]> {
    return entries(await this.#alerts(db).where(sql<SqlBool>`inhibits = 1`).execute());
  }

  /** Has all that the world may change decided about anew. */
  async nudge(db: Db, now: number): Promise<void> {
    await db
      .updateTable('alert')
      .set({ due: now })
      .where('policy', '=', this.#policy)
      .where('active_key', 'is not', null)
      .where('state', 'in', ['open', 'notified', 'silenced'])
      .execute();
  }

  async nextDue(db: Db): Promise<number | undefined> {
    const row = await db
      .selectFrom('alert')
      .select((eb) => eb.fn.min('due').as('due'))
      .where('policy', '=', this.#policy)
      .where('due', 'is not', null)
      .executeTakeFirst();
    return row?.due ?? undefined;
  }

  async notices(db: Db, ids: readonly { readonly alert: number; readonly number: number }[]): Promise<StoredNotice[]> {
    if (ids.length === 0) return [];
    const rows = await db
      .selectFrom('alert_notice')
      .selectAll()
      .where((eb) => eb.or(ids.map((id) => eb.and({ alert_id: id.alert, number: id.number }))))
      .execute();
    return rows.map((row) => ({ alert: row.alert_id, notice: noticeOfRow(row) }));
  }

  /** Processes that handed something out and have no answer yet; empty: it never left. */
  async holders(db: Db): Promise<string[]> {
    const rows = await db
      .selectFrom('alert_notice')
      .select('holder')
      .distinct()
      .where(sql<SqlBool>`state = 'handed'`)
      .execute();
    return rows.map(({ holder }) => holder ?? '');
  }

  /** What these processes handed out, without an answer. */
  async handedBy(db: Db, holders: readonly string[]): Promise<{ alert: number; number: number }[]> {
    if (holders.length === 0) return [];
    const rows = await db
      .selectFrom('alert_notice')
      .innerJoin('alert', 'alert.id', 'alert_notice.alert_id')
      .select(['alert_notice.alert_id as alert', 'alert_notice.number'])
      .where('alert.policy', '=', this.#policy)
      .where(sql<SqlBool>`alert_notice.state = 'handed'`)
      .where('alert_notice.holder', 'in', holders)
      .orderBy('alert_notice.alert_id')
      .orderBy('alert_notice.number')
      .execute();
    return rows;
  }

  /** Who handed out what these alerts wait for an answer to. */
  async holdersOf(db: Db, alerts: readonly number[]): Promise<{ alert: number; number: number; holder: string }[]> {
    if (alerts.length === 0) return [];
    const rows = await db
      .selectFrom('alert_notice')
      .select(['alert_id as alert', 'number', 'holder'])
      .where('alert_id', 'in', alerts)
      .where('state', '=', 'handed')
      .orderBy('alert_id')
      .orderBy('number')
      .execute();
    return rows.map(({ alert, number, holder }) => ({ alert, number, holder: holder ?? nobody }));
  }

  /** Lets the next one hand out what `holder` no longer can, unless another has done so. */
  async giveUp(
    db: Db,
    ids: readonly { readonly alert: number; readonly number: number }[],
    holder: string,
  ): Promise<void> {
    if (ids.length === 0) return;
    await db
      .updateTable('alert_notice')
      .set({ holder: nobody })
      .where((eb) => eb.or(ids.map((id) => eb.and({ alert_id: id.alert, number: id.number }))))
      .where('holder', '=', holder)
      .where(sql<SqlBool>`state = 'handed'`)
      .execute();
  }

  /** The same for all that `holder` handed out in turns of these times. */
  async giveUpOf(db: Db, turns: readonly number[], holder: string): Promise<void> {
    await db
      .updateTable('alert_notice')
      .set({ holder: nobody })
      .where('holder', '=', holder)
      .where('handed_at', 'in', turns)
      .where(sql<SqlBool>`state = 'handed'`)
      .execute();
  }

  #alerts(db: Db) {
    return db.selectFrom('alert').select(['id', 'key', 'body', 'due']).where('policy', '=', this.#policy);
  }
}

export interface StoredNotice {
  readonly alert: number;
  readonly notice: Notice;
}

function entries(rows: readonly AlertRow[]): Entry[] {
  return rows.map(entryOf);
}

function entryOf({ id, key, body, due }: AlertRow): Entry {
  return new Entry(key, JSON.parse(body) as AlertBody, id, due ?? undefined);
}

function noticeOfRow(row: Selectable<AlertNoticeTable>): Notice {
  const { number, occasion, round, step, channel, recipient: to, state, attempts, created_at: created } = row;
  return {
    ...{ number, round, step, channel, to, state, attempts, created },
    occasion: occasion as Notice['occasion'],
    quiet: step < 0 && occasion !== 'resolved',
    ...(row.handed_at === null ? {} : { handed: row.handed_at }),
    ...(row.answered_at === null ? {} : { answered: row.answered_at }),
  };
}
