import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { redactText, toPerceptError } from '../kit/index.js';
import { Recently } from './recently.js';
import type { AuditTable, Database } from './schema.js';

export interface AuditEntry {
  readonly who: string;
  readonly action: string;
  readonly what?: string;
  /** More of it; nothing private beyond what the log is for. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
  /** ms UTC; now unless said. */
  readonly time?: number;
}

export interface AuditCheck {
  readonly count: number;
  /** Hash of the newest row: kept elsewhere, it shows later that nothing was cut off the end. */
  readonly head: string;
  /** Id of the first row that does not follow from the one before; undefined: all do. */
  readonly broken: number | undefined;
}

const beginning = '0'.repeat(64);
/** So many writers may come in between before something else must be wrong. */
const attempts = 50;
const page = 1000;

/** Appends to the chain; two writers at once, also in two processes, are put one after the other. */
export async function appendAudit(db: Kysely<Database>, entry: AuditEntry): Promise<void> {
  const { who, action, what = '', detail = {}, time = Date.now() } = entry;
  for (let attempt = 1; ; attempt++) {
    const row = { time, who, action, what, detail: JSON.stringify(detail), previous: await newest(db) };
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('audit')
      .values({ ...row, hash: hashOf(row) })
      // somebody else follows the same row already
      .onConflict((conflict) => conflict.column('previous').doNothing())
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows === 1n) return;
    if (attempt === attempts) throw new Error('the audit log could not be appended to: too many writers at once');
  }
}

/** So many may wait for a store that is away; then the next one is said on the console instead. */
const mostWaiting = 10_000;
const firstPauseMs = 200;
const longestPauseMs = 10_000;

/** What is to be written, by store: a row follows the one before it. */
const waiting = new WeakMap<Kysely<Database>, { readonly rows: Waiting[]; busy: boolean }>();

interface Waiting {
  readonly entry: AuditEntry;
  readonly written: () => void;
}

/**
 * Tells the log what somebody did, for all who act: nodes, pages, commands. Holds nobody up, and waits for a store that is away.
 * Secrets in addresses are masked.
 * @returns resolves when it is written, or can never be; never rejects
 */
export function recordAudit({ db }: { readonly db: Kysely<Database> }, entry: AuditEntry): Promise<void> {
  const queue = waiting.get(db) ?? { rows: [], busy: false };
  waiting.set(db, queue);
  if (queue.rows.length >= mostWaiting) {
    console.error(`audit: ${entry.who} ${entry.action}: not written, too many are waiting`);
    return Promise.resolve();
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  queue.rows.push({ entry: tidy(entry), written: resolve });
  if (!queue.busy) {
    queue.busy = true;
    void writeAll(db, queue.rows).finally(() => {
      queue.busy = false;
    });
  }
  return promise;
}

/** ms in which looking again is looking once. */
export const sawAgainMs = 900_000;
const mostSeen = 10_000;
const seen = new WeakMap<Kysely<Database>, Recently>();

export interface Sight {
  readonly who: string;
  /** A picture, a recording, an alert. */
  readonly what: string;
  /** How they came to see it: `page`, `phone`, `link`. */
  readonly way: string;
  readonly detail?: AuditEntry['detail'];
  /** Tells apart what has one name: hours of a recording. */
  readonly part?: string;
}

/** Tells the log who looked at or listened to something: once per person and thing in a quarter of an hour, however often pages ask. */
export function recordSight(
  { db }: { readonly db: Kysely<Database> },
  { who, what, way, detail, part = '' }: Sight,
  now = Date.now(),
): void {
  const recently = seen.get(db) ?? new Recently(sawAgainMs, mostSeen);
  seen.set(db, recently);
  if (!recently.isNew(JSON.stringify([who, what, part]), now)) return;
  void recordAudit({ db }, { who, action: 'saw', what, detail: { way, ...detail }, time: now });
}

/** @returns who sent this message from a page, as the door has put it there (`msg._client.user`); undefined where there is no door */
export function auditPerson(msg: object): string | undefined {
  const { _client: client } = msg as { _client?: { user?: { name?: unknown } } | null };
  const name = client?.user?.name;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

const passHeader = 'x-percept-pass';

/** The same for a message of an `http in` node too: whose session asked, in the words of the door, which Node-RED's settings can read. */
export async function auditAsker(msg: object, settings: { readonly adminAuth?: unknown }): Promise<string | undefined> {
  const { req } = msg as { req?: { headers?: Readonly<Record<string, unknown>> } };
  const pass = req?.headers?.[passHeader];
  const { tokenHeader, tokens } = (settings.adminAuth ?? {}) as { tokenHeader?: unknown; tokens?: unknown };
  if (typeof pass !== 'string' || tokenHeader !== passHeader || typeof tokens !== 'function') return auditPerson(msg);
  const user = (await tokens(pass)) as { readonly username?: unknown } | null;
  return typeof user?.username === 'string' ? user.username : undefined;
}

async function writeAll(db: Kysely<Database>, rows: Waiting[]): Promise<void> {
  let ms = firstPauseMs;
  for (let first = rows[0]; first; first = rows[0]) {
    try {
      await appendAudit(db, first.entry);
      ms = firstPauseMs;
    } catch (thrown) {
      const problem = toPerceptError(thrown);
      if (!isOver(thrown)) {
        if (ms === firstPauseMs) console.error(`audit: ${redactText(problem.localized())}`);
        await pause(ms, undefined, { ref: false });
        ms = Math.min(2 * ms, longestPauseMs);
        continue;
      }
      console.error(`audit: ${first.entry.who} ${first.entry.action}: not written: ${redactText(problem.localized())}`);
    }
    rows.shift()?.written();
  }
}

/** Nothing will ever be written there. */
function isOver(thrown: unknown): boolean {
  const { code } = toPerceptError(thrown);
  return code === 'store-closed' || code === 'store-read-only' || /has already been destroyed/.test(String(thrown));
}

function tidy({ who, action, what = '', detail = {}, time = Date.now() }: AuditEntry): AuditEntry {
  const clean = (text: string, length: number): string => redactText(text).replaceAll('\0', '\u2400').slice(0, length);
  const details = Object.entries(detail).map(([key, value]): [string, string | number | boolean] => [
    key,
    typeof value === 'string' ? clean(value, 500) : value,
  ]);
  return {
    who: clean(who, 200) || 'somebody',
    action: clean(action, 80),
    what: clean(what, 500),
    detail: Object.fromEntries(details),
    time,
  };
}

/** Reads the whole chain. */
export async function checkAudit(db: Kysely<Database>): Promise<AuditCheck> {
  let [count, head, last] = [0, beginning, 0];
  for (;;) {
    const rows = await db.selectFrom('audit').selectAll().where('id', '>', last).orderBy('id').limit(page).execute();
    for (const row of rows) {
      if (row.previous !== head || row.hash !== hashOf(row)) return { count, head, broken: row.id };
      [count, head, last] = [count + 1, row.hash, row.id];
    }
    if (rows.length < page) return { count, head, broken: undefined };
  }
}

async function newest(db: Kysely<Database>): Promise<string> {
  const row = await db.selectFrom('audit').select('hash').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row?.hash ?? beginning;
}

function hashOf({ time, who, action, what, detail, previous }: Omit<AuditTable, 'id' | 'hash'>): string {
  const text = JSON.stringify([time, who, action, what, detail, previous]);
  return createHash('sha256').update(text).digest('hex');
}
