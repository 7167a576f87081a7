import type { PackedBatch, PackedResult } from '../packed.js';

/** What a thread is for: the one that writes, those that answer queries, one for long work that nobody waits behind. */
export type Role = 'writer' | 'reader' | 'keeper';

export interface ThreadOptions {
  readonly role: Role;
  readonly path: string;
  readonly busyMs: number;
  readonly maxBytes: number;
}

/** Answers by operation; the argument types beside them. */
export interface Operations {
  query: { args: { sql: string; parameters: readonly unknown[] }; answer: QueryAnswer };
  stream: { args: { cursor: number; sql: string; parameters: readonly unknown[] }; answer: null };
  next: { args: { cursor: number; size: number }; answer: QueryAnswer };
  end: { args: { cursor: number }; answer: null };
  commit: { args: { batch: PackedBatch }; answer: PackedResult };
  /** Aborts a transaction that its owner left open. */
  reset: { args: Record<never, never>; answer: null };
  snapshot: { args: { path: string }; answer: null };
  /** Closes the connection, at once or after what is going on; the next request opens it. */
  reopen: { args: Record<never, never>; answer: null };
}
export type Operation = keyof Operations;

export interface QueryAnswer {
  readonly rows: Record<string, unknown>[];
  /** Columns that hold bytes somewhere. */
  readonly blobs: readonly string[];
  readonly changes: number;
  readonly insertId: number;
}

export type Request = { [O in Operation]: { readonly id: number; readonly op: O } & Operations[O]['args'] }[Operation];

export type Reply =
  | { readonly id: number; readonly answer: Operations[Operation]['answer'] }
  | { readonly id: number; readonly failure: Failure };

/** An error of SQLite's, as it crosses the thread boundary. */
export interface Failure {
  readonly message: string;
  /** Extended result code; absent for errors that are not SQLite's. */
  readonly errcode?: number;
}

export const closeRequest = 'close';
