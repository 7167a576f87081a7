import type { Message } from '../../kit/index.js';
import type { FeedRows } from '../../store/feed.js';
import type { FeedTable } from '../../store/store.js';

const properties = {
  reading: 'reading',
  recording: 'recording',
  finding: 'finding',
  dead_letter: 'deadLetter',
} as const;

/** A row as a message: a reading's payload is its value, anything else is the row itself. */
export function messageOf(table: FeedTable, row: FeedRows[FeedTable]): Message {
  const payload = 'value' in row ? row.value : row;
  return { topic: topicOf(row), payload, [properties[table]]: row } as Message;
}

function topicOf(row: FeedRows[FeedTable]): string {
  if ('topic' in row) return row.topic;
  return row.quantity ? `${row.source}/${row.quantity}` : row.source;
}
