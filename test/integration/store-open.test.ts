import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { sql } from 'kysely';
import { openStore, type StoreState } from '../../dist/store/open.js';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { Disk } from '../support/disk.ts';
import { needs } from '../support/needs.ts';
import { forBothStores, reading, readings, StoreChild } from '../support/stores.ts';
import { until } from '../support/until.ts';

const code = (expected: string) => (thrown: unknown) => (thrown as { code?: string }).code === expected;

forBothStores((lab) => {
  test('processes that start together make the tables once', async () => {
    const url = await lab.url();
    const children = Array.from({ length: 4 }, () => new StoreChild('open', { url }));
    for (const child of children) await child.until((said) => said.includes('open'), 'it to open');
    for (const child of children) await child.ended();
    const store = await lab.open({ url });
    await store.commit({ readings: readings(0, 10) });
  });

  test('a store of a newer version is refused by name and left as it is', async () => {
    const url = await lab.url();
    const newer = await openStore({ url });
    await newer.commit({ readings: readings(0, 10) });
    await sql`insert into percept_migration (name, timestamp) values ('999 7.1.0 sees more', '2030-01-01')`.execute(
      newer.db,
    );
    await newer.close();
    await assert.rejects(openStore({ url }), (thrown: Error) => {
      assert.ok(code('store-newer')(thrown));
      assert.match(thrown.message, /Percept 7\.1\.0/);
      return true;
    });
  });

  test('handles of one address share what is behind them, and each closes once', async () => {
    const url = await lab.url();
    const [a, b] = await Promise.all([openStore({ url }), openStore({ url })]);
    assert.equal(a?.db, b?.db);
    await Promise.all([a?.close(), a?.close()]);
    await assert.rejects(async () => a?.commit({ readings: [] }), code('store-closed'));
    assert.equal((await b?.commit({ readings: readings(0, 5) }))?.readings.length, 5);
    await b?.close();
    const c = await openStore({ url });
    assert.notEqual(c.db, a?.db);
    await c.close();
  });

  test('closing waits for the commits that are on their way', async () => {
    const url = await lab.url();
    const store = await openStore({ url });
    const commits = [0, 100, 200].map((from) => store.commit({ readings: readings(from, 100) }));
    await store.close();
    assert.equal((await Promise.all(commits)).length, 3);
  });

  test('who closes quietly still takes what others write meanwhile', async () => {
    const url = await lab.url();
    const store = await openStore({ url });
    // idle for longer than the quiet that is asked for, as after a slow start
    const opened = performance.now();
    await until(() => performance.now() - opened > 250, { what: 'the store to be idle for long' });
    const closing = store.close(200);
    await turn();
    assert.ok((await store.commit({ readings: [reading(0)] })).readings[0]);
    await closing;
    await assert.rejects(store.commit({ readings: [reading(1)] }), code('store-closed'));
  });
});

