import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Kysely } from 'kysely';
import type { Finding } from '../../kit/index.js';
import { type Backend, type Ready, tableNames } from '../backend.js';
import { pack, rowProblem } from '../batch.js';
import { checkContents } from '../check.js';
import { storeError } from '../errors.js';
import { upsertFinding } from '../finding.js';
import { GroupCommit } from '../group.js';
import type { Problem, Row, StoreSettings, TableName } from '../handle.js';
import { migrate } from '../migrate.js';
import type { Database } from '../schema.js';
import type { Batch, Committed, FeedTable } from '../store.js';
import { tablesTouched, Wakers } from '../wakers.js';
import { nextCursor, sqliteDialect } from './dialect.js';
import { fileError, openError } from './errors.js';
import type { Role } from './protocol.js';
import { Thread } from './thread.js';
import { WriterTurns } from './turns.js';

const readers = 2;
const exportedAtOnce = 1_000;
const importedAtOnce = 500;
const otherProcessesEveryMs = 1_000;

/** One file, one thread that writes, up to two that read. Other processes share the file through its write-ahead log. */
export class SqliteStore implements Backend {
  readonly kind = 'sqlite';
  readonly label: string;
  readonly db: Kysely<Database>;
  readonly #settings: StoreSettings;
  readonly #ready: Ready;
  readonly #writer: Thread;
  readonly #readers: readonly Thread[];
  readonly #turns = new WriterTurns();
  readonly #wakers = new Wakers();
  readonly #group = new GroupCommit((batch) => this.#write(batch));
  #watch: NodeJS.Timeout | undefined;
  #version = 0;

  constructor(settings: StoreSettings, ready: Ready) {
    this.label = settings.url;
    this.#settings = settings;
    this.#ready = ready;
    this.#writer = this.#thread('writer');
    this.#readers = Array.from({ length: readers }, () => this.#thread('reader'));
    this.db = this.#kysely(ready);
  }

  async open(): Promise<void> {
    await mkdir(dirname(this.label), { recursive: true }).catch((thrown: unknown) => {
      throw fileError(thrown, this.label);
    });
    // the writer makes the file; only then can others read it
    await this.#writer
      .request('query', { sql: 'select count(*) from sqlite_master', parameters: [] })
      .catch(async (thrown: unknown) => {
        throw await openError(thrown, this.label);
      });
    await migrate(
      this.#kysely<unknown>(() => Promise.resolve()),
      'sqlite',
      this.label,
    );
  }

  async commit(batch: Batch): Promise<Committed> {
    const problem = rowProblem(batch, this.label);
    if (problem) throw problem;
    await this.#ready();
    return this.#group.commit(batch);
  }

  async putFinding(finding: Finding): Promise<Finding & { id: number }> {
    const stored = await upsertFinding(this.db, finding);
    this.#wakers.wake('finding');
    return stored;
  }

  onRows(table: FeedTable, wake: () => void): () => void {
    const remove = this.#wakers.add(table, wake);
    this.#watch ??= setInterval(() => void this.#lookForOthers(), otherProcessesEveryMs).unref();
    return remove;
  }

  async snapshot(toPath: string): Promise<void> {
    await this.#ready();
    const keeper = this.#thread('keeper');
    try {
      await keeper.request('snapshot', { path: toPath });
    } finally {
      await keeper.close();
    }
  }

  async *exportRows(): AsyncIterable<{ table: TableName; rows: readonly Row[] }> {
    await this.#ready();
    const thread = this.#thread('reader');
    try {
      await thread.request('query', { sql: 'begin', parameters: [] });
      for (const table of tableNames) {
        for await (const rows of read(thread, `select * from ${table}`)) yield { table, rows };
      }
    } finally {
      await thread.close();
    }
  }

