import { type ColumnDataType, type Kysely, sql } from 'kysely';
import type { Kind } from './index.js';

const double: ColumnDataType = 'double precision';

/** Notices that channels have taken. What is asked all the time holds only those that are still on their way. */
export async function noticeSpool({ schema }: Kysely<unknown>, kind: Kind): Promise<void> {
  const table = schema.createTable('notice_spool').ifNotExists();
  await (kind === 'sqlite'
    ? table.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    : table.addColumn('id', 'bigint', (c) => c.primaryKey().generatedByDefaultAsIdentity())
  )
    .addColumn('spool', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('thread', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('place', 'bigint', (c) => c.notNull())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('attempts', 'bigint', (c) => c.notNull())
    .addColumn('unanswered', 'bigint', (c) => c.notNull())
    .addColumn('again', 'integer', (c) => c.notNull())
    .addColumn('begun_at', double)
    .addColumn('sent_at', double)
    .addColumn('due', double)
    .addColumn('holder', 'text')
    .addColumn('reference', 'text', (c) => c.notNull())
    .addColumn('error', 'text', (c) => c.notNull())
    .addColumn('told', 'integer', (c) => c.notNull())
    .addColumn('created_at', double, (c) => c.notNull())
    .addColumn('changed_at', double, (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addUniqueConstraint('notice_spool_key', ['spool', 'key'])
    .execute();
  await schema
    .createIndex('notice_spool_open')
    .ifNotExists()
    .on('notice_spool')
    .columns(['spool', 'id'])
    .where(sql.ref('due'), 'is not', null)
    .execute();
  await schema
    .createIndex('notice_spool_untold')
    .ifNotExists()
    .on('notice_spool')
    .columns(['spool', 'id'])
    .where(sql.ref('told'), '=', sql.lit(0))
    .execute();
  await schema
    .createIndex('notice_spool_thread')
    .ifNotExists()
    .on('notice_spool')
    .columns(['spool', 'thread', 'id'])
    .execute();
  await schema
    .createIndex('notice_spool_sent')
    .ifNotExists()
    .on('notice_spool')
    .columns(['channel', 'sent_at'])
    .execute();
}