describe('a SQLite file', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'percept-open-'));
    chmodSync(folder, 0o755);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function makeShared(mode: number): string {
    const shared = mkdtempSync(join(folder, 'shared-'));
    chmodSync(shared, mode);
    return shared;
  }

  test('is made with its folders', async () => {
    const store = await openStore({ url: join(folder, 'new/deep/a.sqlite') });
    await store.close();
    assert.ok(statSync(join(folder, 'new/deep/a.sqlite')).isFile());
  });

  test('that is something else is named so and left as it is', async () => {
    const url = join(folder, 'letter.txt');
    const text = 'Dear Sir or Madam, '.repeat(100);
    writeFileSync(url, text);
    await assert.rejects(openStore({ url }), code('store-not-a-database'));
    assert.equal(readFileSync(url, 'utf8'), text);
  });

  test('with damaged pages is reported by doctor', async () => {
    const url = join(folder, 'damaged.sqlite');
    const store = await openStore({ url });
    await store.commit({ readings: readings(0, 5_000) });
    await store.close();
    const bytes = readFileSync(url);
    bytes.fill(0xa5, bytes.length - 3 * 4096, bytes.length - 4096);
    writeFileSync(url, bytes);
    const again = await openStore({ url });
    const problems = await again.check().catch((thrown: { code: string }) => [{ table: thrown.code, detail: '' }]);
    await again.close();
    assert.ok(problems.length > 0);
  });

  test('that may not be written can be read, and commits are refused', () => {
    const url = join(makeShared(0o777), 'a.sqlite');
    run(`const s = await openStore({url}); await s.commit({readings: [one]}); await s.close();`, url);
    chmodSync(url, 0o444);
    const said = run(
      `const s = await openStore({url}); const rows = await s.db.selectFrom('reading').selectAll().execute();
       const problem = await s.commit({readings: [{...one, sequence: 1}]}).catch((e) => e);
       console.log(rows.length, problem.code); await s.close();`,
      url,
      unprivileged(),
    );
    assert.equal(said, '1 store-read-only');
  });

  test('in a folder that may not be written is told as read-only', () => {
    const shared = makeShared(0o777);
    const url = join(shared, 'a.sqlite');
    run(`const s = await openStore({url}); await s.close();`, url);
    chmodSync(shared, 0o555);
    const said = run(`await openStore({url}).catch((e) => console.log(e.code))`, url, unprivileged());
    chmodSync(shared, 0o755);
    assert.equal(said, 'store-read-only');
  });

  test('in a folder that may not be entered is told as a matter of permission', () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    if (process.getuid?.() !== 0) chmodSync(closed, 0o000);
    const url = join(closed, 'deep/a.sqlite');
    const said = run(`await openStore({url}).catch((e) => console.log(e.code))`, url, unprivileged());
    chmodSync(closed, 0o700);
    assert.equal(said, 'store-no-permission');
  });

  test('that may grow no further refuses commits, loses nothing, and takes more once there is room', async () => {
    const url = join(folder, 'full.sqlite');
    const store = await openStore({ url, maxBytes: 400_000 });
    const stored = await fill(store);
    const { n } = await store.db
      .selectFrom('reading')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    assert.equal(n, stored);
    await store.close();
    const roomier = await openStore({ url });
    const again = await roomier.commit({ readings: readings(0, stored + 100) });
    assert.equal(again.readings.filter((id) => id !== null).length, 100);
    assert.deepEqual(await roomier.check(), []);
    await roomier.close();
  });

  // elsewhere the test above stands for it
  const disk = Disk.mount(2);
  if (disk) {
    test('on a full disk refuses commits and loses nothing', async () => {
      const url = join(disk.path, 'a.sqlite');
      const store = await openStore({ url });
      const stored = await fill(store);
      const found = await store.db.selectFrom('reading').select('id').execute();
      assert.equal(found.length, stored);
      await store.close();
      const again = await openStore({ url });
      assert.deepEqual(await again.check(), []);
      await again.close();
    });
    after(() => disk.remove());
  }

  test('that another program keeps locked is told so, and taken when it is free', async () => {
    const url = join(folder, 'locked.sqlite');
    const store = await openStore({ url, busyMs: 100 });
    const { DatabaseSync } = await import('node:sqlite');
    const other = new DatabaseSync(url);
    other.exec('begin immediate');
    await assert.rejects(store.commit({ readings: readings(0, 1) }), code('store-locked'));
    other.exec('rollback');
    other.close();
    assert.ok((await store.commit({ readings: readings(0, 1) })).readings[0]);
    await store.close();
  });

  test('is copied whole while commits go on', async () => {
    const url = join(folder, 'live.sqlite');
    const store = await openStore({ url });
    await store.commit({ readings: readings(0, 20_000) });
    const copying = store.snapshot(join(folder, 'copy.sqlite'));
    let commits = 0;
    const writing = (async () => {
      while (commits < 5) await store.commit({ readings: readings(20_000 + 10 * commits++, 10) });
    })();
    await Promise.all([copying, writing]);
    const copy = await openStore({ url: join(folder, 'copy.sqlite') });
    assert.deepEqual(await copy.check(), []);
    const rows = await copy.db.selectFrom('reading').select('id').execute();
    assert.ok(rows.length >= 20_000 && rows.length % 10 === 0);
    await Promise.all([copy.close(), store.close()]);
  });
});

