import { type Expression, type ExpressionBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import type { Database, FeedCursorTable } from '../schema.js';
import type { FeedTable, Store } from '../store.js';
import { feedError } from './errors.js';
import { isGone } from './holder.js';
import { allSlots, slotCount } from './slots.js';

export interface CursorOptions {
  readonly name: string;
  readonly table: FeedTable;
  readonly from: 'beginning' | 'now';
  /** Who works on it: different for each process and feed. */
  readonly holder: string;
  readonly leaseMs: number;
}

/** A slot's row, and whether its lease has run out. */
type Slot = Selectable<FeedCursorTable> & { readonly late: SqlBool | null };

/** How a feed's work is shared at one moment. */
export interface Sharing {
  /** All who live: who hold a slot or wait for one, this one included. */
  readonly members: ReadonlySet<string>;
  /** Others who said that they live, and did not say so again there. */
  readonly left: readonly string[];
  /** Holders that have certainly ended: nobody need wait for their leases. */
  readonly gone: readonly string[];
  readonly slots: readonly Slot[];
}

/** What the database knows of a feed's slots, and who may work on them: one statement a method. */
export class FeedLease {
  readonly #store: Store;
  readonly #options: CursorOptions;

  constructor(store: Store, options: CursorOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Makes the slots of a new name. @throws PerceptError `feed-name-taken` */
  async look(): Promise<Sharing> {
    const { name, table, holder } = this.#options;
    const slots = await this.#slots();
    const other = slots.find(({ table_name }) => table_name !== table)?.table_name;
    if (other !== undefined) throw feedError('feed-name-taken', { name, table, other });
    const waiting = await this.#store.db
      .selectFrom('feed_member')
      .select(['holder', this.#isOver('alive_until').as('late')])
      .where('name', '=', name)
      .execute();
    const seen = [...slots, ...waiting];
    const gone = [...new Set(seen.map((each) => each.holder ?? ''))].filter(isGone);
    const lives = (each: { holder: string | null; late: SqlBool | null }) =>
      each.holder !== null && !each.late && !gone.includes(each.holder);
    return {
      members: new Set([holder, ...seen.filter(lives).map((each) => each.holder ?? '')]),
      left: waiting.filter((each) => each.holder !== holder && !lives(each)).map((each) => each.holder),
      gone,
      slots,
    };
  }

  /** Says for the length of a lease that this holder lives, for as long as it holds no slot that says so. */
  async join(): Promise<void> {
    const { name, holder } = this.#options;
    await this.#store.db
      .insertInto('feed_member')
      .values({ name, holder, alive_until: this.#until() })
      .onConflict((conflict) =>
        conflict.columns(['name', 'holder']).doUpdateSet((eb) => ({ alive_until: eb.ref('excluded.alive_until') })),
      )
      .execute();
  }

  async leave(holder = this.#options.holder): Promise<void> {
    const { name } = this.#options;
    await this.#store.db.deleteFrom('feed_member').where('name', '=', name).where('holder', '=', holder).execute();
  }

  /** @returns those of the slots that nobody else has, now with this holder's lease */
  async take(slots: readonly number[], gone: readonly string[]): Promise<{ slot: number; position: number }[]> {
    const { name, holder } = this.#options;
    const free = this.#store.db
      .selectFrom('feed_cursor')
      .select('slot')
      .where('name', '=', name)
      .where('slot', 'in', [...slots])
      .where((eb) =>
        eb.or([eb('holder', 'is', null), eb('holder', 'in', [holder, ...gone]), eb('lease_until', '<', this.#now())]),
      );
    return await this.#store.db
      .updateTable('feed_cursor')
      .set({ holder, lease_until: this.#until() })
      .where('name', '=', name)
      // two who want the same rows lock them in any order: neither may wait for the other
      .where('slot', 'in', this.#store.kind === 'postgres' ? free.forUpdate().skipLocked() : free)
      .returning(['slot', 'position'])
      .execute();
  }

  /**
   * Renews the lease of slots that this holder has, and moves those on that are not yet at the position.
   * @returns the slots that are still this holder's
   */
  async renew(slots: readonly number[], position?: number): Promise<number[]> {
    const moved = position === undefined ? {} : { position: this.#atLeast(position) };
    const rows = await this.#mine(slots)
      .set({ ...moved, lease_until: this.#until() })
      .returning('slot')
      .execute();
    return rows.map(({ slot }) => slot);
  }

  /** Lets another process go on with these slots at once. */
  async give(slots: readonly number[]): Promise<void> {
    await this.#mine(slots).set({ holder: null, lease_until: null }).execute();
  }

  #mine(slots: readonly number[]) {
    const { name, holder } = this.#options;
    return this.#store.db
      .updateTable('feed_cursor')
      .where('name', '=', name)
      .where('slot', 'in', [...slots])
      .where('holder', '=', holder);
  }

  async #slots(): Promise<Slot[]> {
    const { name, table, from } = this.#options;
    const { db } = this.#store;
    const read = () =>
      db
        .selectFrom('feed_cursor')
        .selectAll()
        .select(this.#isOver('lease_until').as('late'))
        .where('name', '=', name)
        .orderBy('slot')
        .execute();
    const known = await read();
    if (known.length === slotCount) return known;
    // a cursor from before there were slots is all of them
    const old = known.find(({ slot }) => slot === 0);
    const position = old?.position ?? (from === 'now' ? await newestId(this.#store, table) : 0);
    const { holder = null, lease_until = null } = old ?? {};
    await db
      .insertInto('feed_cursor')
      .values(allSlots.map((slot) => ({ name, slot, table_name: table, position, holder, lease_until })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return await read();
  }

  #isOver(column: 'lease_until' | 'alive_until') {
    return sql<SqlBool | null>`${this.#now()} > ${sql.ref(column)}`;
  }

  #atLeast(position: number) {
    return (eb: ExpressionBuilder<Database, 'feed_cursor'>) =>
      eb.case().when('position', '<', position).then(position).else(eb.ref('position')).end();
  }

  #until(): Expression<number> {
    return sql<number>`${this.#now()} + ${this.#options.leaseMs}`;
  }

  /** A server's clock is the one that all its users share; a file's users share this machine's. */
  #now(): Expression<number> {
    if (this.#store.kind === 'sqlite') return sql<number>`${Date.now()}`;
    return sql<number>`extract(epoch from clock_timestamp())::float8 * 1000`;
  }
}

export async function newestId(store: Store, table: FeedTable): Promise<number> {
  const row = await store.db
    .selectFrom(table)
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirst();
  return Number(row?.id ?? 0);
}