  async importRows(table: TableName, rows: readonly Row[]): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      for (let i = 0; i < rows.length; i += importedAtOnce) {
        const chunk = rows.slice(i, i + importedAtOnce);
        await trx
          .insertInto(table)
          .values(chunk as never)
          .execute();
      }
    });
  }

  async check(): Promise<readonly Problem[]> {
    await this.#ready();
    const thread = this.#thread('reader');
    try {
      const pages = await thread.request('query', { sql: 'pragma integrity_check(20)', parameters: [] });
      const keys = await thread.request('query', { sql: 'pragma foreign_key_check', parameters: [] });
      return [
        ...pages.rows
          .filter((row) => row['integrity_check'] !== 'ok')
          .map((row) => ({ table: 'file', detail: String(row['integrity_check']) })),
        ...keys.rows.slice(0, 20).map((row) => ({
          table: String(row['table']),
          detail: `row ${row['rowid']} refers to a ${row['parent']} that is not there`,
        })),
        ...(await checkContents(this.db)),
      ];
    } finally {
      await thread.close();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#watch);
    await this.#group.idle();
    await Promise.all(this.#readers.map((thread) => thread.close()));
    // last, so that closing it folds the log into the file
    await this.#writer.close();
  }

  async #write(batch: Batch): Promise<Committed> {
    const packed = pack(batch);
    const release = await this.#turns.acquire();
    try {
      const result = await this.#writer.request('commit', { batch: packed }, [packed.readings.buffer]);
      const committed = {
        readings: Array.from(result.readings, (id) => id || null),
        recordings: result.recordings,
        deadLetters: result.deadLetters,
      };
      for (const table of tablesTouched(batch, committed)) this.#wakers.wake(table);
      return committed;
    } finally {
      release();
    }
  }

  /** A commit of another process changes the version that a connection sees; one of ours does too, and wakes once more. */
  async #lookForOthers(): Promise<void> {
    const reader = this.#readers[0];
    if (!reader || !this.#wakers.some) return;
    try {
      await this.#ready();
      const { rows } = await reader.request('query', { sql: 'pragma data_version', parameters: [] });
      const version = Number(rows[0]?.['data_version']);
      if (version !== this.#version) this.#wakers.wakeAll();
      this.#version = version;
    } catch {
      // whoever reads will be told
    }
  }

  #thread(role: Role): Thread {
    const { busyMs = 5_000, maxBytes = 0 } = this.#settings;
    return new Thread({ role, path: this.#settings.url, busyMs, maxBytes }, this.label, (problem) => {
      if (problem.code === 'store-read-only') this.#reopen();
    });
  }

  /**
   * What was opened while the file could only be read never writes, whatever becomes of the file; and all connections of
   * a process share that, as they share the log's index.
   */
  #reopen(): void {
    for (const thread of [...this.#readers, this.#writer]) {
      if (thread.running) thread.request('reopen', {}).catch(() => undefined);
    }
  }

  /** A second one is started only when the first has something to do. */
  #reader(): Thread {
    const idle = this.#readers.find((thread) => thread.running && thread.load === 0);
    const fresh = this.#readers.find((thread) => !thread.running);
    const least = [...this.#readers].sort((a, b) => a.load - b.load)[0];
    const chosen = idle ?? fresh ?? least;
    if (!chosen) throw storeError('store-closed', { store: this.label });
    return chosen;
  }

  #kysely<T = Database>(ready: Ready): Kysely<T> {
    return new Kysely<T>({
      dialect: sqliteDialect({
        writer: this.#writer,
        reader: () => this.#reader(),
        acquireWriter: () => this.#turns.acquire(),
        ready,
      }),
    });
  }
}

async function* read(thread: Thread, sql: string): AsyncIterable<Row[]> {
  const cursor = nextCursor();
  await thread.request('stream', { cursor, sql, parameters: [] });
  for (;;) {
    const { rows } = await thread.request('next', { cursor, size: exportedAtOnce });
    if (rows.length > 0) yield rows;
    if (rows.length < exportedAtOnce) break;
  }
  await thread.request('end', { cursor });
}