describe('a PostgreSQL server', { skip: needs('postgresql') }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  test('that refuses the password is told so, without the password', async () => {
    const url = (await server.database()).replace(':secret@', ':guessed-wrong@');
    await assert.rejects(openStore({ url }), (thrown: Error) => {
      assert.ok(code('store-wrong-password')(thrown));
      assert.doesNotMatch(`${thrown.message} ${thrown.stack}`, /guessed-wrong/);
      return true;
    });
  });

  test('is given user and password beside the address', async () => {
    const url = (await server.database()).replace('app:secret@', '');
    const store = await openStore({ url, user: 'app', password: 'secret' });
    assert.doesNotMatch(store.label, /secret/);
    await store.close();
    await assert.rejects(openStore({ url, user: 'app' }), code('store-wrong-password'));
  });

  test('without that database, or without rights in it, is told so', async () => {
    const url = await server.database();
    await assert.rejects(openStore({ url: url.replace(/percept_\d+$/, 'nowhere') }), code('store-missing'));
    server.psql(`create role guest login password 'secret'`);
    await assert.rejects(openStore({ url: url.replace('app:', 'guest:') }), code('store-no-permission'));
  });

  test('that is read-only is told so', async () => {
    const url = await server.database();
    const store = await openStore({ url });
    server.psql(`alter database ${url.split('/').at(-1)} set default_transaction_read_only = on`);
    await store.close();
    const again = await openStore({ url });
    await assert.rejects(again.commit({ readings: readings(0, 1) }), code('store-read-only'));
    await again.close();
  });

  test('that is down fails at once, or is waited for in patience', async () => {
    const url = await server.database();
    await server.crash();
    await assert.rejects(openStore({ url }), code('store-unreachable'));
    const store = await openStore({ url, patient: true });
    const states: StoreState[] = [];
    store.onState((state) => states.push(state));
    await assert.rejects(store.commit({ readings: readings(0, 1) }), code('store-unreachable'));
    await assert.rejects(store.db.selectFrom('reading').selectAll().execute(), code('store-unreachable'));
    await server.restart();
    await until(() => states.at(-1)?.open, { what: 'the store to open' });
    assert.ok((await store.commit({ readings: readings(0, 1) })).readings[0]);
    await store.close();
  });

  test('needs its driver only when it is used', () => {
    const script = `
      const Module = require('node:module');
      Module.registerHooks({ resolve(name, context, next) {
        if (name === 'pg') throw Object.assign(new Error('gone'), { code: 'ERR_MODULE_NOT_FOUND' });
        return next(name, context);
      } });
      const { openStore } = require('./dist/store/open.js');
      openStore({ url: 'postgres://127.0.0.1:1/x' }).catch((e) => console.log(e.code, e.message));`;
    const { stdout } = spawnSync(process.execPath, ['-e', script], {
      cwd: join(import.meta.dirname, '../..'),
      encoding: 'utf8',
    });
    assert.match(stdout, /^store-driver-missing .*npm install pg/);
  });
});

/** Commits until the store is full. @returns how many readings it acknowledged */
async function fill(store: Awaited<ReturnType<typeof openStore>>): Promise<number> {
  for (let stored = 0; ; stored += 100) {
    const problem = await store.commit({ readings: readings(stored, 100) }).then(
      () => undefined,
      (thrown: { code: string }) => thrown,
    );
    if (!problem) continue;
    assert.equal(problem.code, 'store-full');
    await assert.rejects(store.commit({ readings: readings(stored, 100) }), code('store-full'));
    return stored;
  }
}

/** Root may write everywhere: such tests run as nobody then. */
function unprivileged(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
}

/** Runs a piece of program on the built store in a process of its own; what it prints. */
function run(body: string, url: string, as: { uid?: number; gid?: number } = {}): string {
  const script = `
    const { openStore } = require('./dist/store/open.js');
    const url = process.argv[1];
    const one = ${JSON.stringify(reading(0))};
    (async () => { ${body} })();`;
  const options = { cwd: join(import.meta.dirname, '../..'), encoding: 'utf8' as const, ...as };
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', script, url], options);
  assert.equal(status, 0, stderr);
  return stdout.trim();
}
