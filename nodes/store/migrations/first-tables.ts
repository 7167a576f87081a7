import { type ColumnDataType, type CreateTableBuilder, type Expression, type Kysely, sql } from 'kysely';
import type { Kind } from './index.js';

/** One source for both databases: doubles hold times, because a source may be faster than a millisecond. */
export async function firstTables(db: Kysely<unknown>, kind: Kind): Promise<void> {
  const { schema } = db;
  const bytes: Expression<unknown> = kind === 'sqlite' ? sql`blob` : sql`bytea`;

  await withId(schema.createTable('series'), kind)
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('quantity', 'text', (c) => c.notNull())
    .addColumn('unit', 'text', (c) => c.notNull())
    .addUniqueConstraint('series_key', ['source', 'quantity'])
    .execute();

  await schema
    .createTable('source')
    .addColumn('source', 'text', (c) => c.primaryKey())
    .addColumn('first_received', double, (c) => c.notNull())
    .addColumn('last_received', double, (c) => c.notNull())
    .addColumn('last_time', double, (c) => c.notNull())
    .addColumn('stored', 'bigint', (c) => c.notNull())
    .addColumn('clock', 'text', (c) => c.notNull())
    .addColumn('lag', double, (c) => c.notNull())
    .addColumn('interval', double, (c) => c.notNull())
    .execute();

  await withId(schema.createTable('reading'), kind)
    .addColumn('series_id', 'bigint', (c) => c.notNull().references('series.id'))
    .addColumn('time', double, (c) => c.notNull())
    .addColumn('sequence', 'bigint', (c) => c.notNull())
    .addColumn('value', double, (c) => c.notNull())
    .addColumn('unit', 'text')
    .addColumn('received_at', double, (c) => c.notNull())
    .addColumn('clock', 'text', (c) => c.notNull())
    .addUniqueConstraint('reading_key', ['series_id', 'time', 'sequence'])
    .execute();

  const rollup = schema
    .createTable('rollup')
    .addColumn('series_id', 'bigint', (c) => c.notNull().references('series.id'))
    .addColumn('width', 'bigint', (c) => c.notNull())
    .addColumn('start', double, (c) => c.notNull())
    .addColumn('count', 'bigint', (c) => c.notNull())
    .addColumn('min', double, (c) => c.notNull())
    .addColumn('max', double, (c) => c.notNull())
    .addColumn('sum', double, (c) => c.notNull())
    .addColumn('last', double, (c) => c.notNull())
    .addColumn('last_time', double, (c) => c.notNull())
    .addColumn('last_sequence', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('rollup_key', ['series_id', 'width', 'start']);
  await (kind === 'sqlite' ? rollup.modifyEnd(sql`without rowid`) : rollup).execute();

  await withId(schema.createTable('recording'), kind)
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('quantity', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('time', double, (c) => c.notNull())
    .addColumn('sequence', 'bigint', (c) => c.notNull())
    .addColumn('received_at', double, (c) => c.notNull())
    .addColumn('clock', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('meta', 'text', (c) => c.notNull())
    .addUniqueConstraint('recording_key', ['source', 'quantity', 'time', 'sequence'])
    .execute();
  await schema.createIndex('recording_object').on('recording').column('key').execute();

  await withId(schema.createTable('finding'), kind)
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('quantity', 'text', (c) => c.notNull())
    .addColumn('score', double, (c) => c.notNull())
    .addColumn('threshold', double, (c) => c.notNull())
    .addColumn('severity', 'text', (c) => c.notNull())
    .addColumn('since', double, (c) => c.notNull())
    .addColumn('until', double)
    .addColumn('reasons', 'text', (c) => c.notNull())
    .addColumn('evidence', 'text', (c) => c.notNull())
    .addColumn('recorded_at', double, (c) => c.notNull())
    .addUniqueConstraint('finding_key', ['kind', 'source', 'quantity', 'since'])
    .execute();
  await schema.createIndex('finding_since').on('finding').column('since').execute();

  await withId(schema.createTable('dead_letter'), kind)
    .addColumn('node', 'text', (c) => c.notNull())
    .addColumn('topic', 'text', (c) => c.notNull())
    .addColumn('payload', bytes as never, (c) => c.notNull())
    .addColumn('code', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('received_at', double, (c) => c.notNull())
    .execute();

  await schema
    .createTable('feed_cursor')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('table_name', 'text', (c) => c.notNull())
    .addColumn('position', 'bigint', (c) => c.notNull())
    .addColumn('holder', 'text')
    .addColumn('lease_until', double)
    .execute();
}

const double: ColumnDataType = 'double precision';

function withId(table: CreateTableBuilder<string, never>, kind: Kind): CreateTableBuilder<string, 'id'> {
  // ids are never used twice, even when the newest rows are gone: a feed's cursor may stand there
  if (kind === 'sqlite') return table.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement());
  return table.addColumn('id', 'bigint', (c) => c.primaryKey().generatedByDefaultAsIdentity());
}
