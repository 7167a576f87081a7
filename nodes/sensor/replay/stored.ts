import type { Store } from '../../store/store.js';
import type { Patterns } from '../history/matching.js';
import { readingPages, type StoredReading } from '../history/pages.js';
import type { Range } from '../history/range.js';
import { matchingSeries } from '../history/select.js';
import { replayError } from './errors.js';
import type { Item, Recording } from './item.js';
import { message, topicOf } from './rows.js';

export interface StoredSettings {
  /** Asked when it begins: "the last hour" moves. */
  readonly range: () => Range | 'all';
  readonly sources: Patterns;
  readonly quantities: Patterns;
  readonly prefix: string;
}

/** Each holds a page of rows in memory while it is played. */
const maxSeries = 200;

/** Readings of the store, of all matching series together in the order of their times. */
export function storedRecording(store: Store, settings: StoredSettings): Recording {
  return async function* stored() {
    const series = await matchingSeries(store.db, settings);
    const range = settings.range();
    const path = store.label;
    if (series.length === 0) throw replayError('replay-path', { path, problem: 'no stored series matches' });
    if (series.length > maxSeries) {
      throw replayError('replay-path', {
        path,
        problem: `${series.length} series match, at most ${maxSeries} can be played`,
      });
    }
    const rows = series.map((one) => flat(readingPages(store.db, one, range)));
    for await (const reading of merged(rows)) yield itemOf(reading, settings.prefix);
  };
}

function itemOf({ source, quantity, value, unit, time }: StoredReading, prefix: string): Item {
  const messages = (at: number) => [
    message(topicOf(prefix, source, quantity), { time: at, value, ...(unit ? { unit } : {}) }),
  ];
  return { kind: 'playable', time, messages };
}

async function* flat(pages: AsyncIterable<readonly StoredReading[]>): AsyncGenerator<StoredReading> {
  for await (const page of pages) yield* page;
}

interface Head {
  readonly reading: StoredReading;
  readonly rows: AsyncGenerator<StoredReading>;
}

/** Takes the oldest of all heads each time. */
async function* merged(all: readonly AsyncGenerator<StoredReading>[]): AsyncGenerator<StoredReading> {
  const heads: Head[] = [];
  const advance = async (rows: AsyncGenerator<StoredReading>) => {
    const next = await rows.next();
    if (!next.done) heads.push({ reading: next.value, rows });
  };
  for (const rows of all) await advance(rows);
  while (heads.length > 0) {
    let oldest = 0;
    for (let i = 1; i < heads.length; i++) {
      if ((heads[i]?.reading.time ?? 0) < (heads[oldest]?.reading.time ?? 0)) oldest = i;
    }
    const [head] = heads.splice(oldest, 1);
    if (!head) return;
    yield head.reading;
    await advance(head.rows);
  }
}
