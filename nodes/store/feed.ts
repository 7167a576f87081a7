import { setTimeout as pause } from 'node:timers/promises';
import { type PerceptError, toPerceptError } from '../kit/index.js';
import { FeedCursor } from './feed/cursor.js';
import { newHolder } from './feed/holder.js';
import { newestId } from './feed/lease.js';
import { type FeedFilter, type FeedRows, fetchRows, matcher } from './feed/rows.js';
import { slotOf } from './feed/slots.js';
import type { FeedTable, Store } from './store.js';

export type { FeedFilter, FeedRows, StoredDeadLetter, StoredRecording } from './feed/rows.js';

export interface FeedOptions<T extends FeedTable> {
  /** Names the cursor: a feed of this name goes on where the last one stopped. */
  readonly name: string;
  readonly table: T;
  /** Rows that do not fit are passed over; the cursor moves on. */
  readonly filter?: FeedFilter;
  /** Where a new name begins. */
  readonly from?: 'beginning' | 'now';
  /** Rows read at once, and so the most that wait in memory. */
  readonly batch?: number;
  readonly signal: AbortSignal;
  /** How long a process on another machine that died keeps others waiting. */
  readonly leaseMs?: number;
  /** How often to look although nobody called. */
  readonly pollMs?: number;
  readonly onState?: (state: FeedState) => void;
  /** The feed goes on by itself; the same row comes again when its handler failed. */
  readonly onProblem?: (problem: PerceptError) => void;
}

export interface FeedState {
  /** `waiting`: other processes have all the work. */
  readonly phase: 'working' | 'idle' | 'waiting';
  /** All rows up to here are done, of those that fall to this process. */
  readonly position: number;
  /** Rows after it, of all processes, at most. */
  readonly lag: number;
}

const defaultLeaseMs = 10_000;
const defaultPollMs = 5_000;
/** How long rows are handed out at most before looking who else wants some. */
const stretchMs = 1_000;
const defaultBatch = 500;
const firstPauseMs = 200;
const longestPauseMs = 10_000;
/** How often the same phase is told again, with new numbers. */
const tellMs = 1_000;

/**
 * Hands every row of a table to `handle`, one after the other in the order of commit, at least once: a row counts as done
 * when `handle` resolved. Several processes with one name share the work: each row goes to one of them, all rows of a source
 * to the same one, in order; when one stops or dies, the others take over its part where it stood. Resolves when `signal` is
 * aborted and the position is on disk.
 * @throws PerceptError `feed-pattern-invalid`
 */
export async function openFeed<T extends FeedTable>(
  store: Store,
  options: FeedOptions<T>,
  handle: (row: FeedRows[T]) => Promise<void> | void,
): Promise<void> {
  await new Feed(store, options, handle).run();
}

class Feed<T extends FeedTable> {
  readonly #store: Store;
  readonly #options: FeedOptions<T>;
  readonly #handle: (row: FeedRows[T]) => Promise<void> | void;
  readonly #matches: (row: FeedRows[T]) => boolean;
  readonly #cursor: FeedCursor;
  readonly #leaseMs: number;
  readonly #batch: number;
  #told: { readonly phase: FeedState['phase'] | undefined; readonly at: number } = { phase: undefined, at: 0 };
  #woken = Promise.withResolvers<void>();

  constructor(store: Store, options: FeedOptions<T>, handle: (row: FeedRows[T]) => Promise<void> | void) {
    const { name, table, from = 'beginning', leaseMs = defaultLeaseMs, batch = defaultBatch } = options;
    this.#store = store;
    this.#options = options;
    this.#handle = handle;
    this.#matches = matcher(options.filter ?? {});
    this.#leaseMs = leaseMs;
    this.#batch = batch;
    this.#cursor = new FeedCursor(store, { name, table, from, leaseMs, holder: newHolder() });
  }

  async run(): Promise<void> {
    const { signal, table, onProblem } = this.#options;
    const wake = () => this.#woken.resolve();
    const ignore = this.#store.onRows(table, wake);
    signal.addEventListener('abort', wake);
    const renewal = setInterval(() => void this.#cursor.renew().catch(() => undefined), this.#leaseMs / 3).unref();
    let ms = firstPauseMs;
    try {
      while (!signal.aborted) {
        try {
          await this.#turn();
          ms = firstPauseMs;
        } catch (thrown) {
          onProblem?.(toPerceptError(thrown));
          // what was done before the failure is not done again
          await this.#cursor.flush().catch(() => undefined);
          await this.#rest(ms);
          ms = Math.min(2 * ms, longestPauseMs);
        }
      }
      // an unreachable store keeps nobody from closing: the lease runs out
      await this.#cursor.release().catch(() => undefined);
    } finally {
      clearInterval(renewal);
      ignore();
      signal.removeEventListener('abort', wake);
    }
  }

  async #turn(): Promise<void> {
    if (!this.#cursor.held || this.#cursor.looksIn === 0) await this.#cursor.balance();
    if (this.#cursor.held) return await this.#drain();
    await this.#tell('waiting');
    await this.#rest(this.#cursor.looksIn);
  }

  async #drain(): Promise<void> {
    const { table, signal, pollMs = defaultPollMs } = this.#options;
    // before reading: what is committed from now on wakes us again
    this.#woken = Promise.withResolvers();
    const rows = await fetchRows[table](this.#store.db, this.#cursor.position, this.#batch);
    const until = performance.now() + stretchMs;
    for (const row of rows) {
      if (signal.aborted || !this.#cursor.held || performance.now() > until) return;
      const id = row.id as number;
      if (this.#cursor.has(slotOf(row), id) && this.#matches(row)) await this.#handle(row);
      this.#cursor.moveTo(id);
    }
    if (rows.length === this.#batch) return this.#tell('working');
    await this.#cursor.flush();
    await this.#tell('idle');
    await this.#restUntilWoken(Math.min(pollMs, this.#cursor.looksIn));
  }

  async #tell(phase: FeedState['phase']): Promise<void> {
    const { onState, table } = this.#options;
    const now = performance.now();
    if (!onState || (phase === this.#told.phase && now < this.#told.at + tellMs)) return;
    this.#told = { phase, at: now };
    const { position } = this.#cursor;
    const newest = phase === 'idle' ? position : await newestId(this.#store, table);
    onState({ phase, position, lag: Math.max(0, newest - position) });
  }

  async #rest(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#options.signal }).catch(() => undefined);
  }

  async #restUntilWoken(ms: number): Promise<void> {
    const timer = new AbortController();
    const poll = pause(ms, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([this.#woken.promise, poll]);
    timer.abort();
  }
}
