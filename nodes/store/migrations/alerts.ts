import { type ColumnDataType, type Kysely, sql } from 'kysely';
import type { Kind } from './index.js';

const double: ColumnDataType = 'double precision';

/**
 * Alerts, each step they took, and what was or is to be handed to a channel. Indexes that are asked all the time hold only
 * the alerts that are still open: a million past ones do not slow them.
 */
export async function alerts({ schema }: Kysely<unknown>, kind: Kind): Promise<void> {
  const alert = schema.createTable('alert').ifNotExists();
  await (kind === 'sqlite'
    ? alert.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    : alert.addColumn('id', 'bigint', (c) => c.primaryKey().generatedByDefaultAsIdentity())
  )
    .addColumn('policy', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('active_key', 'text')
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('severity', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('zone', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('count', 'bigint', (c) => c.notNull())
    .addColumn('opened_at', double, (c) => c.notNull())
    .addColumn('changed_at', double, (c) => c.notNull())
    .addColumn('closed_at', double)
    .addColumn('delivered_at', double)
    .addColumn('due', double)
    .addColumn('inhibits', 'integer', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addUniqueConstraint('alert_active', ['policy', 'active_key'])
    .execute();
  await schema.createIndex('alert_key').ifNotExists().on('alert').columns(['policy', 'key', 'id']).execute();
  await schema
    .createIndex('alert_due')
    .ifNotExists()
    .on('alert')
    .columns(['policy', 'due'])
    .where(sql.ref('due'), 'is not', null)
    .execute();
  await schema
    .createIndex('alert_open')
    .ifNotExists()
    .on('alert')
    .columns(['policy', 'changed_at'])
    .where(sql.ref('active_key'), 'is not', null)
    .execute();
  await schema
    .createIndex('alert_inhibits')
    .ifNotExists()
    .on('alert')
    .column('policy')
    .where(sql.ref('inhibits'), '=', sql.lit(1))
    .execute();

  await schema
    .createTable('alert_step')
    .ifNotExists()
    .addColumn('alert_id', 'bigint', (c) => c.notNull().references('alert.id'))
    .addColumn('number', 'bigint', (c) => c.notNull())
    .addColumn('time', double, (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('by', 'text', (c) => c.notNull())
    .addColumn('detail', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('alert_step_key', ['alert_id', 'number'])
    .execute();

  await schema
    .createTable('alert_notice')
    .ifNotExists()
    .addColumn('alert_id', 'bigint', (c) => c.notNull().references('alert.id'))
    .addColumn('number', 'bigint', (c) => c.notNull())
    .addColumn('occasion', 'text', (c) => c.notNull())
    .addColumn('round', 'bigint', (c) => c.notNull())
    .addColumn('step', 'bigint', (c) => c.notNull())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('recipient', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'bigint', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('created_at', double, (c) => c.notNull())
    .addColumn('handed_at', double)
    .addColumn('answered_at', double)
    .addColumn('holder', 'text')
    .addColumn('error', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('alert_notice_key', ['alert_id', 'number'])
    .execute();
  // one step of one round goes to one person on one channel once; what follows it (updates) is told apart by its number
  await schema
    .createIndex('alert_notice_once')
    .ifNotExists()
    .unique()
    .on('alert_notice')
    .columns(['alert_id', 'round', 'step', 'channel', 'recipient'])
    .where(sql.ref('step'), '>=', sql.lit(0))
    .execute();
  await schema
    .createIndex('alert_notice_handed')
    .ifNotExists()
    .on('alert_notice')
    .column('holder')
    .where(sql.ref('state'), '=', sql.lit('handed'))
    .execute();

  const silence = schema.createTable('alert_silence').ifNotExists();
  await (kind === 'sqlite'
    ? silence.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    : silence.addColumn('id', 'bigint', (c) => c.primaryKey().generatedByDefaultAsIdentity())
  )
    .addColumn('policy', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('zone', 'text', (c) => c.notNull())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('from_at', double, (c) => c.notNull())
    .addColumn('until_at', double, (c) => c.notNull())
    .addColumn('ended_at', double)
    .addColumn('ended_by', 'text')
    .execute();
  await schema
    .createIndex('alert_silence_open')
    .ifNotExists()
    .on('alert_silence')
    .columns(['policy', 'until_at'])
    .where(sql.ref('ended_at'), 'is', null)
    .execute();

  await schema
    .createTable('alert_presence')
    .ifNotExists()
    .addColumn('policy', 'text', (c) => c.notNull())
    .addColumn('person', 'text', (c) => c.notNull())
    .addColumn('home', 'integer', (c) => c.notNull())
    .addColumn('at', double, (c) => c.notNull())
    .addPrimaryKeyConstraint('alert_presence_key', ['policy', 'person'])
    .execute();
}
