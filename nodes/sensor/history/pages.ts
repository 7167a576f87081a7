import type { Kysely } from 'kysely';
import type { Clock } from '../../kit/index.js';
import type { Database } from '../../store/schema.js';
import type { Range } from './range.js';
import type { Series } from './select.js';

export interface StoredReading {
  readonly source: string;
  readonly quantity: string;
  readonly value: number;
  readonly unit: string;
  readonly time: number;
  readonly sequence: number;
  readonly receivedAt: number;
  readonly clock: Clock;
}

const rowsPerPage = 2000;

/**
 * One series in the order of time, a page at a time. By key instead of a cursor: no transaction stays open while whoever
 * reads takes time.
 */
export async function* readingPages(
  db: Kysely<Database>,
  series: Series,
  range: Range | 'all',
): AsyncGenerator<readonly StoredReading[]> {
  let last = { time: range === 'all' ? -1 : range.from, sequence: -1 };
  for (;;) {
    let query = db
      .selectFrom('reading')
      .select(['time', 'sequence', 'value', 'unit', 'received_at', 'clock'])
      .where('series_id', '=', series.id)
      .where('time', '>=', last.time)
      .where((eb) => eb.or([eb('time', '>', last.time), eb('sequence', '>', last.sequence)]))
      .orderBy('time')
      .orderBy('sequence')
      .limit(rowsPerPage);
    if (range !== 'all') query = query.where('time', '<=', range.to);
    const rows = await query.execute();
    const newest = rows.at(-1);
    if (!newest) return;
    last = { time: newest.time, sequence: Number(newest.sequence) };
    yield rows.map(({ time, sequence, value, unit, received_at, clock }) => ({
      source: series.source,
      quantity: series.quantity,
      value,
      unit: unit ?? series.unit,
      time,
      sequence: Number(sequence),
      receivedAt: received_at,
      clock,
    }));
    if (rows.length < rowsPerPage) return;
  }
}
