import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

/** The first of the hosts that a PostgreSQL URL names. */
export function firstHost(url: string): string {
  return url.replace(/@([^/,]+),[^/]*\//, '@$1/');
}

/** The first row of a query on an SQLite file, read from outside; one that writes without a pause, as the peer does, lets it wait for seconds. */
export function queryFile(path: string, sql: string): Record<string, unknown> | undefined {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 20_000 });
  try {
    return db.prepare(sql).get();
  } finally {
    db.close();
  }
}

/** The first row, from the host that may be written to: after a promotion that is another one. */
export async function queryAny(url: string, sql: string): Promise<Record<string, unknown> | undefined> {
  const [, hosts = ''] = /@([^/]+)\//.exec(url) ?? [];
  const trouble: unknown[] = [];
  for (const host of hosts.split(',')) {
    const client = new pg.Client({ connectionString: url.replace(hosts, host), connectionTimeoutMillis: 2000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query('select pg_is_in_recovery() as standby');
      if (rows[0]?.standby) continue;
      return (await client.query(sql)).rows[0];
    } catch (thrown) {
      trouble.push(thrown);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  throw new AggregateError(trouble, 'no host answers');
}
