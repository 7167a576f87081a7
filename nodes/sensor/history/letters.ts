import { type Kysely, sql } from 'kysely';
import type { Database } from '../../store/schema.js';
import type { LettersAnswer } from './answers.js';

const previewBytes = 200;

/** The newest refused messages. Only the beginning of each payload leaves the database. */
export async function lettersAnswer(db: Kysely<Database>, limit: number): Promise<LettersAnswer> {
  const { total } = await db
    .selectFrom('dead_letter')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await db
    .selectFrom('dead_letter')
    .select(['id', 'node', 'topic', 'code', 'reason', 'received_at'])
    .select(sql<number>`length(payload)`.as('bytes'))
    .select(sql<Uint8Array | null>`substr(payload, 1, ${sql.lit(previewBytes)})`.as('head'))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return {
    kind: 'letters',
    total: Number(total),
    letters: rows.map(({ received_at, bytes, head, ...letter }) => ({
      ...letter,
      receivedAt: received_at,
      bytes: Number(bytes),
      // SQLite's substr of nothing is null
      preview: preview(head ?? new Uint8Array(), Number(bytes)),
    })),
  };
}

/** @param head the first bytes of a payload of `bytes` bytes */
export function preview(head: Uint8Array, bytes: number): string {
  const more = bytes > head.length ? '…' : '';
  // a character may be cut in two at the end
  const text = new TextDecoder().decode(head).replace(/\uFFFD{0,3}$/, '');
  if (!isPrintable(text))
    return `${Buffer.from(head.subarray(0, 24)).toString('hex').replace(/../g, '$& ').trim()}${more && ' …'}`;
  return text.replace(/\s+/g, ' ').trim() + more;
}

function isPrintable(text: string): boolean {
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code === 0xfffd || code === 0x7f || (code < 0x20 && !/\s/.test(char))) return false;
  }
  return true;
}
