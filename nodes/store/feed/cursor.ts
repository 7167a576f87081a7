import { setTimeout as pause } from 'node:timers/promises';
import { type Expression, sql } from 'kysely';
import type { FeedTable, Store } from '../store.js';
import { feedError } from './errors.js';
import { isGone } from './holder.js';

export interface CursorOptions {
  readonly name: string;
  readonly table: FeedTable;
  readonly from: 'beginning' | 'now';
  /** Who works on it: different for each process and feed. */
  readonly holder: string;
  readonly leaseMs: number;
}

/** At most one write of the position in this time, while rows keep coming. */
const saveMs = 25;

/** How far a feed has come, on disk, and the right to go on: only who holds the lease hands out rows. */
export class FeedCursor {
  readonly #store: Store;
  readonly #options: CursorOptions;
  #position = 0;
  #saved = 0;
  #heldUntil = 0;
  #saving: Promise<void> | undefined;

  constructor(store: Store, options: CursorOptions) {
    this.#store = store;
    this.#options = options;
  }

  get position(): number {
    return this.#position;
  }

  /** On this process' own clock, so that a store that stopped answering ends it too. */
  get held(): boolean {
    return performance.now() < this.#heldUntil;
  }

  /** @returns whether it is this holder's turn; the position is then where the last holder left it */
  async acquire(): Promise<boolean> {
    const before = await this.#create();
    const free = before && isGone(before) ? before : null;
    const asked = performance.now();
    const now = this.#now();
    const { name, table, holder, leaseMs } = this.#options;
    const row = await this.#store.db
      .updateTable('feed_cursor')
      .set({ holder, lease_until: sql<number>`${now} + ${leaseMs}` })
      .where('name', '=', name)
      .where('table_name', '=', table)
      .where((eb) =>
        eb.or([
          eb('holder', 'is', null),
          eb('holder', '=', holder),
          eb('holder', '=', free),
          eb('lease_until', '<', now),
        ]),
      )
      .returning('position')
      .executeTakeFirst();
    if (!row) return false;
    this.#heldUntil = asked + leaseMs;
    this.#position = row.position;
    this.#saved = row.position;
    return true;
  }

  /** Rows up to here are done. Reaches the disk soon; what was handed out in between is handed out again after a crash. */
  moveTo(position: number): void {
    this.#position = position;
    this.#saving ??= this.#saveUntilCurrent().finally(() => {
      this.#saving = undefined;
    });
    // whoever waits in `flush` hears of an error; the lease runs out for everybody else
    this.#saving.catch(() => undefined);
  }

  /** Resolves when the position is on disk. */
  async flush(): Promise<void> {
    while (this.held && (this.#saving || this.#saved !== this.#position)) {
      if (!this.#saving) this.moveTo(this.#position);
      await this.#saving;
    }
  }

  async renew(): Promise<void> {
    await this.#write({ holder: this.#options.holder });
  }

  /** Lets another process go on at once. */
  async release(): Promise<void> {
    if (!this.held) return;
    await this.flush();
    await this.#write({ holder: null });
    this.#heldUntil = 0;
  }

  async #saveUntilCurrent(): Promise<void> {
    while (this.#saved !== this.#position && this.held) {
      const position = this.#position;
      if (await this.#write({ holder: this.#options.holder, position })) this.#saved = position;
      if (this.#saved !== this.#position) await pause(saveMs);
    }
  }

  async #write(values: { holder: string | null; position?: number }): Promise<boolean> {
    const asked = performance.now();
    const { name, holder, leaseMs } = this.#options;
    const { numUpdatedRows } = await this.#store.db
      .updateTable('feed_cursor')
      .set({ ...values, lease_until: sql<number>`${this.#now()} + ${leaseMs}` })
      .where('name', '=', name)
      .where('holder', '=', holder)
      .executeTakeFirst();
    const ours = numUpdatedRows > 0n;
    this.#heldUntil = ours ? asked + leaseMs : 0;
    return ours;
  }

  /** @returns who holds it now */
  async #create(): Promise<string | null> {
    const { db } = this.#store;
    const { name, table, from } = this.#options;
    const known = await db
      .selectFrom('feed_cursor')
      .select(['table_name', 'holder'])
      .where('name', '=', name)
      .executeTakeFirst();
    if (known) {
      if (known.table_name === table) return known.holder;
      throw feedError('feed-name-taken', { name, table, other: known.table_name });
    }
    const position = from === 'now' ? await newestId(this.#store, table) : 0;
    await db
      .insertInto('feed_cursor')
      .values({ name, table_name: table, position, holder: null, lease_until: null })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return null;
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
