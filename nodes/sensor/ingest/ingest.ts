import { setTimeout as sleep } from 'node:timers/promises';
import { type PerceptError, toPerceptError } from '../../kit/index.js';
import type { Arrival, Decoder } from '../decode/contract.js';
import { commitItems, type Destination, isTheirFault, rejection } from './commit.js';
import { ingestError } from './errors.js';
import { type Item, type Origin, type Outcome, rowsOf } from './item.js';

export interface GroupLimits {
  /** Messages per transaction. */
  readonly groupCount: number;
  /** How long the first of a group waits for others, ms. */
  readonly groupMs: number;
}

export interface IngestEvents {
  /** The store or the bucket is away: the group is kept and tried again. */
  waiting(error: PerceptError): void;
  /** After each commit. */
  working(): void;
}

const rowsPerGroup = 5_000;
/** A source that has been silent this long has probably sent all that its broker lets it send without an answer. */
const quietMs = 2;
const firstRetry = 200;
const longestRetry = 5_000;
const slowAfter = 5_000;

/**
 * Messages into the store, several per transaction: one group is on its way to disk while the next one fills.
 * What cannot be decoded becomes a dead letter in the same transaction. A group is kept until it is committed.
 */
export class Ingest {
  readonly #to: Destination;
  readonly #decode: Decoder;
  readonly #limits: GroupLimits;
  readonly #events: IngestEvents;
  readonly #stop = new AbortController();
  #closing: boolean = false;
  #pending: Item[] = [];
  #rows = 0;
  #firstAt = 0;
  #lastAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #flight: Promise<void> | undefined;

  constructor(to: Destination, decode: Decoder, limits: GroupLimits, events: IngestEvents) {
    this.#to = to;
    this.#decode = decode;
    this.#limits = limits;
    this.#events = events;
  }

  take(arrival: Arrival, from: Origin, settle: Item['settle']): void {
    if (this.#closing) {
      settle(undefined);
      return;
    }
    const item: Item = { arrival, work: this.#decoded(arrival), stored: [], from, settle };
    this.#lastAt = performance.now();
    if (this.#pending.length === 0) this.#firstAt = this.#lastAt;
    this.#pending.push(item);
    this.#rows += rowsOf(item);
    this.#next();
  }

  /** Takes nothing more in, commits what would not come again, waits at most `ms`, and lets go of the rest. */
  async stop(ms: number): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
    const [again, once] = [this.#pending.filter(comesAgain), this.#pending.filter((item) => !comesAgain(item))];
    this.#pending = once;
    for (const item of again) item.settle(undefined);
    const late = setTimeout(() => this.#stop.abort(), ms);
    while (!this.#stop.signal.aborted && (this.#flight || this.#pending.length > 0)) {
      if (!this.#flight) this.#flush();
      await Promise.race([this.#flight, aborted(this.#stop.signal)]);
    }
    clearTimeout(late);
    this.#stop.abort();
    for (const item of this.#pending.splice(0)) item.settle(undefined);
  }

  #decoded(arrival: Arrival): Item['work'] {
    try {
      return { decoded: this.#decode(arrival) };
    } catch (thrown) {
      return rejection(thrown);
    }
  }

  #next(): void {
    if (this.#closing || this.#flight || this.#pending.length === 0) return;
    if (this.#due()) this.#flush();
    else
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#next();
      }, quietMs);
  }

  #due(): boolean {
    if (this.#pending.length >= this.#limits.groupCount || this.#rows >= rowsPerGroup) return true;
    const now = performance.now();
    return now - this.#firstAt >= this.#limits.groupMs || now - this.#lastAt >= quietMs;
  }

  #flush(): void {
    const group = this.#pending.splice(0, this.#limits.groupCount);
    this.#rows = this.#pending.reduce((rows, item) => rows + rowsOf(item), 0);
    this.#firstAt = this.#lastAt;
    this.#flight = this.#safe(group).finally(() => {
      this.#flight = undefined;
      this.#next();
    });
  }

  async #safe(group: readonly Item[]): Promise<void> {
    // only stopping rejects: nothing is acknowledged then
    const outcomes = await this.#commit(group).catch(() => undefined);
    if (outcomes) this.#events.working();
    for (const [i, item] of group.entries()) item.settle(outcomes?.[i]);
  }

  /** Tries until it is done; rows that no store would take become dead letters, and hold up nobody. */
  async #commit(group: readonly Item[]): Promise<Outcome[]> {
    for (let attempt = 0; ; attempt++) {
      this.#stop.signal.throwIfAborted();
      try {
        return await (attempt === 0 ? this.#first(group) : commitItems(group, this.#to));
      } catch (thrown) {
        const error = toPerceptError(thrown);
        if (isTheirFault(error, attempt) && group.some(({ work }) => 'decoded' in work))
          return await this.#apart(group, error);
        this.#events.waiting(error);
        const delay = Math.min(longestRetry, firstRetry * 2 ** attempt);
        await sleep(delay, undefined, { signal: this.#stop.signal });
      }
    }
  }

  /** Later attempts have told already what is wrong. */
  async #first(group: readonly Item[]): Promise<Outcome[]> {
    const began = performance.now();
    const slow = setInterval(() => {
      const seconds = Math.round((performance.now() - began) / 1000);
      this.#events.waiting(ingestError('ingest-slow', { store: this.#to.store.label, seconds }));
    }, slowAfter);
    return await commitItems(group, this.#to).finally(() => clearInterval(slow));
  }

  async #apart(group: readonly Item[], error: PerceptError): Promise<Outcome[]> {
    const [only] = group;
    if (only && group.length === 1) {
      only.work = { rejected: error };
      return await this.#commit(group);
    }
    const half = Math.ceil(group.length / 2);
    return [...(await this.#commit(group.slice(0, half))), ...(await this.#commit(group.slice(half)))];
  }
}

function comesAgain({ from }: Item): boolean {
  return from.comesAgain;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
