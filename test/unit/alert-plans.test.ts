import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { after, before, test } from 'node:test';
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { AlertRows } from '../../dist/alert/desk/rows.js';
import { WorldRows } from '../../dist/alert/desk/world.js';
import { SpoolRows } from '../../dist/alert/spool/rows.js';
import { openStore } from '../../dist/store/open.js';
import type { Database } from '../../dist/store/schema.js';

const folder = mkdtempSync(join(tmpdir(), 'percept-plans-'));
const file = join(folder, 'plans.sqlite');
let sqlite: DatabaseSync;
before(async () => {
  const store = await openStore({ url: file });
  await store.close();
  sqlite = new DatabaseSync(file);
});
after(() => {
  sqlite.close();
  rmSync(folder, { recursive: true, force: true });
});

/** How SQLite would find the rows of what is asked. */
async function plansOf(ask: (db: Kysely<Database>) => Promise<unknown>): Promise<string[]> {
  const asked: CompiledQuery[] = [];
  const db = new Kysely<Database>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) => new SqliteIntrospector(of),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
    log: ({ query }) => {
      asked.push(query);
    },
  });
  // nothing is found, which some do not expect
  await ask(db).catch(() => undefined);
  assert.ok(asked.length > 0);
  return asked.flatMap(({ sql, parameters }) =>
    sqlite
      .prepare(`explain query plan ${sql}`)
      .all(...(parameters as SQLInputValue[]))
      .map(({ detail }) => String(detail)),
  );
}

const alerts = new AlertRows('p');
const world = new WorldRows('p');
const spool = new SpoolRows('s');
const ids = [{ alert: 1, number: 2 }];
/** All that is asked for every finding, receipt and notice. */
const asked: Readonly<Record<string, (db: Kysely<Database>) => Promise<unknown>>> = {
  'alerts by id': (db) => alerts.byId(db, [1, 2]),
  'the newest of a key': (db) => alerts.newestOf(db, ['a', 'b']),
  'what is due': (db) => alerts.due(db, 1),
  'when the next is due': (db) => alerts.nextDue(db),
  'what lies ahead of the clock': (db) => alerts.ahead(db, 1),
  'what mutes others': (db) => alerts.inhibiting(db),
  'notices by id': (db) => alerts.notices(db, ids),
  'who handed out': (db) => alerts.holdersOf(db, [1]),
  'what is given up': (db) => alerts.giveUp(db, ids, 'x'),
  'what some handed out': (db) => alerts.handedBy(db, ['x']),
  silences: (db) => world.silences(db, 1),
  'a notice by its key': (db) => spool.byKey(db, 'k'),
  'notices to be sent': (db) => spool.due(db, 1),
  'when the next is to be sent': (db) => spool.nextDue(db),
  'what is being sent': (db) => spool.sending(db),
  'what is to be told': (db) => spool.untold(db),
  'how many wait': (db) => spool.waitingCount(db),
  'how many were sent lately': (db) => spool.sentSince(db, 'c', 1),
};

for (const [what, ask] of Object.entries(asked)) {
  test(`a million that are over are not read for: ${what}`, async () => {
    const plans = await plansOf(ask);
    const reads = plans.filter((plan) => /^(SCAN|SEARCH) /.test(plan));
    assert.ok(reads.length > 0, plans.join('\n'));
    for (const plan of reads) {
      assert.match(plan, /^SEARCH /, plan);
      // an index of all rows is of use with more than the name of whose they are
      const all = /INDEX (alert_key|notice_spool_thread|sqlite_autoindex_\w+) \((policy|spool)=\?\)$/;
      assert.doesNotMatch(plan, all);
    }
  });
}
