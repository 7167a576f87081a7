import type { PerceptError } from '../../kit/index.js';
import { WriterTurns } from '../../store/sqlite/turns.js';
import type { MeasuredClock } from '../decode/envelope.js';
import { Epochs } from './epochs.js';
import { gatewayError, outboxError } from './errors.js';
import { type OutboxFile, openOutboxFile, type Run } from './outbox-file.js';
import { excess, type Limits, letGo, usedBytes } from './outbox-room.js';
import { countRows, keptAfter, makeLetter, readTally, removeUpTo, type Tally, writeTally } from './outbox-rows.js';
import { OutboxWriter } from './outbox-write.js';
import type { Kept, Row } from './row.js';

export interface OutboxOptions extends Limits {
  readonly path: string;
  /** Whether the path is the node's own choice. */
  readonly ours: boolean;
  /** Readings per fsync. */
  readonly groupCount: number;
  /** How long the first of an fsync waits for others, ms. */
  readonly groupMs: number;
  /** ms UTC */
  readonly now: () => number;
}

type Changing<T> = { -readonly [K in keyof T]: T[K] };

interface State extends Changing<Tally> {
  /** In the file, also what was sent and is not removed yet. */
  rows: number;
  bytes: number;
  oldest: number | undefined;
}

/** The counters run since the file was begun. */
export interface Figures extends Omit<Tally, 'lastId'> {
  readonly waiting: number;
  /** On disk, without the log. */
  readonly bytes: number;
  /** When the first that waits was measured, ms UTC. */
  readonly oldest: number | undefined;
}

interface Waiter {
  readonly rows: readonly Row[];
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** The last id of a stretch of the queue and the number of rows in it. */
interface Stretch {
  upTo: number;
  count: number;
}

/** Readings that wait for the disk; beyond it the disk is too slow for what comes. */
const pendingLimit = 50_000;
/** What was sent is removed with the next commit, or after so long without one. */
const removeAfterMs = 250;
const goneAtOnce = 10_000;
const nothing: Tally = { lastId: 0, accepted: 0, repeated: 0, sent: 0, went: 0, letters: 0 };

/**
 * A queue of readings on disk. `append` resolves after the fsync; readings come out in the order in which they went in, and
 * are removed once they are said to be sent. What is counted is counted in the transactions that change it.
 */
export class Outbox {
  readonly damaged: PerceptError | undefined;
  readonly #options: OutboxOptions;
  readonly #file: OutboxFile;
  readonly #run: Run;
  readonly #writer: OutboxWriter;
  readonly #epochs: Epochs;
  readonly #turns = new WriterTurns();
  #state: State = { ...nothing, rows: 0, bytes: 0, oldest: undefined };
  /** Sent and not removed yet, from the first row on. */
  readonly #done: Stretch = { upTo: 0, count: 0 };
  /** Handed out, from there on. */
  readonly #leased: Stretch = { upTo: 0, count: 0 };
  #pending: Waiter[] = [];
  #pendingRows = 0;
  #timer: NodeJS.Timeout | undefined;
  #removal: NodeJS.Timeout | undefined;
  #flight: Promise<void> | undefined;
  #closing = false;

  private constructor(options: OutboxOptions, file: OutboxFile) {
    this.#options = options;
    this.#file = file;
    this.#run = file.run;
    this.damaged = file.damaged;
    this.#writer = new OutboxWriter(file.run);
    this.#epochs = new Epochs(file.run);
  }

  /** @throws PerceptError `gateway-newer`, `gateway-not-outbox`, `gateway-in-use`, `gateway-disk-full`, `store-…` */
  static async open(options: OutboxOptions): Promise<Outbox> {
    const file = await openOutboxFile(options.path, options.ours);
    const outbox = new Outbox(options, file);
    try {
      await outbox.#begin();
      return outbox;
    } catch (thrown) {
      await file.thread.close();
      throw outboxError(thrown, options.path);
    }
  }

  get figures(): Figures {
    const { lastId: _, rows: __, ...figures } = this.#state;
    return { ...figures, waiting: this.#waiting, sent: figures.sent + this.#done.count };
  }

  /** Waiting and not handed out. */
  get ahead(): number {
    return this.#waiting - this.#leased.count;
  }

  get #waiting(): number {
    return this.#state.rows - this.#done.count;
  }

