import { type Kysely, sql } from 'kysely';
import type { Kind } from './index.js';

/**
 * Feeds share their work by slots. A cursor becomes its feed's slot 0; the feed makes the other slots from it when it next
 * runs, so that a backup from before has as many rows after it was brought up to date.
 */
export async function feedSlots(db: Kysely<unknown>, _kind: Kind): Promise<void> {
  const { schema } = db;
  // SQLite changes no primary key
  await schema
    .createTable('feed_cursor_with_slots')
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('slot', 'integer', (c) => c.notNull())
    .addColumn('table_name', 'text', (c) => c.notNull())
    .addColumn('position', 'bigint', (c) => c.notNull())
    .addColumn('holder', 'text')
    .addColumn('lease_until', 'double precision')
    .addPrimaryKeyConstraint('feed_cursor_key', ['name', 'slot'])
    .execute();
  await sql`
    insert into feed_cursor_with_slots (name, slot, table_name, position, holder, lease_until)
    select name, 0, table_name, position, holder, lease_until from feed_cursor
  `.execute(db);
  await schema.dropTable('feed_cursor').execute();
  await schema.alterTable('feed_cursor_with_slots').renameTo('feed_cursor').execute();

  await schema
    .createTable('feed_member')
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('holder', 'text', (c) => c.notNull())
    .addColumn('alive_until', 'double precision', (c) => c.notNull())
    .addPrimaryKeyConstraint('feed_member_key', ['name', 'holder'])
    .execute();
}
