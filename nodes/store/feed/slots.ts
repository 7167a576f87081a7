import type { FeedTable } from '../store.js';
import type { FeedRows } from './rows.js';

/** Parts that the work of one feed name is shared by. Cursors on disk are per slot: this number never changes. */
export const slotCount = 16;

export const allSlots: readonly number[] = Array.from({ length: slotCount }, (_, slot) => slot);

/** All rows of a source (of a topic, for dead letters) are in one slot, so that their order is kept. */
export function slotOf(row: FeedRows[FeedTable]): number {
  return hash('topic' in row ? row.topic : row.source) % slotCount;
}

/** FNV-1a over UTF-16 units, folded: positions on disk rely on it, so it stays as it is. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value ^ (value >>> 16)) >>> 0;
}

/** How many slots fall to one of these members; together they get all. */
export function shareOf(member: string, members: ReadonlySet<string>): number {
  const rank = [...members].sort().indexOf(member);
  return Math.floor(slotCount / members.size) + (rank < slotCount % members.size ? 1 : 0);
}
