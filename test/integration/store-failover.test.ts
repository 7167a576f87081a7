import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import { openStore, type StoreHandle } from '../../dist/store/open.js';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { needs } from '../support/needs.ts';
import { readings } from '../support/stores.ts';
import { until } from '../support/until.ts';

describe('PostgreSQL', { skip: needs('postgresql') }, () => {
  describe('that is started again', () => {
    let server: PostgresServer;
    before(async () => {
      server = await startPostgres();
    });
    after(() => server.stop());

    test('goes on taking commits and queries, and nothing that was resolved is missing', async () => {
      const url = await server.database();
      const store = await openStore({ url });
      let woken = 0;
      store.onRows('reading', () => woken++);
      const writer = new Writer(store);
      await until(() => writer.resolved >= 500, { what: 'commits' });
      await server.crash();
      await until(() => writer.codes.size > 0, { what: 'a commit to be refused' });
      await server.restart();
      const before = writer.resolved;
      await until(() => writer.resolved >= before + 500, { what: 'commits after the restart' });
      await writer.stop();
      await writer.verify();
      assert.deepEqual([...writer.codes], ['store-unreachable']);
      woken = 0;
      await until(
        () =>
          woken > 0
            ? true
            : store.commit({ readings: readings(1_000_000 + (Date.now() % 1_000_000), 1) }).then(() => false),
        {
          what: 'the feed to be woken over a new connection',
        },
      );
      await store.close();
    });

    test('notifies once for each committed batch, with an empty payload', async () => {
      const url = await server.database();
      const store = await openStore({ url });
      const client = new pg.Client({ connectionString: url });
      const heard: string[] = [];
      client.on('notification', ({ channel, payload }) => heard.push(`${channel}:${payload}`));
      await client.connect();
      await client.query('listen percept_reading');
      for (let i = 0; i < 5; i++) await store.commit({ readings: readings(i * 200, 200) });
      await store.commit({ readings: readings(0, 200) });
      await client.query('select 1');
      await until(() => heard.length >= 5, { what: 'notifications' });
      await client.query('select 1');
      assert.deepEqual(heard, Array(5).fill('percept_reading:'));
      await client.end();
      await store.close();
    });
  });

  // they wait more than they work, so each has a server of its own, and all wait at once
  describe('that hangs', { concurrency: true }, () => {
    const own = async (t: TestContext): Promise<PostgresServer> => {
      const server = await startPostgres();
      t.after(() => server.stop());
      return server;
    };

    test('is told so by commits and queries, and goes on with nothing missing and nothing twice', async (t) => {
      const server = await own(t);
      const store = await openStore({ url: await server.database() });
      const writer = new Writer(store);
      await until(() => writer.resolved >= 500, { what: 'commits' });
      server.hang();
      await assert.rejects(store.db.selectFrom('reading').select('id').execute(), hangs);
      await until(() => writer.codes.size > 0, { what: 'a commit to be refused' });
      server.goOn();
      const before = writer.resolved;
      await until(() => writer.resolved >= before + 500, { what: 'commits after it' });
      await writer.stop();
      await writer.verify();
      assert.equal([...writer.codes][0], 'store-silent');
      assert.deepEqual(await store.check(), []);
      await store.close();
    });

    test('holds up neither who opens it nor who closes it', async (t) => {
      const server = await own(t);
      const url = await server.database();
      const store = await openStore({ url });
      store.onRows('reading', () => undefined);
      await store.commit({ readings: readings(0, 10) });
      server.hang();
      const began = performance.now();
      await assert.rejects(openStore({ url: `${url}?application_name=other` }), { code: 'store-unreachable' });
      await store.close();
      assert.ok(performance.now() - began < 30_000, `it took ${performance.now() - began} ms`);
      server.goOn();
    });

    test('is told from one that is busy', async (t) => {
      const server = await own(t);
      const store = await openStore({ url: await server.database() });
      const slow = sql<{ slept: string }>`select pg_sleep(9)::text as slept`.execute(store.db);
      assert.equal((await slow).rows.length, 1);
      await store.close();
    });
  });

  describe('with a synchronous standby', () => {
    let server: PostgresServer;
    before(async () => {
      server = await startPostgres({ standby: true, synchronous: true });
    });
    after(() => server.stop());

    test('loses nothing when the primary dies and the standby is promoted', async () => {
      const store = await openStore({ url: await server.database() });
      const writer = new Writer(store);
      await until(() => writer.resolved >= 500, { what: 'commits' });
      await server.crash();
      await until(() => writer.codes.size > 0, { what: 'a commit to be refused' });
      server.promote();
      const before = writer.resolved;
      await until(() => writer.resolved >= before + 500, { what: 'commits on the promoted standby' });
      await writer.stop();
      await writer.verify();
      assert.deepEqual([...writer.codes], ['store-unreachable']);
      assert.deepEqual(await store.check(), []);
      await store.close();
    });
  });
});

function hangs(thrown: Error): boolean {
  assert.equal((thrown as { code?: string }).code, 'store-silent');
  assert.match(thrown.message, /has not answered for \d+ s/);
  return true;
}

/** Commits without a pause, and again what was refused, as an ingest does. */
class Writer {
  readonly codes = new Set<string>();
  /** Readings known to be stored. */
  resolved = 0;
  readonly #store: StoreHandle;
  readonly #running: Promise<void>;
  #stopped = false;

  constructor(store: StoreHandle) {
    this.#store = store;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async verify(): Promise<void> {
    const rows = await this.#store.db.selectFrom('reading').select('id').execute();
    assert.equal(rows.length, this.resolved);
    const again = await this.#store.commit({ readings: readings(0, this.resolved) });
    assert.ok(again.readings.every((id) => id === null));
  }

  async #run(): Promise<void> {
    while (!this.#stopped)
      await until(() => this.#committed(), { ms: 60_000, what: 'the store to take a commit that it refused' });
  }

  async #committed(): Promise<boolean> {
    try {
      await this.#store.commit({ readings: readings(this.resolved, 20) });
      this.resolved += 20;
      return true;
    } catch (thrown) {
      this.codes.add((thrown as { code: string }).code);
      return this.#stopped;
    }
  }
}
