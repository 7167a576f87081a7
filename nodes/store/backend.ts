import type { Problem, Row, TableName } from './handle.js';
import type { Store } from './store.js';

/** What SQLite and PostgreSQL each bring; `open.ts` shares, opens and closes it. */
export interface Backend extends Store {
  /** Connects and migrates. May be called again after it failed. */
  open(): Promise<void>;
  snapshot(toPath: string): Promise<void>;
  exportRows(): AsyncIterable<{ readonly table: TableName; readonly rows: readonly Row[] }>;
  importRows(table: TableName, rows: readonly Row[]): Promise<void>;
  check(): Promise<readonly Problem[]>;
  close(): Promise<void>;
}

/** Resolves when the store can be used; rejects with the reason why not. */
export type Ready = () => Promise<void>;

/** Referred-to tables first. */
export const tableNames = [
  'series',
  'source',
  'reading',
  'rollup',
  'recording',
  'finding',
  'dead_letter',
  'feed_cursor',
  'feed_member',
  'alert',
  'alert_step',
  'alert_notice',
  'alert_silence',
  'alert_presence',
  'notice_spool',
  'push_subscription',
  'audit',
] as const satisfies readonly TableName[];
