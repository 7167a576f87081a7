import type { Kysely } from 'kysely';
import type { Clock, Finding } from '../kit/index.js';
import type { Database } from './schema.js';

/** A reading before it has an id. */
export interface NewReading {
  readonly source: string;
  readonly quantity: string;
  readonly value: number;
  readonly unit: string;
  readonly time: number;
  readonly sequence: number;
  readonly receivedAt: number;
  readonly clock: Clock;
}

/** A recording (sound, picture, other) whose bytes already lie in the bucket. Key: (source, quantity, time, sequence). */
export interface NewRecording {
  readonly source: string;
  readonly quantity: string;
  readonly kind: 'sound' | 'frame' | 'binary';
  readonly time: number;
  readonly sequence: number;
  readonly receivedAt: number;
  readonly clock: Clock;
  /** Bucket key. */
  readonly key: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Sample rate, channels, width, height, …: small and flat. */
  readonly meta: Readonly<Record<string, string | number>>;
}

/** What is to be added to a time of the source to get ours, ms. */
export interface ClockOffset {
  readonly source: string;
  readonly offset: number;
}

/** A message that could not be taken in; kept whole so that it can be driven through again. */
export interface NewDeadLetter {
  /** Id of the node that rejected it: only that node drives it again. */
  readonly node: string;
  readonly topic: string;
  readonly payload: Buffer;
  /** Error code, `decode-json`. */
  readonly code: string;
  /** The sentence a person reads. */
  readonly reason: string;
  readonly receivedAt: number;
}

/** What one transaction takes in. All of it is committed, or none. */
export interface Batch {
  readonly readings: readonly NewReading[];
  readonly recordings?: readonly NewRecording[];
  readonly deadLetters?: readonly NewDeadLetter[];
  /** How far off the clocks of sources are, where that was measured. */
  readonly clockOffsets?: readonly ClockOffset[];
  /** Ids of dead letters that this batch puts right: removed in the same transaction. */
  readonly redriven?: readonly number[];
}

/** Per entry of the batch: the new row's id, or null for a repeat that was there already. */
export interface Committed {
  readonly readings: readonly (number | null)[];
  readonly recordings: readonly (number | null)[];
  readonly deadLetters: readonly number[];
}

/** Tables that a feed can follow. */
export type FeedTable = 'reading' | 'recording' | 'finding' | 'dead_letter';

/**
 * The database, embedded (SQLite) or grown (PostgreSQL): the same promises from both.
 * Nothing here blocks the event loop; SQLite lives in worker threads.
 */
export interface Store {
  readonly kind: 'sqlite' | 'postgres';
  /** For people and logs: path or URL without password. */
  readonly label: string;
  /** For queries. Writes that sources may repeat go through the methods below. */
  readonly db: Kysely<Database>;
  /**
   * Resolves after the commit is on disk. Readings also update their roll-ups and their source's row.
   * @throws PerceptError `store-read-only`, `store-full`, `store-unreachable`, … with nothing written
   */
  commit(batch: Batch): Promise<Committed>;
  /** Inserts or, where its key exists, updates (score, severity, until, reasons). Returns it with its id. */
  putFinding(finding: Finding): Promise<Finding & { id: number }>;
  /** Called after a commit that added rows to `table`, in this process or another; may be called for nothing. */
  onRows(table: FeedTable, wake: () => void): () => void;
}
