import { type ColumnDataType, type Kysely, sql } from 'kysely';
import type { Kind } from './index.js';

const double: ColumnDataType = 'double precision';

/** What providers tell later of what they took. Notices from before are not asked for. */
export async function noticeReceipt({ schema }: Kysely<unknown>, _kind: Kind): Promise<void> {
  const table = () => schema.alterTable('notice_spool');
  await table()
    .addColumn('receipt', 'text', (c) => c.notNull().defaultTo(''))
    .execute();
  await table().addColumn('receipt_due', double).execute();
  await table().addColumn('receipt_at', double).execute();
  await schema
    .createIndex('notice_spool_receipt')
    .ifNotExists()
    .on('notice_spool')
    .columns(['spool', 'receipt_due'])
    .where(sql.ref('receipt_due'), 'is not', null)
    .execute();
}
