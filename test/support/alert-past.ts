import { sql } from 'kysely';
import { openStore } from '../../dist/store/open.js';
import { AlertTrial, minute } from './alert-trial.ts';

const day = 86_400_000;
const atOnce = 50_000;

/** Puts alerts that are over into a database, each with its steps and its notices, as years of them would be there. */
export async function fillPast(url: string, policy: string, count: number, sources: number): Promise<void> {
  const past = new AlertTrial();
  past.finding();
  past.answer('push');
  past.finding({ until: past.now });
  past.wait(2 * minute);
  past.answer('push');
  const body = JSON.stringify(past.body);
  const began = Date.now() - 365 * day;
  const step = Math.max(1, Math.floor((364 * day) / count));
  const store = await openStore({ url });
  try {
    for (let from = 0; from < count; from += atOnce) {
      const to = Math.min(count, from + atOnce);
      const numbers =
        store.kind === 'sqlite'
          ? sql`with recursive n(i) as (select ${from} union all select i + 1 from n where i + 1 < ${to})`
          : sql`with n(i) as (select generate_series(${sql.lit(from)}::bigint, ${sql.lit(to - 1)}::bigint))`;
      await store.db.transaction().execute(async (trx) => {
        const time = sql`(${sql.lit(began)} + i * ${sql.lit(step)})`;
        const source = sql`'camera ' || (i % ${sql.lit(sources)})`;
        await sql`insert into alert (id, policy, key, active_key, state, severity, kind, source, zone, title, count,
            opened_at, changed_at, closed_at, delivered_at, due, inhibits, body)
          ${numbers} select i + 1, ${policy}, 'loitering/' || ${source} || '/', null, 'resolved', 'warning', 'loitering',
            ${source}, '', 'Warning: loitering', 2, ${time}, ${time}, ${time},
            ${time}, null, 0, ${body} from n`.execute(trx);
        for (const [number, kind] of ['opened', 'escalated', 'resolved'].entries()) {
          await sql`insert into alert_step (alert_id, number, time, kind, "by", detail)
            ${numbers} select i + 1, ${sql.lit(number + 1)}, ${time}, ${kind}, '', '{}' from n`.execute(trx);
        }
        await sql`insert into alert_notice (alert_id, number, occasion, round, step, channel, recipient, state, attempts,
            title, text, created_at, handed_at, answered_at, holder, error)
          ${numbers} select i + 1, 1, 'step', 1, 0, 'push', '', 'delivered', 1, 'Warning: loitering', 'someone',
            ${time}, ${time}, ${time}, 'x', '' from n`.execute(trx);
      });
    }
    if (store.kind === 'postgres') {
      const next = sql.lit(count + 1);
      await sql`alter table alert alter column id restart with ${next}`.execute(store.db);
      // else the server does so by itself while somebody measures
      for (const table of ['alert', 'alert_step', 'alert_notice'])
        await sql`vacuum (analyze) ${sql.table(table)}`.execute(store.db);
      await sql`checkpoint`.execute(store.db);
    }
  } finally {
    await store.close();
  }
}
