import type { PoolClient, QueryResult } from 'pg';
import { tableNames } from '../backend.js';
import type { Row, TableName } from '../handle.js';

const rowsAtOnce = 1_000;

/** All tables as of one moment. */
export async function* exportTables(
  query: (text: string) => Promise<QueryResult<Row>>,
): AsyncIterable<{ readonly table: TableName; readonly rows: readonly Row[] }> {
  await query('begin isolation level repeatable read read only');
  for (const table of tableNames) {
    await query(`declare percept_export no scroll cursor for select * from ${table}`);
    for (;;) {
      const { rows } = await query(`fetch ${rowsAtOnce} from percept_export`);
      if (rows.length > 0) yield { table, rows };
      if (rows.length < rowsAtOnce) break;
    }
    await query('close percept_export');
  }
}

/** Keeps the ids, and moves their sequence past them. */
export async function importChunk(client: PoolClient, table: TableName, rows: readonly Row[]): Promise<void> {
  await client.query(`insert into ${table} select * from json_populate_recordset(null::${table}, $1::json)`, [
    JSON.stringify(rows.map(plain)),
  ]);
  if (!rows.some((row) => 'id' in row)) return;
  await client.query(`select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}))`);
}

function plain(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value,
    ]),
  );
}
