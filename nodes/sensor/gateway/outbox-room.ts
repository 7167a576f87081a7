import { number, type Run } from './outbox-file.js';
import type { GatewayConfig } from './settings.js';

export interface Limits {
  readonly maxReadings: number;
  readonly maxBytes: number;
  readonly policy: GatewayConfig['policy'];
}

const priorities = 10;

/** How many readings are too many. */
export async function excess(run: Run, waiting: number, { maxReadings, maxBytes }: Limits): Promise<number> {
  const used = await usedBytes(run);
  const bytes = used > maxBytes ? Math.ceil((waiting * (used - maxBytes)) / used) : 0;
  return Math.max(0, waiting - maxReadings, bytes);
}

/** Of pages that hold something; free ones are filled again before the file grows. */
export function usedBytes(run: Run): Promise<number> {
  return number(
    run,
    `select ((select page_count from pragma_page_count()) - (select freelist_count from pragma_freelist_count()))
       * (select page_size from pragma_page_size())`,
  );
}

/**
 * Lets readings go, lowest priority first, and counts them where the count is as durable as the loss.
 * @param after what may be on its way to the broker stays
 * @returns how many went; fewer than asked when the rest is on its way
 */
export async function letGo(run: Run, count: number, after: number, policy: 'oldest' | 'newest'): Promise<number> {
  let gone = 0;
  for (let priority = 0; priority < priorities && gone < count; priority++) {
    const { rows } = await run(
      `delete from outbox where priority = ? and id in (select id from outbox where priority = ? and id > ?
         order by id ${policy === 'oldest' ? 'asc' : 'desc'} limit ?) returning time`,
      priority,
      priority,
      after,
      count - gone,
    );
    if (rows.length === 0) continue;
    gone += rows.length;
    const times = rows.map((row) => Number(row['time']));
    await run(
      `insert into went (priority, count, first, last) values (?, ?, ?, ?) on conflict do update set
         count = count + excluded.count, first = min(first, excluded.first), last = max(last, excluded.last)`,
      priority,
      rows.length,
      times.reduce((a, b) => Math.min(a, b)),
      times.reduce((a, b) => Math.max(a, b)),
    );
  }
  return gone;
}
