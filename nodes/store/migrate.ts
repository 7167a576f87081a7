import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { storeError } from './errors.js';
import { type Kind, migrations, versionOf } from './migrations/index.js';

const table = 'percept_migration';

/** Brings the tables up to date; processes that start together wait for each other. */
export async function migrate(db: Kysely<unknown>, kind: Kind, store: string): Promise<void> {
  const all = migrations(kind);
  const applied = await appliedMigrations(db);
  const unknown = applied.filter((name) => !(name in all));
  const newest = unknown.at(-1);
  if (newest !== undefined) throw storeError('store-newer', { store, version: versionOf(newest) });
  if (applied.length === Object.keys(all).length) return;
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(all) },
    migrationTableName: table,
    migrationLockTableName: `${table}_lock`,
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** Names in order; empty for a database that is new. */
export async function appliedMigrations(db: Kysely<unknown>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === table)) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(table)} order by name`.execute(db);
  return rows.map(({ name }) => name);
}
