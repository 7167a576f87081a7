import type { Transaction } from 'kysely';
import type { AlertNotice, PerceptError } from '../../kit/index.js';
import { isGone } from '../../store/feed/holder.js';
import type { Database } from '../../store/schema.js';
import type { Store } from '../../store/store.js';
import type { Channel, Failure, Sent } from '../channels/channel.js';
import { lock, timeOf } from '../desk/rows.js';
import { keyOf, standsForEarlier, threadOf } from './keys.js';
import { afterFailure, mostUnanswered, type Patience } from './outcome.js';
import { type SpoolRow, SpoolRows } from './rows.js';

/** What became of a notice. */
export interface Outcome {
  readonly notice: AlertNotice;
  readonly ok: boolean;
  /** Name of the channel that delivered it, or was the last to try. */
  readonly channel: string;
  readonly at: number;
  readonly error?: string;
}

/** How a channel does. */
export interface ChannelHealth {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  /** Notices of this node that it has not taken yet. */
  readonly waiting: number;
  /** ms UTC */
  readonly lastDelivered?: number;
  readonly lastError?: string;
  readonly lastErrorAt?: number;
}

export interface Failed {
  readonly failure: Failure;
  readonly problem: Pick<PerceptError, 'message'>;
  readonly after: number;
}

export interface LedgerOptions {
  readonly store: Store;
  /** Whose it is. */
  readonly name: string;
  /** In the order in which they are tried; one at least. */
  readonly channels: readonly Channel[];
  readonly patience: Patience;
}

const minute = 60_000;
const day = 86_400_000;
/** A row that is being sent for longer has been left by who sent it. */
export const leaseMs = 180_000;
const longestError = 500;

/** Who sends in this process: holders that are still at work. */
const working = new Set<string>();
const known = new Set<string>();

export function beginWork(holder: string): () => void {
  working.add(holder);
  known.add(holder);
  return () => working.delete(holder);
}

function hasLeft(holder: string): boolean {
  return known.has(holder) ? !working.has(holder) : isGone(holder);
}

