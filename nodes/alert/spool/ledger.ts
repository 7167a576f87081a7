import type { Transaction } from 'kysely';
import type { AlertNotice, PerceptError } from '../../kit/index.js';
import { isGone } from '../../store/feed/holder.js';
import type { Database } from '../../store/schema.js';
import type { Store } from '../../store/store.js';
import type { Channel, Failure, ProviderReceipt, Sent } from '../channels/channel.js';
import { lock, timeOf } from '../desk/rows.js';
import { type ChannelHealth, healthOf } from './health.js';
import { keyOf, noticeOf, standsForEarlier, threadOf } from './keys.js';
import { afterFailure, mostUnanswered, type Patience } from './outcome.js';
import { type Asking, askingMs, nextAsk, ReceiptRows, usualAsking } from './receipts.js';
import { type SpoolRow, SpoolRows } from './rows.js';
import { isOver, type Outcome, outcomeOf } from './told.js';

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
  readonly asking?: Asking;
}

/** What came of asking; `unknown`: it will never be told. */
export type Told = ProviderReceipt | { readonly state: 'unknown' };

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
  readonly #receipts: ReceiptRows;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#rows = new SpoolRows(options.name);
    this.#receipts = new ReceiptRows(options.name);
  }

  /** @returns its outcome, where it was handed over before and is over */
  async take(given: AlertNotice): Promise<Outcome | undefined> {
    const rows = this.#rows;
    return await this.#turn(async (trx, now) => {
      const key = keyOf(given);
      const thread = threadOf(given);
      const there = await rows.byKey(trx, key);
      if (there) return isOver(there) ? outcomeOf(there, this.#options.channels) : undefined;
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
      const { first } = this.#asking;
      const asks = reference !== '' && this.#channelOf(row)?.receipt !== undefined;
      const receipt = { receipt: asks ? ('pending' as const) : ('' as const), receipt_due: asks ? now + first : null };
      await this.#end(trx, row, { state: 'delivered', reference, error: '', ...receipt }, now);
    });
  }

  /** ms until a provider is to be asked what became of something. */
  async restOfReceipts(): Promise<number> {
    const { store, channels } = this.#options;
    if (!channels.some(({ receipt }) => receipt)) return Number.POSITIVE_INFINITY;
    const due = await this.#receipts.nextDue(store.db);
    if (due === undefined) return Number.POSITIVE_INFINITY;
    const now = await timeOf(store.db, store.kind);
    return due > this.#latest(now) ? 0 : due - now;
  }

  /** Takes over to ask what is to be asked now. @param most rows */
  async claimReceipts(most: number): Promise<{ row: SpoolRow; channel: Channel }[]> {
    return await this.#turn(async (trx, now) => {
      const claimed: { row: SpoolRow; channel: Channel }[] = [];
      for (const row of await this.#receipts.due(trx, now, this.#latest(now), most)) {
        const channel = this.#channelOf(row);
        if (!channel?.receipt) {
          await this.#hear(trx, row, { receipt: 'unknown', receipt_due: null });
          continue;
        }
        await this.#rows.change(trx, row.id, { receipt_due: now + askingMs });
        claimed.push({ row, channel });
      }
      return claimed;
    });
  }

  /** What a provider has told of what it took. @param row as it was claimed */
  async receipt(row: SpoolRow, told: Told): Promise<void> {
    await this.#turn(async (trx, now) => {
      const { sent_at: sent, place } = row;
      const there = await this.#rows.byKey(trx, row.key);
      // another process has asked as well, and gone on
      if (there?.receipt !== 'pending' || there.sent_at !== sent || there.place !== place) return;
      if (told.state === 'missed') await this.#unreached(trx, there, told.problem, now);
      else if (told.state === 'reached') {
        await this.#hear(trx, there, { receipt: 'reached', receipt_due: null, receipt_at: now, told: 0 });
      } else {
        const due = told.state === 'unknown' ? undefined : nextAsk(sent ?? now, now, this.#asking);
        if (due === undefined) await this.#hear(trx, there, { receipt: 'unknown', receipt_due: null });
        else await this.#rows.change(trx, there.id, { receipt_due: due });
      }
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

  async untold(): Promise<{ row: SpoolRow; outcome: Outcome }[]> {
    const rows = await this.#rows.untold(this.#options.store.db);
    return rows.map((row) => ({ row, outcome: outcomeOf(row, this.#options.channels) }));
  }

  async told(rows: readonly SpoolRow[]): Promise<void> {
    await this.#rows.told(this.#options.store.db, rows);
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
    return await healthOf(this.#options.store.db, this.#rows, this.#options.channels);
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
          ...{ due: now, holder: null, changed_at: now, receipt: '', receipt_at: null },
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

  /** The provider has it, but the person has not: the next channel tries, unless that has become needless. */
  async #unreached(trx: Transaction<Database>, row: SpoolRow, problem: Failed['problem'], now: number): Promise<void> {
    const missed = { receipt: 'missed' as const, receipt_due: null, receipt_at: now };
    const standing = await this.#receipts.standing(trx, row);
    if (standing.what === 'news') {
      // it stands for them again
      await this.#receipts.changeShared(trx, row, { state: 'withdrawn', receipt: '', told: 1 });
      await this.#rows.change(trx, row.id, { ...missed, told: 0 });
      await this.#goOn(trx, { ...row, ...missed }, { failure: 'refused', problem, after: 0 }, now);
      return;
    }
    const error = problem.message.slice(0, longestError);
    await this.#hear(trx, row, { ...missed, state: 'withdrawn', error, told: 0, changed_at: now });
    const { heir } = standing;
    // what nobody has heard yet is no quiet change
    if (heir && noticeOf(heir).quiet && !noticeOf(row).quiet)
      await this.#rows.change(trx, heir.id, { body: JSON.stringify({ ...noticeOf(heir), quiet: false }) });
  }

  async #hear(trx: Transaction<Database>, row: SpoolRow, changes: Partial<SpoolRow>): Promise<void> {
    await this.#receipts.changeShared(trx, row, changes);
    await this.#rows.change(trx, row.id, changes);
  }

  get #asking(): Asking {
    return this.#options.asking ?? usualAsking;
  }

  /** Nothing is put off beyond this, unless the clock was put back since. */
  #latest(now: number): number {
    return now + askingMs + this.#asking.longest;
  }

  #channelOf({ channel }: SpoolRow): Channel | undefined {
    return this.#options.channels.find(({ id }) => id === channel);
  }

  async #end(
    trx: Transaction<Database>,
    row: SpoolRow,
    end: Partial<SpoolRow> & Pick<SpoolRow, 'state' | 'error'>,
    now: number,
  ): Promise<void> {
    await this.#rows.change(trx, row.id, { ...end, due: null, holder: null, told: 0, changed_at: now });
    const { state, error, receipt = row.receipt } = end;
    const shared = { state, error, receipt, told: 0, changed_at: now, channel: row.channel };
    await this.#rows.shareOutcome(trx, row, shared);
  }
}
