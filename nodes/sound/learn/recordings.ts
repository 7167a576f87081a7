import type { Kysely } from 'kysely';
import type { Database } from '../../store/schema.js';
import { learnError } from './errors.js';
import type { Job } from './job.js';

/** A recording as the store's index has it. */
export interface Recording {
  readonly id: number;
  /** ms UTC of its first sample. */
  readonly time: number;
  readonly key: string;
  readonly bytes: number;
  readonly seconds: number;
}

type Which = Pick<Job, 'source' | 'quantity' | 'since' | 'until' | 'minutes' | 'lastId'>;

const page = 500;
/** ms; a recording that began so long before may reach into the time that is asked for. */
const longest = 3_600_000;
/** Bytes a second, where nobody has written down how long a recording is: 16 kHz, 16 bit. */
const usualRate = 32_000;

/** The newest recording's row, by which later ones are left out; 0 where there is none. */
export async function lastRecording(db: Kysely<Database>, { source, quantity }: Pick<Job, 'source' | 'quantity'>) {
  const row = await db
    .selectFrom('recording')
    .select((eb) => eb.fn.max('id').as('id'))
    .where('source', '=', source)
    .where('quantity', '=', quantity)
    .where('kind', '=', 'sound')
    .executeTakeFirst();
  return Number(row?.id ?? 0);
}

/**
 * The newest recordings of a stretch of time, so many minutes of them, in the order of their times.
 * @throws PerceptError `learn-unknown-source`, `learn-nothing-then`, `store-…`
 */
export async function recordingsOf(db: Kysely<Database>, which: Which, signal: AbortSignal): Promise<Recording[]> {
  const found: Recording[] = [];
  let seconds = 0;
  let before = { time: which.until, sequence: Number.MIN_SAFE_INTEGER };
  while (seconds < 60 * which.minutes) {
    signal.throwIfAborted();
    const rows = await pageOf(db, which, before);
    for (const row of rows) {
      before = { time: row.time, sequence: row.sequence };
      const one = recordingOf(row);
      if (row.time + 1000 * one.seconds <= which.since) continue;
      found.push(one);
      seconds += one.seconds;
      if (seconds >= 60 * which.minutes) break;
    }
    if (rows.length < page) break;
  }
  if (found.length === 0) throw await nothing(db, which);
  return found.reverse();
}

interface Row {
  readonly id: number;
  readonly time: number;
  readonly sequence: number;
  readonly key: string;
  readonly bytes: number;
  readonly meta: string;
}

/** Newest first. */
async function pageOf(
  db: Kysely<Database>,
  { source, quantity, since, lastId }: Which,
  before: { readonly time: number; readonly sequence: number },
): Promise<Row[]> {
  return await db
    .selectFrom('recording')
    .select(['id', 'time', 'sequence', 'key', 'bytes', 'meta'])
    .where('source', '=', source)
    .where('quantity', '=', quantity)
    .where('kind', '=', 'sound')
    .where('id', '<=', lastId)
    .where('time', '>=', since - longest)
    .where('time', '<=', before.time)
    .where((eb) =>
      eb.or([
        eb('time', '<', before.time),
        eb.and([eb('time', '=', before.time), eb('sequence', '<', before.sequence)]),
      ]),
    )
    .orderBy('time', 'desc')
    .orderBy('sequence', 'desc')
    .limit(page)
    .execute();
}

function recordingOf({ id, time, key, bytes, meta }: Row): Recording {
  const { seconds } = JSON.parse(meta) as { seconds?: unknown };
  return { id, time, key, bytes, seconds: typeof seconds === 'number' && seconds > 0 ? seconds : bytes / usualRate };
}

/** Why there is nothing: the name, or the time. @returns `learn-unknown-source` or `learn-nothing-then` */
export async function nothing(
  db: Kysely<Database>,
  { source, quantity, since, until }: Pick<Job, 'source' | 'quantity' | 'since' | 'until'>,
): Promise<Error> {
  const newest = await db
    .selectFrom('recording')
    .select('time')
    .where('source', '=', source)
    .where('quantity', '=', quantity)
    .where('kind', '=', 'sound')
    .orderBy('time', 'desc')
    .limit(1)
    .executeTakeFirst();
  const shown = (time: number): string => new Date(time).toISOString();
  if (newest)
    return learnError('learn-nothing-then', {
      source,
      since: shown(Math.max(0, since)),
      until: shown(until),
      newest: shown(newest.time),
    });
  const others = await db
    .selectFrom('recording')
    .select(['source', 'quantity'])
    .distinct()
    .where('kind', '=', 'sound')
    .orderBy('source')
    .limit(8)
    .execute();
  const known = others.length > 0 ? ` (${others.map((one) => `${one.source}: ${one.quantity}`).join(', ')})` : '';
  return learnError('learn-unknown-source', { source, quantity, known });
}
