import type { PerceptError } from '../kit/index.js';
import type { RecordingRule } from './retention-rules.js';
import type { Database } from './schema.js';
import type { Store } from './store.js';

export type TableName = keyof Database;
export type Row = Readonly<Record<string, unknown>>;

/** Days that rows are kept, counted from when they reached this box; absent or 0 means for ever. */
export interface Retention {
  readonly reading?: number;
  /** Counted from the start of the stretch they sum up. */
  readonly rollup?: number;
  readonly recording?: number;
  /** Over `recording`: for some kinds, of some sources; the first that fits. */
  readonly recordingRules?: readonly RecordingRule[];
  /** Findings that still last are kept. */
  readonly finding?: number;
  /** Closed ones, with all that was told of them. */
  readonly alert?: number;
  readonly dead_letter?: number;
}

export interface StoreSettings {
  /** A file's path, or `postgres://user@host1:5432,host2/database`: the hosts are tried until one accepts writes. */
  readonly url: string;
  /** PostgreSQL; over the URL's. */
  readonly user?: string;
  readonly password?: string;
  readonly retention?: Retention;
  /**
   * Gets the bucket keys that no recording will refer to any more. Called before their rows go, so that a crash repeats it.
   * Resolves to keys whose objects can't go (locked, on hold): their rows stay too.
   */
  readonly onRecordingsExpired?: (keys: readonly string[]) => Promise<readonly string[]>;
  /** Of the retention job, which goes on. */
  readonly onProblem?: (problem: PerceptError) => void;
  /**
   * Do not fail while the database is down or refuses: go on trying in the background. Until it answers, every operation
   * rejects with the reason.
   */
  readonly patient?: boolean;
  /** How long to wait for another process' transaction, ms. */
  readonly busyMs?: number;
  /** How long one host may take to answer a connect, ms. */
  readonly connectMs?: number;
  /** SQLite: the file grows no further than this; writes then reject with `store-full`. */
  readonly maxBytes?: number;
}

/** `open`, or why not. */
export type StoreState = { readonly open: true } | { readonly open: false; readonly problem?: PerceptError };

export interface Problem {
  readonly table: string;
  readonly detail: string;
}

/** A store as its opener holds it. Instances of one URL share what is behind them. */
export interface StoreHandle extends Store {
  /**
   * Lets go of it; what is behind closes with the last handle. Pending commits finish first.
   * @param quietMs wait until nobody has used the store for so long from now on (5 s at most): others that close at the
   *   same time may have something left to write
   */
  close(quietMs?: number): Promise<void>;
  state(): StoreState;
  /** Called at once and on every change. */
  onState(listen: (state: StoreState) => void): () => void;
  /** SQLite only: a consistent copy into a new file, made beside running commits. */
  snapshot(toPath: string): Promise<void>;
  /** All tables of one moment, referred-to tables first, in chunks. */
  exportRows(): AsyncIterable<{ readonly table: TableName; readonly rows: readonly Row[] }>;
  /** Into an empty store, in the order of the export; ids are kept. */
  importRows(table: TableName, rows: readonly Row[]): Promise<void>;
  /** What doctor shows; empty when all is well. */
  check(): Promise<readonly Problem[]>;
}