/** The spool as transactions: each leaves it in a state from which any process can go on. */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #rows: SpoolRows;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#rows = new SpoolRows(options.name);
  }

  /** @returns its outcome, where it was handed over before and is over */
  async take(given: AlertNotice): Promise<Outcome | undefined> {
    const rows = this.#rows;
    return await this.#turn(async (trx, now) => {
      const key = keyOf(given);
      const thread = threadOf(given);
      const there = await rows.byKey(trx, key);
      if (there) return there.due === null && there.state !== 'withdrawn' ? this.#outcomeOf(there) : undefined;
      let notice = given;
      for (const earlier of standsForEarlier(given) ? await rows.waiting(trx, thread) : []) {
        await rows.change(trx, earlier.id, { state: 'withdrawn', due: null, changed_at: now });
        // what nobody has heard yet is no quiet change
        if (given.occasion === 'update' && !noticeOf(earlier).quiet) notice = { ...notice, quiet: false };
      }
      await rows.add(trx, { key, thread, notice, now, channel: this.#options.channels[0]?.id ?? '' });
      return undefined;
    });
  }

  /** Marks as being sent what may be sent now. @param most rows */
  async claim(holder: string, most: number): Promise<{ row: SpoolRow; channel: Channel; earlier: string[] }[]> {
    const { channels } = this.#options;
    return await this.#turn(async (trx, now) => {
      const claimed: { row: SpoolRow; channel: Channel; earlier: string[] }[] = [];
      for (const row of await this.#rows.due(trx, now)) {
        if (claimed.length >= most) break;
        if (row.state === 'sending') {
          await this.#missed(trx, row, now);
          continue;
        }
        const place = Math.max(
          0,
          channels.findIndex(({ id }) => id === row.channel),
        );
        const channel = channels[place];
        if (!channel) continue;
        const { count, first } = await this.#rows.sentSince(trx, channel.id, now - minute);
        if (count >= channel.perMinute) {
          await this.#rows.change(trx, row.id, { due: Math.min(now, first ?? now) + minute, changed_at: now });
          continue;
        }
        const same = row.channel === channel.id;
        const marks = {
          ...{ state: 'sending' as const, holder, place, channel: channel.id, sent_at: now, due: now + leaseMs },
          ...{ attempts: (same ? row.attempts : 0) + 1, unanswered: same ? row.unanswered : 0, changed_at: now },
          begun_at: (same ? row.begun_at : null) ?? now,
        };
        await this.#rows.change(trx, row.id, marks);
        const sent = { ...row, ...marks };
        claimed.push({ row: sent, channel, earlier: await this.#rows.earlier(trx, sent) });
      }
      return claimed;
    });
  }

  async delivered(row: SpoolRow, { reference = '' }: Sent): Promise<void> {
    await this.#turn(async (trx, now) => {
      if (!(await this.#isStill(trx, row))) return;
      await this.#end(trx, row, { state: 'delivered', reference, error: '' }, now);
    });
  }

  async failed(row: SpoolRow, failed: Failed): Promise<void> {
    await this.#turn(async (trx, now) => {
      if (await this.#isStill(trx, row)) await this.#goOn(trx, row, failed, now);
    });
  }

  /** Goes on with what was being sent by who has died. */
  async adopt(): Promise<void> {
    const { store } = this.#options;
    const left = (await this.#rows.sending(store.db)).filter(({ holder }) => hasLeft(holder ?? ''));
    if (left.length === 0) return;
    await this.#turn(async (trx, now) => {
      for (const row of left) if (await this.#isStill(trx, row)) await this.#missed(trx, row, now);
    });
  }

  async untold(): Promise<{ id: number; outcome: Outcome }[]> {
    const rows = await this.#rows.untold(this.#options.store.db);
    return rows.map((row) => ({ id: row.id, outcome: this.#outcomeOf(row) }));
  }

  async told(ids: readonly number[]): Promise<void> {
    await this.#rows.told(this.#options.store.db, ids);
  }

  /** ms until there is something to do. */
  async rest(): Promise<number> {
    const { store } = this.#options;
    const due = await this.#rows.nextDue(store.db);
    return due === undefined ? Number.POSITIVE_INFINITY : due - (await timeOf(store.db, store.kind));
  }

  async waiting(): Promise<number> {
    return await this.#rows.waitingCount(this.#options.store.db);
  }

  /** How the channels do, as far back as the spool remembers. */
  async health(): Promise<ChannelHealth[]> {
    const { store, channels } = this.#options;
    const waiting = await this.#rows.waitingByChannel(store.db);
    return await Promise.all(
      channels.map(async ({ id, name, kind }) => {
        const delivered = await this.#rows.newestOf(store.db, id, 'delivered');
        const failed = await this.#rows.newestOf(store.db, id, 'error');
        return {
          ...{ id, name, kind, waiting: waiting.get(id) ?? 0 },
          ...(delivered ? { lastDelivered: delivered.changed_at } : {}),
          ...(failed ? { lastError: failed.error, lastErrorAt: failed.changed_at } : {}),
        };
      }),
    );
  }

  /** Keeps what came of a test, for the health of its channel and its rate. */
  async tested(channel: Channel, notice: AlertNotice, error = ''): Promise<void> {
    await this.#turn(async (trx, now) => {
      const row = { key: keyOf(notice), thread: threadOf(notice), body: JSON.stringify(notice) };
      const place = this.#options.channels.indexOf(channel);
      const over = { state: 'tested' as const, channel: channel.id, place, attempts: 1, sent_at: now };
      await this.#rows.addOver(trx, row, { ...over, error: error.slice(0, longestError), changed_at: now });
    });
  }

  /**
   * Begins anew with what no channel took.
   * @param notice its name, as `17.3`; without it all
   * @returns how many
   */
  async resend(notice?: string): Promise<number> {
    return await this.#turn(async (trx, now) => {
      const dead = await this.#rows.dead(trx);
      const wanted = notice === undefined ? dead : dead.filter((row) => noticeOf(row).notice === notice);
      const [first] = this.#options.channels;
      for (const { id } of wanted) {
        await this.#rows.change(trx, id, {
          ...{ state: 'waiting', place: 0, channel: first?.id ?? '', attempts: 0, unanswered: 0, begun_at: null },
          ...{ due: now, holder: null, changed_at: now },
        });
      }
      return wanted.length;
    });
  }

  /** Removes what has been over for a week, or a month where it failed. */
  async sweep(): Promise<void> {
    const { store } = this.#options;
    const now = await timeOf(store.db, store.kind);
    while ((await this.#rows.sweep(store.db, now - 7 * day, now - 30 * day)) > 0);
  }

  async #turn<T>(act: (trx: Transaction<Database>, now: number) => Promise<T>): Promise<T> {
    const { store, name } = this.#options;
    return await store.db.transaction().execute(async (trx) => {
      await lock(trx, store.kind, `spool ${name}`);
      return await act(trx, await timeOf(trx, store.kind));
    });
  }

  /** Nobody else has gone on with it in the meantime. */
  async #isStill(trx: Transaction<Database>, { key, holder }: SpoolRow): Promise<boolean> {
    const now = await this.#rows.byKey(trx, key);
    return now?.state === 'sending' && now.holder === holder;
  }

  async #missed(trx: Transaction<Database>, row: SpoolRow, now: number): Promise<void> {
    const problem = { message: 'It was being sent when the process ended; it may have arrived.' };
    await this.#goOn(trx, row, { failure: 'unanswered', problem, after: 0 }, now);
  }

  async #goOn(
    trx: Transaction<Database>,
    row: SpoolRow,
    { failure, problem, after }: Failed,
    now: number,
  ): Promise<void> {
    const { channels, patience } = this.#options;
    const next = channels[row.place + 1];
    const unanswered = row.unanswered + (failure === 'unanswered' ? 1 : 0);
    const trying = { attempts: row.attempts, unanswered, begun: row.begun_at ?? now, hasNext: next !== undefined };
    const follows = afterFailure(failure, trying, patience, now, after);
    const error = problem.message.slice(0, longestError);
    const again = row.again === 1 || failure === 'unanswered' ? 1 : 0;
    if (follows.what === 'next' && !next) {
      await this.#end(trx, row, { state: 'failed', error, again, unanswered }, now);
      return;
    }
    if (follows.what === 'next') {
      const { channel, place, attempts, sent_at } = row;
      const passed = { state: 'passed' as const, channel, place, attempts, sent_at, error, changed_at: now };
      await this.#rows.addOver(trx, { ...row, key: `${row.key}#${place}` }, passed);
    }
    const changes = { state: 'waiting' as const, holder: null, error, again, changed_at: now };
    await this.#rows.change(
      trx,
      row.id,
      follows.what === 'wait'
        ? { ...changes, unanswered: Math.min(unanswered, mostUnanswered), due: follows.due }
        : {
            ...{ ...changes, due: now, place: row.place + 1, channel: next?.id ?? '' },
            ...{ attempts: 0, unanswered: 0, begun_at: null },
          },
    );
  }

  async #end(
    trx: Transaction<Database>,
    row: SpoolRow,
    end: Partial<SpoolRow> & Pick<SpoolRow, 'state' | 'error'>,
    now: number,
  ): Promise<void> {
    await this.#rows.change(trx, row.id, { ...end, due: null, holder: null, told: 0, changed_at: now });
    const { state, error } = end;
    await this.#rows.shareOutcome(trx, row, { state, error, told: 0, changed_at: now, channel: row.channel });
  }

  #outcomeOf(row: SpoolRow): Outcome {
    const { state, error, channel, changed_at: at } = row;
    const name = this.#options.channels.find(({ id }) => id === channel)?.name ?? channel;
    const notice = { ...noticeOf(row), again: row.again === 1 };
    return { notice, at, ok: state === 'delivered', channel: name, ...(error ? { error } : {}) };
  }
}

export function noticeOf({ body }: Pick<SpoolRow, 'body'>): AlertNotice {
  return JSON.parse(body) as AlertNotice;
}
