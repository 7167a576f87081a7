import { Kysely, sql } from 'kysely';
import type { Client, PoolClient } from 'pg';
import type { Finding } from '../../kit/index.js';
import type { Backend, Ready } from '../backend.js';
import { pack, rowProblem } from '../batch.js';
import { checkContents } from '../check.js';
import { storeError } from '../errors.js';
import { upsertFinding } from '../finding.js';
import { GroupCommit } from '../group.js';
import type { Problem, Row, StoreSettings, TableName } from '../handle.js';
import { migrate } from '../migrate.js';
import type { PackedResult } from '../packed.js';
import type { Database } from '../schema.js';
import type { Batch, Committed, FeedTable } from '../store.js';
import { tablesTouched, Wakers } from '../wakers.js';
import { Committer } from './commit.js';
import { postgresDialect } from './dialect.js';
import { isLost, postgresError } from './errors.js';
import { hostsOf } from './hosts.js';
import { Listener } from './listener.js';
import { Primary } from './primary.js';
import { lock, session } from './statements.js';
import { exportTables, importChunk } from './transfer.js';

const commitMs = 30_000;
const channel = (table: FeedTable): string => `percept_${table}`;
const feedTables = ['reading', 'recording', 'finding', 'dead_letter'] as const satisfies readonly FeedTable[];

/** A server: one connection that writes, one that listens, a pool for queries. */
export class PostgresStore implements Backend {
  readonly kind = 'postgres';
  readonly label: string;
  readonly db: Kysely<Database>;
  readonly #ready: Ready;
  readonly #busyMs: number;
  readonly #primary: Primary;
  readonly #wakers = new Wakers();
  readonly #listener: Listener;
  readonly #group = new GroupCommit((batch) => this.#primary.watched(() => this.#write(batch)));
  #writer: { readonly client: Client; readonly committer: Committer } | undefined;

  constructor(settings: StoreSettings, ready: Ready) {
    const hosts = hostsOf(settings);
    this.label = hosts.label;
    this.#ready = ready;
    this.#busyMs = settings.busyMs ?? 10_000;
    this.#primary = new Primary(hosts);
    this.#listener = new Listener(this.#primary, feedTables.map(channel), (name) => this.#heard(name));
    this.db = this.#kysely(ready);
  }

  async open(): Promise<void> {
    await migrate(
      this.#kysely<unknown>(() => Promise.resolve()),
      'postgres',
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
    return await this.db.transaction().execute(async (trx) => {
      await sql.raw(lock).execute(trx);
      const stored = await upsertFinding(trx, finding);
      await sql.raw(`notify ${channel('finding')}`).execute(trx);
      return stored;
    });
  }

  onRows(table: FeedTable, wake: () => void): () => void {
    this.#listener.start();
    return this.#wakers.add(table, wake);
  }

  snapshot(): Promise<void> {
    return Promise.reject(storeError('store-unsupported', { store: this.label, detail: 'a copy into a file' }));
  }

  async *exportRows(): AsyncIterable<{ table: TableName; rows: readonly Row[] }> {
    const client = await this.#connect();
    try {
      yield* exportTables((text) => this.#primary.watched(() => client.query<Row>(text)));
    } catch (thrown) {
      throw postgresError(thrown, this.label);
    } finally {
      // ends its transaction too, also when the reader went away half-way
      client.release(true);
    }
  }

  async importRows(table: TableName, rows: readonly Row[]): Promise<void> {
    const client = await this.#connect();
    try {
      await this.#primary.watched(() => importChunk(client, table, rows));
    } catch (thrown) {
      throw postgresError(thrown, this.label);
    } finally {
      client.release();
    }
  }

  async check(): Promise<readonly Problem[]> {
    return await checkContents(this.db);
  }

  async close(): Promise<void> {
    await this.#group.idle();
    await this.#primary.close(async () => {
      await this.#listener.stop();
      await this.#writer?.client.end().catch(() => undefined);
      this.#writer = undefined;
    });
  }

  async #connect(): Promise<PoolClient> {
    await this.#ready();
    return await this.#primary.connect();
  }

  async #write(batch: Batch): Promise<Committed> {
    const packed = pack(batch);
    const { committer } = await this.#connectedWriter();
    let committed: Committed = { readings: [], recordings: [], deadLetters: [] };
    let touched: readonly FeedTable[] = [];
    try {
      await committer.commit(packed, (result) => {
        committed = unpacked(result);
        touched = tablesTouched(batch, committed);
        return touched.map(channel);
      });
    } catch (thrown) {
      const problem = postgresError(thrown, this.label);
      if (isLost(problem)) this.#dropWriter();
      else await committer.rollback().catch(() => this.#dropWriter());
      throw problem;
    }
    if (!this.#listener.connected) for (const table of touched) this.#wakers.wake(table);
    return committed;
  }

  async #connectedWriter(): Promise<{ readonly committer: Committer }> {
    if (this.#writer) return this.#writer;
    const client = await this.#primary.client({ query_timeout: commitMs });
    const writer = { client, committer: new Committer(client) };
    const gone = () => {
      if (this.#writer === writer) this.#writer = undefined;
    };
    client.once('end', gone);
    client.once('error', gone);
    try {
      await client.query(session(this.#busyMs));
    } catch (thrown) {
      client.end().catch(() => undefined);
      throw postgresError(thrown, this.label);
    }
    this.#writer = writer;
    return writer;
  }

  #dropWriter(): void {
    const writer = this.#writer;
    this.#writer = undefined;
    writer?.client.end().catch(() => undefined);
  }

  #heard(name: string | undefined): void {
    const table = feedTables.find((one) => channel(one) === name);
    if (table) this.#wakers.wake(table);
    else this.#wakers.wakeAll();
  }

  #kysely<T = Database>(ready: Ready): Kysely<T> {
    return new Kysely<T>({ dialect: postgresDialect(this.#primary, this.label, ready) });
  }
}

function unpacked({ readings, recordings, deadLetters }: PackedResult): Committed {
  return { readings: Array.from(readings, (id) => id || null), recordings, deadLetters };
}