  /**
   * All of them or none; safe when it resolves. A repeat of one that waits already is counted and not kept again.
   * @throws PerceptError `gateway-full`, `gateway-disk-full`, `gateway-busy`, `gateway-closing`, `store-…`
   */
  append(rows: readonly Row[]): Promise<void> {
    if (this.#closing) return Promise.reject(gatewayError('gateway-closing', {}));
    if (this.#pendingRows > 0 && this.#pendingRows + rows.length > pendingLimit)
      return Promise.reject(gatewayError('gateway-busy', { waiting: this.#pendingRows }));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#pending.push({ rows, resolve, reject });
    this.#pendingRows += rows.length;
    if (this.#pendingRows >= this.#options.groupCount) this.#flush();
    else this.#later();
    return promise;
  }

  /** Up to `count` readings of one epoch beyond those that were handed out, oldest first. */
  async next(count: number): Promise<Kept[]> {
    return await this.#alone(async () => {
      // what is handed out does not go; the other half of the room stays free for what must
      const most = Math.min(count, Math.ceil(this.#options.maxReadings / 2) - this.#leased.count);
      if (most <= 0 || this.ahead <= 0) return [];
      const found = await keptAfter(this.#run, this.#handedOut, most);
      const other = found.findIndex(({ epoch }) => epoch !== found[0]?.epoch);
      const rows = other < 0 ? found : found.slice(0, other);
      this.#leased.upTo = rows.at(-1)?.id ?? this.#leased.upTo;
      this.#leased.count += rows.length;
      return rows;
    });
  }

  /** What was handed out and not sent comes out again. */
  release(): void {
    this.#leased.upTo = this.#done.upTo;
    this.#leased.count = 0;
  }

  /** @param rows the first of those that were handed out */
  sent(rows: readonly Kept[]): void {
    this.#done.upTo = rows.at(-1)?.id ?? this.#done.upTo;
    this.#done.count += rows.length;
    this.#leased.count -= rows.length;
    this.#removal ??= setTimeout(() => this.#flush(), removeAfterMs);
  }

  /** Puts the first of those that were handed out among the dead letters. @returns its id there */
  async letter(row: Kept, reason: string): Promise<number> {
    const id = await this.#change(async (state) => {
      state.rows--;
      state.letters++;
      return await makeLetter(this.#run, row, reason, this.#options.now());
    });
    this.#leased.count--;
    return id;
  }

  /** The clock of this box was set. @param step by how much, ms */
  async stepped(step: number): Promise<void> {
    await this.#change(async () => this.#epochs.stepped(step, this.#options.now(), await this.#firstEpoch()));
  }

  /** The clock of the far side was measured. */
  async measured(clock: MeasuredClock): Promise<void> {
    await this.#change(() => this.#epochs.measured(clock));
  }

  /** How the clock stood when a reading was taken in; default: now. */
  clockOf(epoch = this.#epochs.current): MeasuredClock | undefined {
    return this.#epochs.clockOf(epoch);
  }

  /** Commits what is pending first. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#flush();
    while (this.#flight !== undefined) await this.#flight;
    this.#clearTimers();
    await this.#file.thread.close();
  }

  async #begin(): Promise<void> {
    this.#state = { ...this.#state, ...(await readTally(this.#run)), rows: await countRows(this.#run) };
    await this.#change(async () => this.#epochs.begin(this.#options.now(), await this.#firstEpoch()));
  }

  async #firstEpoch(): Promise<number | undefined> {
    return (await keptAfter(this.#run, this.#done.upTo, 1))[0]?.epoch;
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.#flush(), this.#options.groupMs);
  }

  #flush(): void {
    if (this.#flight || (this.#pending.length === 0 && this.#done.count === 0)) return;
    this.#flight = this.#commit(this.#take()).finally(() => {
      this.#flight = undefined;
      this.#clearTimers();
      if (this.#pendingRows >= this.#options.groupCount || (this.#closing && this.#pending.length > 0)) this.#flush();
      else if (this.#pending.length > 0) this.#later();
      else if (this.#done.count > 0 && !this.#closing) this.#removal = setTimeout(() => this.#flush(), removeAfterMs);
    });
  }

  #clearTimers(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#removal);
    this.#timer = undefined;
    this.#removal = undefined;
  }

  #take(): Waiter[] {
    let rows = 0;
    let n = 0;
    while (n < this.#pending.length && (n === 0 || rows < this.#options.groupCount))
      rows += this.#pending[n++]?.rows.length ?? 0;
    this.#pendingRows -= rows;
    return this.#pending.splice(0, n);
  }

  async #commit(group: readonly Waiter[]): Promise<void> {
    const rows = group.flatMap((one) => one.rows);
    try {
      await this.#change((state) => this.#insert(rows, state));
      for (const { resolve } of group) resolve();
    } catch (thrown) {
      const error = outboxError(thrown, this.#options.path);
      if (error.code === 'gateway-disk-full') await this.#reuseLog();
      for (const { reject } of group) reject(error);
    }
  }

  /** What the log holds is in the file then, so that its room can be used again. */
  async #reuseLog(): Promise<void> {
    await this.#alone(() => this.#run('pragma wal_checkpoint(restart)')).catch(() => undefined);
  }

  async #insert(rows: readonly Row[], state: State): Promise<void> {
    const inserted = await this.#writer.insert(rows, state.lastId + 1, this.#epochs.current);
    state.lastId += rows.length;
    state.rows += inserted;
    state.accepted += inserted;
    state.repeated += rows.length - inserted;
    await this.#makeRoom(state);
    await this.#writer.tidy();
  }

  async #makeRoom(state: State): Promise<void> {
    const { policy, path: outbox } = this.#options;
    for (;;) {
      const over = await excess(this.#run, state.rows, this.#options);
      if (over === 0) return;
      if (policy === 'refuse') throw gatewayError('gateway-full', { outbox, waiting: this.#waiting });
      const gone = await letGo(this.#run, Math.min(over, goneAtOnce), this.#handedOut, policy);
      if (gone === 0) return;
      state.rows -= gone;
      state.went += gone;
    }
  }

  get #handedOut(): number {
    return Math.max(this.#done.upTo, this.#leased.upTo);
  }

  /** One transaction: what was sent goes, `work` is done, the tally is written; or everything stays as it was. */
  async #change<T>(work: (state: State) => Promise<T>): Promise<T> {
    return await this.#alone(async () => {
      const done = { ...this.#done };
      const state = { ...this.#state };
      try {
        await this.#run('begin immediate');
        if (done.count > 0) state.rows -= await removeUpTo(this.#run, done.upTo);
        state.sent += done.count;
        const result = await work(state);
        await writeTally(this.#run, state);
        state.bytes = await usedBytes(this.#run);
        state.oldest = (await keptAfter(this.#run, done.upTo, 1))[0]?.time;
        await this.#run('commit');
        this.#state = state;
        this.#done.count -= done.count;
        return result;
      } catch (thrown) {
        this.#writer.forget();
        await this.#file.thread.request('reset', {}).catch(() => undefined);
        throw thrown;
      }
    });
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.#turns.acquire();
    try {
      return await work();
    } finally {
      release();
    }
  }
}
