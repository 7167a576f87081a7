import type { Kysely } from 'kysely';
import type { Finding, Reading } from '../../kit/index.js';
import { findingOf } from '../finding.js';
import type { Database } from '../schema.js';
import type { FeedTable, NewDeadLetter, NewRecording } from '../store.js';
import { feedError } from './errors.js';

export type StoredRecording = NewRecording & { readonly id: number };
export type StoredDeadLetter = NewDeadLetter & { readonly id: number };

/** A row as a feed hands it out, by table. */
export interface FeedRows {
  reading: Reading;
  recording: StoredRecording;
  finding: Finding & { id: number };
  dead_letter: StoredDeadLetter;
}

export interface FeedFilter {
  /** Like an MQTT topic filter: `plant/+/motor`, `plant/#`. Of dead letters it is the topic. */
  readonly source?: string;
  readonly quantity?: string;
  /** Recordings: sound, frame, binary. Findings: limit, silent, … Dead letters: the error code. */
  readonly kind?: string;
}

type Fetch<T extends FeedTable> = (db: Kysely<Database>, after: number, limit: number) => Promise<FeedRows[T][]>;

/** The next rows after an id, in order. */
export const fetchRows: { readonly [T in FeedTable]: Fetch<T> } = {
  reading: (db, after, limit) =>
    db
      .selectFrom('reading as r')
      .innerJoin('series as s', 's.id', 'r.series_id')
      .select((eb) => [
        'r.id',
        's.source',
        's.quantity',
        'r.value',
        eb.fn.coalesce('r.unit', 's.unit').as('unit'),
        'r.time',
        'r.sequence',
        'r.received_at as receivedAt',
        'r.clock',
      ])
      .where('r.id', '>', after)
      .orderBy('r.id')
      .limit(limit)
      .execute(),
  recording: async (db, after, limit) => {
    const rows = await db
      .selectFrom('recording')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(({ received_at: receivedAt, meta, ...row }) => ({ ...row, receivedAt, meta: JSON.parse(meta) }));
  },
  finding: async (db, after, limit) => {
    const rows = await db
      .selectFrom('finding')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(findingOf);
  },
  dead_letter: async (db, after, limit) => {
    const query = db.selectFrom('dead_letter').selectAll().where('id', '>', after).orderBy('id').limit(limit);
    return (await query.execute()).map(({ received_at: receivedAt, ...row }) => ({ ...row, receivedAt }));
  },
};

/** @throws PerceptError `feed-pattern-invalid` */
export function matcher(filter: FeedFilter): (row: FeedRows[FeedTable]) => boolean {
  const source = filter.source ? pattern(filter.source) : undefined;
  const quantity = filter.quantity ? pattern(filter.quantity) : undefined;
  const { kind } = filter;
  return (row) => {
    const of = 'topic' in row ? { source: row.topic, quantity: '', kind: row.code } : { kind: '', ...row };
    if (source && !source.test(of.source)) return false;
    if (quantity && !quantity.test(of.quantity)) return false;
    return !kind || kind === of.kind;
  };
}

function pattern(text: string): RegExp {
  const levels = text.split('/');
  const bad = (problem: string) => feedError('feed-pattern-invalid', { pattern: text, problem });
  if (levels.slice(0, -1).includes('#')) throw bad('# may only stand at the end');
  if (levels.some((level) => level.length > 1 && /[+#]/.test(level))) throw bad('+ and # stand alone between slashes');
  if (text === '#') return /^/;
  const deep = levels.at(-1) === '#';
  const shown = (deep ? levels.slice(0, -1) : levels).map((level) => (level === '+' ? '[^/]*' : escaped(level)));
  return new RegExp(`^${shown.join('/')}${deep ? '(/|$)' : '$'}`, 's');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
