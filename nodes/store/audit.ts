import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
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
