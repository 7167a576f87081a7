import type { AlertNotice } from '../../kit/index.js';
import { noticeOf, standsForEarlier } from './keys.js';
import { type Db, earliest, type SpoolRow } from './rows.js';

/** How providers are asked what became of what they took; all in ms. */
export interface Asking {
  /** After it was sent. */
  readonly first: number;
  readonly longest: number;
  /** After it was sent: what is not known by then counts as delivered. */
  readonly giveUp: number;
}

export const usualAsking: Asking = { first: 3_000, longest: 60_000, giveUp: 900_000 };
/** Of those that ask now: whoever dies over it is followed after this. */
export const askingMs = 45_000;

/** @returns ms UTC, or undefined: given up. The longer it takes, the more rarely. */
export function nextAsk(sent: number, now: number, { first, longest, giveUp }: Asking): number | undefined {
  const since = Math.max(0, now - sent);
  return since >= giveUp ? undefined : now + Math.min(longest, Math.max(first, since / 2));
}

/** What of a notice that did not arrive is still to be told by the next channel. */
export type Standing =
  | { readonly what: 'news' }
  /** The person was told of later things, or is about to be: `heir` waits to be sent. */
  | { readonly what: 'old'; readonly heir?: SpoolRow };

/** Receipts of one notify node, beside its notices: they keep back nothing. */
export class ReceiptRows {
  readonly #spool: string;

  constructor(spool: string) {
    this.#spool = spool;
  }

  /** When to ask next. */
  async nextDue(db: Db): Promise<number | undefined> {
    return await earliest(db, this.#spool, 'receipt_due');
  }

  /** @param most rows @param latest what is due later than this was put off by a clock that was put back since */
  async due(db: Db, now: number, latest: number, most: number): Promise<SpoolRow[]> {
    return await db
      .selectFrom('notice_spool')
      .selectAll()
      .where('spool', '=', this.#spool)
      .where('receipt_due', 'is not', null)
      // that it was delivered is told first
      .where('told', '=', 1)
      .where((eb) => eb.or([eb('receipt_due', '<=', now), eb('receipt_due', '>', latest)]))
      .orderBy('receipt_due')
      .limit(most)
      .execute();
  }

  /** Those that it stood for: they share its receipt, and were over at the same moment. */
  async changeShared(db: Db, { id, thread, changed_at: changed }: SpoolRow, changes: Partial<SpoolRow>): Promise<void> {
    await db
      .updateTable('notice_spool')
      .set(changes)
      .where('spool', '=', this.#spool)
      .where('thread', '=', thread)
      .where('id', '<', id)
      .where('state', '=', 'delivered')
      .where('receipt', '=', 'pending')
      .where('receipt_due', 'is', null)
      .where('changed_at', '=', changed)
      .execute();
  }

  /** Whether the person is still to hear of it: not where a later notice has told, or nobody is needed any more. */
  async standing(db: Db, row: SpoolRow): Promise<Standing> {
    const later = await db
      .selectFrom('notice_spool')
      .selectAll()
      .where('spool', '=', this.#spool)
      .where('thread', '=', row.thread)
      .where('id', '>', row.id)
      .where('state', 'in', ['waiting', 'sending', 'delivered', 'failed'])
      .orderBy('id')
      .execute();
    const live = later.find((one) => one.state !== 'failed' || tellsTheEnd(noticeOf(one)));
    if (live) return { what: 'old', ...(live.state === 'waiting' ? { heir: live } : {}) };
    return (await isWanted(db, noticeOf(row))) ? { what: 'news' } : { what: 'old' };
  }
}

function tellsTheEnd(notice: AlertNotice): boolean {
  return standsForEarlier(notice) && notice.occasion !== 'update';
}

/** An alert that is kept elsewhere is taken as it was. */
async function isWanted(db: Db, { id, policy, opened, occasion }: AlertNotice): Promise<boolean> {
  if (occasion === 'resolved') return true;
  const alert = await db
    .selectFrom('alert')
    .select('state')
    .where('id', '=', id)
    .where('policy', '=', policy)
    .where('opened_at', '=', opened)
    .executeTakeFirst();
  if (!alert || alert.state === 'open' || alert.state === 'notified') return true;
  return occasion === 'acknowledged' && alert.state === 'acknowledged';
}
