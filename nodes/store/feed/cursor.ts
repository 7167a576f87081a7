import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '../store.js';
import { type CursorOptions, FeedLease, type Sharing } from './lease.js';
import { shareOf, slotCount } from './slots.js';

/** At most one write of the position in this time, while rows keep coming. */
const saveMs = 25;
/** How often one that shares or waits looks what it may take. */
const sharedLookMs = 1_000;

/**
 * How far a feed has come, on disk, and the right to go on: only who holds a slot's lease hands out its rows. Slots change
 * hands in `balance` alone, so that whoever calls it between two rows knows what is its to hand out.
 */
export class FeedCursor {
  readonly #options: CursorOptions;
  readonly #lease: FeedLease;
  /** Slots that are held, and where each stood when it was taken. */
  readonly #taken = new Map<number, number>();
  /** Rows up to here are done in all slots that are held, beyond where they were taken. */
  #reached = 0;
  #saved = 0;
  #heldUntil = 0;
  #lookAt = 0;
  #lowest = 0;
  #joined = false;
  #saving: Promise<void> | undefined;
  /** Writes go one after the other: two over the same rows could wait for each other. */
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(store: Store, options: CursorOptions) {
    this.#options = options;
    this.#lease = new FeedLease(store, options);
  }

  /** All rows up to here are done in the slots that are held; in all slots while none is. */
  get position(): number {
    if (this.#taken.size === 0) return this.#lowest;
    return Math.max(this.#reached, Math.min(...this.#taken.values()));
  }

  /** On this process' own clock, so that a store that stopped answering ends it too. */
  get held(): boolean {
    return this.#taken.size > 0 && performance.now() < this.#heldUntil;
  }

  /** ms until `balance` should be called */
  get looksIn(): number {
    return Math.max(0, this.#lookAt - performance.now());
  }

  /** Whether this row is to be handed out here. */
  has(slot: number, id: number): boolean {
    const taken = this.#taken.get(slot);
    return taken !== undefined && id > taken;
  }

  /** Takes and gives slots until each living member has its share. */
  async balance(): Promise<void> {
    if (!this.held) await this.#drop();
    const { leaseMs, holder } = this.#options;
    const sharing = await this.#lease.look();
    if (!this.#joined) await this.#join();
    for (const { slot, holder: now } of sharing.slots) if (now !== holder) this.#taken.delete(slot);
    const share = shareOf(holder, sharing.members);
    await this.#giveAllBut(share, sharing);
    await this.#take(share - this.#taken.size, sharing);
    for (const each of sharing.left) await this.#lease.leave(each);
    this.#lowest = Math.min(...sharing.slots.map(({ position }) => position));
    const alone = this.#taken.size === slotCount;
    this.#lookAt = performance.now() + (alone ? leaseMs / 3 : Math.min(sharedLookMs, leaseMs / 3));
  }

  /** Rows up to here are done. Reaches the disk soon; what was handed out in between is handed out again after a crash. */
  moveTo(id: number): void {
    this.#reached = id;
    this.#saving ??= this.#saveUntilCurrent().finally(() => {
      this.#saving = undefined;
    });
    // whoever waits in `flush` hears of an error; the lease runs out for everybody else
    this.#saving.catch(() => undefined);
  }

  /** Resolves when the position is on disk. */
  async flush(): Promise<void> {
    while (this.held && (this.#saving || this.#saved !== this.#reached)) {
      if (!this.#saving) this.moveTo(this.#reached);
      await this.#saving;
    }
  }

  /** Tells others that this one lives, however long a row takes. */
  async renew(): Promise<void> {
    if (!this.#joined) return;
    if (this.held) await this.#write();
    else await this.#join();
  }

  /** Lets other processes go on at once. */
  async release(): Promise<void> {
    if (!this.#joined) return;
    this.#joined = false;
    await this.flush();
    const slots = [...this.#taken.keys()];
    if (slots.length > 0) await this.#inTurn(() => this.#lease.give(slots));
    this.#taken.clear();
    await this.#inTurn(() => this.#lease.leave());
  }

  async #join(): Promise<void> {
    this.#joined = true;
    await this.#inTurn(() => this.#lease.join());
  }

  async #drop(): Promise<void> {
    await this.#saving?.catch(() => undefined);
    this.#taken.clear();
  }

  /** Also what the database still counts as held here after the lease was lost. */
  async #giveAllBut(share: number, { slots }: Sharing): Promise<void> {
    const mine = slots.filter(({ holder }) => holder === this.#options.holder).map(({ slot }) => slot);
    mine.sort((a, b) => Number(this.#taken.has(b)) - Number(this.#taken.has(a)) || a - b);
    const surplus = mine.slice(share);
    if (surplus.length === 0) return;
    await this.flush();
    await this.#inTurn(() => this.#lease.give(surplus));
    for (const slot of surplus) this.#taken.delete(slot);
  }

  async #take(count: number, { slots, members, gone }: Sharing): Promise<void> {
    const { holder: me, leaseMs } = this.#options;
    const free = slots.filter(
      ({ slot, holder }) => !this.#taken.has(slot) && (holder === null || holder === me || !members.has(holder)),
    );
    if (count <= 0 || free.length === 0) return;
    await this.flush();
    // a lease lost meanwhile: what was reached may not be on disk
    if (this.#taken.size > 0 && !this.held) return;
    const wanted = free.slice(0, count).map(({ slot }) => slot);
    const asked = performance.now();
    const taken = await this.#inTurn(() => this.#lease.take(wanted, gone));
    if (taken.length === 0) return;
    // the new slots may stand before the others: rows are read again from there, for them
    for (const [slot, position] of this.#taken) this.#taken.set(slot, Math.max(position, this.#reached));
    if (this.#taken.size === 0) this.#heldUntil = asked + leaseMs;
    for (const { slot, position } of taken) this.#taken.set(slot, position);
    this.#reached = this.#saved = Math.min(...this.#taken.values());
  }

  async #saveUntilCurrent(): Promise<void> {
    while (this.#saved !== this.#reached && this.held) {
      const position = this.#reached;
      await this.#write(position);
      this.#saved = position;
      if (this.#saved !== this.#reached) await pause(saveMs);
    }
  }

  async #write(position?: number): Promise<void> {
    // as of now: the position says nothing of slots that are taken while this waits for its turn
    const slots = [...this.#taken.keys()];
    if (slots.length === 0) return;
    await this.#inTurn(async () => {
      const asked = performance.now();
      const ours = new Set(await this.#lease.renew(slots, position));
      for (const slot of slots) if (!ours.has(slot)) this.#taken.delete(slot);
      this.#heldUntil = asked + this.#options.leaseMs;
    });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#lastWrite.then(work);
    this.#lastWrite = mine.catch(() => undefined);
    return await mine;
  }
}
