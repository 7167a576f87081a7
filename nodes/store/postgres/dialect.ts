import {
  AbortedTransactionError,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { PoolClient } from 'pg';
import type { PerceptError } from '../../kit/index.js';
import type { Ready } from '../backend.js';
import { postgresError } from './errors.js';
import type { Primary } from './primary.js';

/** Kysely over `Primary`, with errors that have a text, and streams without another package. */
export function postgresDialect(primary: Primary, label: string, ready: Ready): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new PrimaryDriver(primary, label, ready),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

class PrimaryDriver implements Driver {
  readonly #primary: Primary;
  readonly #label: string;
  readonly #ready: Ready;

  constructor(primary: Primary, label: string, ready: Ready) {
    this.#primary = primary;
    this.#label = label;
    this.#ready = ready;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<Connection> {
    await this.#ready();
    return new Connection(await this.#primary.connect(), this.#primary, this.#label);
  }

  async beginTransaction(connection: Connection, settings: TransactionSettings): Promise<void> {
    const level = settings.isolationLevel ? ` isolation level ${settings.isolationLevel}` : '';
    await connection.command(`start transaction${level} ${settings.accessMode ?? ''}`);
    connection.inTransaction = true;
  }

  async commitTransaction(connection: Connection): Promise<void> {
    // the server answers a commit of a failed transaction with ROLLBACK
    if ((await connection.command('commit')) === 'ROLLBACK') throw new AbortedTransactionError();
    connection.inTransaction = false;
  }

  async rollbackTransaction(connection: Connection): Promise<void> {
    await connection.command('rollback');
    connection.inTransaction = false;
  }

  async savepoint(connection: Connection, name: string): Promise<void> {
    await connection.command(`savepoint ${connection.quoted(name)}`);
  }

  async rollbackToSavepoint(connection: Connection, name: string): Promise<void> {
    await connection.command(`rollback to savepoint ${connection.quoted(name)}`);
  }

  async releaseSavepoint(connection: Connection, name: string): Promise<void> {
    await connection.command(`release savepoint ${connection.quoted(name)}`);
  }

  releaseConnection(connection: Connection): Promise<void> {
    this.#primary.release(connection.client, connection.problem);
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }
}

let cursors = 0;

class Connection implements DatabaseConnection {
  readonly client: PoolClient;
  readonly #primary: Primary;
  readonly #label: string;
  inTransaction = false;
  /** The last error: what tells whether the connection can be used again. */
  problem: PerceptError | undefined;

  constructor(client: PoolClient, primary: Primary, label: string) {
    this.client = client;
    this.#primary = primary;
    this.#label = label;
  }

  quoted(name: string): string {
    return this.client.escapeIdentifier(name);
  }

  async command(sql: string): Promise<string> {
    return (await this.#query(sql, [])).command;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, rowCount } = await this.#query(sql, parameters);
    return { rows: rows as R[], numAffectedRows: BigInt(rowCount ?? 0) };
  }

  async *streamQuery<R>({ sql, parameters }: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    const size = Math.max(chunkSize, 100);
    const own = !this.inTransaction;
    const cursor = `percept_${++cursors}`;
    if (own) await this.command('begin read only');
    try {
      await this.#query(`declare ${cursor} no scroll cursor for ${sql}`, parameters);
      for (;;) {
        const { rows } = await this.#query(`fetch ${size} from ${cursor}`, []);
        if (rows.length > 0) yield { rows: rows as R[] };
        if (rows.length < size) break;
      }
    } finally {
      if (!this.problem) await this.command(own ? 'commit' : `close ${cursor}`);
      else if (own) await this.command('rollback').catch(() => undefined);
    }
  }

  async #query(sql: string, parameters: readonly unknown[]) {
    try {
      return await this.#primary.watched(() => this.client.query(sql, [...parameters]));
    } catch (thrown) {
      this.problem = postgresError(thrown, this.#label);
      throw this.problem;
    }
  }
}
