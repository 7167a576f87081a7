import { type ColumnDataType, type Kysely, sql } from 'kysely';
import type { Kind } from './index.js';

const double: ColumnDataType = 'double precision';

/**
 * Who did what. Each row holds the hash of the one before, and no two may follow the same: what was written cannot be changed, left out or
 * put in between without being noticed. The database itself refuses to change or delete.
 */
export async function auditLog(db: Kysely<unknown>, kind: Kind): Promise<void> {
  const { schema } = db;
  const table = schema.createTable('audit').ifNotExists();
  await (kind === 'sqlite'
    ? table.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    : table.addColumn('id', 'bigint', (c) => c.primaryKey().generatedByDefaultAsIdentity())
  )
    .addColumn('time', double, (c) => c.notNull())
    .addColumn('who', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('what', 'text', (c) => c.notNull())
    .addColumn('detail', 'text', (c) => c.notNull())
    .addColumn('previous', 'text', (c) => c.notNull().unique())
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    .execute();
  await schema.createIndex('audit_time').ifNotExists().on('audit').column('time').execute();
  if (kind === 'sqlite') {
    for (const change of ['update', 'delete'])
      await sql
        .raw(
          `create trigger if not exists audit_no_${change} before ${change} on audit begin select raise(abort, 'the audit log is append-only'); end`,
        )
        .execute(db);
    return;
  }
  await sql`
    create or replace function percept_audit_append_only() returns trigger language plpgsql as
    'begin raise exception ''the audit log is append-only''; end'
  `.execute(db);
  await sql`
    create trigger audit_append_only before update or delete on audit
    for each row execute function percept_audit_append_only()
  `.execute(db);
}
