import { type ColumnDataType, type Kysely, sql } from 'kysely';

const double: ColumnDataType = 'double precision';

/** Devices that want notices by Web Push. */
export async function pushSubscriptions({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('push_subscription')
    .ifNotExists()
    .addColumn('endpoint', 'text', (c) => c.primaryKey())
    .addColumn('person', 'text', (c) => c.notNull())
    .addColumn('p256dh', 'text', (c) => c.notNull())
    .addColumn('auth', 'text', (c) => c.notNull())
    .addColumn('server_key', 'text', (c) => c.notNull())
    .addColumn('device', 'text', (c) => c.notNull())
    .addColumn('created_at', double, (c) => c.notNull())
    .addColumn('seen_at', double, (c) => c.notNull())
    .addColumn('succeeded_at', double)
    .addColumn('failed_at', double)
    .addColumn('error', 'text', (c) => c.notNull().defaultTo(sql`''`))
    .execute();
  await schema.createIndex('push_subscription_person').ifNotExists().on('push_subscription').column('person').execute();
}
