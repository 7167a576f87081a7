import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { Committer, rollback } from './commit.js';
import {
  closeRequest,
  type Failure,
  type Operation,
  type Operations,
  type QueryAnswer,
  type Reply,
  type Request,
  type ThreadOptions,
} from './protocol.js';

const options = workerData as ThreadOptions;
const statementsKept = 200;

let opened: DatabaseSync | undefined;
let committer: Committer | undefined;
/** To be opened anew as soon as nothing is going on. */
let stale = false;
const statements = new Map<string, StatementSync>();
/** With its statement: before Node 24 an iterator alone does not keep it from being collected. */
const cursors = new Map<number, { readonly statement: StatementSync; readonly rows: Iterator<unknown> }>();

parentPort?.on('message', (request: Request | typeof closeRequest) => {
  if (request === closeRequest) {
    opened?.close();
    parentPort?.close();
    return;
  }
  reply(request);
});

function reply(request: Request): void {
  try {
    const answer = answerTo(request);
    const moved =
      'readings' in (answer ?? {}) ? [(answer as { readings: Float64Array<ArrayBuffer> }).readings.buffer] : [];
    parentPort?.postMessage({ id: request.id, answer } satisfies Reply, moved);
  } catch (thrown) {
    parentPort?.postMessage({ id: request.id, failure: failureOf(thrown) } satisfies Reply);
  }
}

function answerTo(request: Request): Operations[Operation]['answer'] {
  if (request.op === 'reopen') return reopen();
  const db = database();
  switch (request.op) {
    case 'query':
      return query(db, request.sql, request.parameters);
    case 'stream':
      return openCursor(db, request.cursor, request.sql, request.parameters);
    case 'next':
      return fetchNext(request.cursor, request.size);
    case 'end':
      return endCursor(request.cursor);
    case 'commit':
      committer ??= new Committer(db);
      return committer.commit(request.batch);
    case 'reset':
      rollback(db);
      return null;
    case 'snapshot':
      db.prepare('vacuum into ?').run(request.path);
      return null;
  }
}

function database(): DatabaseSync {
  if (stale) reopen();
  if (opened) return opened;
  const db = new DatabaseSync(options.path);
  try {
    configure(db);
  } catch (thrown) {
    db.close();
    throw thrown;
  }
  opened = db;
  return db;
}

/** The next request opens it. */
function reopen(): null {
  stale = opened !== undefined && !isIdle(opened);
  if (stale) return null;
  opened?.close();
  opened = undefined;
  committer = undefined;
  statements.clear();
  return null;
}

function isIdle(db: DatabaseSync): boolean {
  if (cursors.size > 0) return false;
  try {
    db.exec('begin; rollback');
    return true;
  } catch {
    // within a transaction there is no other
    return false;
  }
}

function configure(db: DatabaseSync): void {
  db.exec(`pragma busy_timeout = ${options.busyMs}`);
  if (options.role === 'reader') {
    db.exec('pragma query_only = on; pragma cache_size = -16000; pragma mmap_size = 268435456');
    return;
  }
  useWal(db);
  // a log that grew while a backup was reading becomes small again
  db.exec(`pragma synchronous = full; pragma foreign_keys = on; pragma cache_size = -16000;
    pragma journal_size_limit = 67108864`);
  if (options.maxBytes === 0) return;
  const { page_size: pageSize } = db.prepare('pragma page_size').get() as { page_size: number };
  db.exec(`pragma max_page_count = ${Math.floor(options.maxBytes / pageSize)}`);
}

/** Does not wait by itself where two processes create the file at once, whatever the busy time-out. */
function useWal(db: DatabaseSync): void {
  const until = Date.now() + options.busyMs;
  for (;;) {
    try {
      db.exec('pragma journal_mode = wal');
      return;
    } catch (thrown) {
      const busy = ((failureOf(thrown).errcode ?? 0) & 0xff) === 5;
      if (!busy || Date.now() > until) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

function query(db: DatabaseSync, sql: string, parameters: readonly unknown[]): QueryAnswer {
  const statement = prepared(db, sql);
  const bound = parameters.map(bindable);
  // without columns there is nothing to fetch, and only run() tells the number of changes
  if (returnsRows(sql)) return answer(statement.all(...bound) as Record<string, unknown>[]);
  const { changes, lastInsertRowid } = statement.run(...bound);
  return { rows: [], blobs: [], changes: Number(changes), insertId: Number(lastInsertRowid) };
}

function returnsRows(sql: string): boolean {
  return /^\s*(select|with|pragma|explain|values)\b/i.test(sql) || /\breturning\b/i.test(sql);
}

function answer(rows: Record<string, unknown>[]): QueryAnswer {
  const blobs = new Set<string>();
  for (const row of rows) {
    for (const name in row) if (row[name] instanceof Uint8Array) blobs.add(name);
  }
  return { rows, blobs: [...blobs], changes: rows.length, insertId: 0 };
}

function openCursor(db: DatabaseSync, cursor: number, sql: string, parameters: readonly unknown[]): null {
  // not from the cache: two streams of one text must not share a position
  const statement = db.prepare(sql);
  cursors.set(cursor, { statement, rows: statement.iterate(...parameters.map(bindable)) });
  return null;
}

function fetchNext(cursor: number, size: number): QueryAnswer {
  const rows: Record<string, unknown>[] = [];
  const open = cursors.get(cursor);
  if (!open) throw new Error('the thread that read these rows is gone');
  while (rows.length < size) {
    const { done, value } = open.rows.next();
    if (done) break;
    rows.push(value as Record<string, unknown>);
  }
  return answer(rows);
}

function endCursor(cursor: number): null {
  cursors.get(cursor)?.rows.return?.();
  cursors.delete(cursor);
  return null;
}

function prepared(db: DatabaseSync, sql: string): StatementSync {
  const known = statements.get(sql);
  if (known) return known;
  const statement = db.prepare(sql);
  if (statements.size >= statementsKept) statements.clear();
  statements.set(sql, statement);
  return statement;
}

type Bindable = string | number | bigint | null | Uint8Array;

function bindable(value: unknown): Bindable {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return value.getTime();
  return value as Bindable;
}

function failureOf(thrown: unknown): Failure {
  const { message = String(thrown), errcode } = thrown as { message?: string; errcode?: number };
  return errcode === undefined ? { message } : { message, errcode };
}
