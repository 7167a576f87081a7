import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { QueryAnswer } from './protocol.js';
import type { Thread } from './thread.js';

/** What the driver needs of the store: its threads, and the right to be alone on the writer. */
export interface Threads {
  readonly writer: Thread;
  reader(): Thread;
  /** Waits for its turn on the writer; what it returns gives the turn away. */
  acquireWriter(): Promise<() => void>;
  /** Throws while the store can't be used. */
  ready(): Promise<void>;
}

/** SQLite does roll back changes of the schema; Kysely's adapter is more careful than it needs to be. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }

  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

export function sqliteDialect(threads: Threads): Dialect {
  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => new ThreadDriver(threads),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class ThreadDriver implements Driver {
  readonly #threads: Threads;

  constructor(threads: Threads) {
    this.#threads = threads;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<ThreadConnection> {
    await this.#threads.ready();
    return new ThreadConnection(this.#threads);
  }

  beginTransaction(connection: ThreadConnection): Promise<void> {
    return connection.begin();
  }

  commitTransaction(connection: ThreadConnection): Promise<void> {
    return connection.end('commit');
  }

  rollbackTransaction(connection: ThreadConnection): Promise<void> {
    return connection.end('rollback');
  }

  async savepoint(connection: ThreadConnection, name: string): Promise<void> {
    await connection.command(`savepoint ${quoted(name)}`);
  }

  async rollbackToSavepoint(c: ThreadConnection, name: string): Promise<void> {
    await c.command(`rollback to ${quoted(name)}`);
  }

  async releaseSavepoint(c: ThreadConnection, name: string): Promise<void> {
    await c.command(`release ${quoted(name)}`);
  }

  async releaseConnection(connection: ThreadConnection): Promise<void> {
    await connection.abandon();
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }
}

let cursors = 0;

/** Never the same twice, so that a thread that was started again does not take one for its own. */
export function nextCursor(): number {
  return ++cursors;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

class ThreadConnection implements DatabaseConnection {
  readonly #threads: Threads;
  #release: (() => void) | undefined;

  constructor(threads: Threads) {
    this.#threads = threads;
  }

  async begin(): Promise<void> {
    const release = await this.#threads.acquireWriter();
    try {
      await this.#threads.writer.request('query', { sql: 'begin immediate', parameters: [] });
      this.#release = release;
    } catch (thrown) {
      release();
      throw thrown;
    }
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    await this.#threads.writer.request('query', { sql: how, parameters: [] });
    this.#release?.();
    this.#release = undefined;
  }

  /** Frees the writer when a transaction did not end, as after a failed commit. */
  async abandon(): Promise<void> {
    if (!this.#release) return;
    await this.#threads.writer.request('reset', {}).catch(() => undefined);
    this.#release();
    this.#release = undefined;
  }

  async command(sql: string): Promise<void> {
    await this.#threads.writer.request('query', { sql, parameters: [] });
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { sql, parameters } = query;
    if (this.#release) return result(await this.#threads.writer.request('query', { sql, parameters }));
    if (onlyReads(query)) return result(await this.#threads.reader().request('query', { sql, parameters }));
    const release = await this.#threads.acquireWriter();
    try {
      return result(await this.#threads.writer.request('query', { sql, parameters }));
    } finally {
      release();
    }
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    const { sql, parameters } = query;
    const thread = this.#release ? this.#threads.writer : this.#threads.reader();
    const size = Math.max(chunkSize, 100);
    const cursor = nextCursor();
    await thread.request('stream', { cursor, sql, parameters });
    try {
      for (;;) {
        const answer = await thread.request('next', { cursor, size });
        if (answer.rows.length > 0) yield result(answer);
        if (answer.rows.length < size) return;
      }
    } finally {
      await thread.request('end', { cursor });
    }
  }
}

function onlyReads({ query, sql }: CompiledQuery): boolean {
  if (query.kind === 'SelectQueryNode') return true;
  if (query.kind !== 'RawNode') return false;
  return /^\s*(select|explain|with)\b/i.test(sql) && !/\b(insert|update|delete|replace)\b/i.test(sql);
}

function result<R>({ rows, blobs, changes, insertId }: QueryAnswer): QueryResult<R> {
  for (const name of blobs) {
    for (const row of rows) {
      const bytes = row[name];
      if (bytes instanceof Uint8Array) row[name] = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
  }
  return { rows: rows as R[], numAffectedRows: BigInt(changes), insertId: BigInt(insertId) };
}
