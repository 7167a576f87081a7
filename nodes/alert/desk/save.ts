import type { Transaction } from 'kysely';
import type { AlertNoticeTable, AlertStepTable, Database } from '../../store/schema.js';
import type { Policy } from '../policy/policy.js';
import type { Entry } from './entry.js';
import { textsOf, type Words } from './texts.js';

export interface Saving {
  readonly name: string;
  readonly policy: Policy;
  readonly words: Words;
  readonly now: number;
  /** Process that hands the notices out. */
  readonly holder: string;
}

const rowsAtOnce = 200;

/** Writes what was decided; new alerts get their id. */
export async function save(trx: Transaction<Database>, decided: readonly Entry[], saving: Saving): Promise<void> {
  const changed = decided.filter(({ dirty }) => dirty);
  for (const entry of changed) await saveAlert(trx, entry, saving);
  for (const rows of chunks(changed.flatMap(stepRows))) await trx.insertInto('alert_step').values(rows).execute();
  for (const rows of chunks(changed.flatMap((entry) => noticeRows(entry, saving)))) {
    await trx
      .insertInto('alert_notice')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['alert_id', 'number']).doUpdateSet((eb) => ({
          state: eb.ref('excluded.state'),
          attempts: eb.ref('excluded.attempts'),
          handed_at: eb.ref('excluded.handed_at'),
          answered_at: eb.ref('excluded.answered_at'),
          holder: eb.ref('excluded.holder'),
          error: eb.ref('excluded.error'),
        })),
      )
      .execute();
  }
}

async function saveAlert(trx: Transaction<Database>, entry: Entry, saving: Saving): Promise<void> {
  const { body, key, isOpen } = entry;
  const { name, policy, words, now } = saving;
  const values = {
    active_key: isOpen ? key : null,
    state: body.state,
    severity: body.severity,
    title: textsOf(body, policy, words).title,
    count: body.count,
    changed_at: now,
    closed_at: body.closed ?? null,
    delivered_at: body.delivered ?? null,
    due: entry.due ?? null,
    inhibits: entry.inhibiting(policy).length > 0 ? 1 : 0,
    body: JSON.stringify(body),
  };
  if (entry.id !== undefined) {
    await trx.updateTable('alert').set(values).where('id', '=', entry.id).execute();
    return;
  }
  const { kind, source } = body.newest;
  const { id } = await trx
    .insertInto('alert')
    .values({ ...values, policy: name, key, kind, source, zone: body.zone, opened_at: body.opened })
    .returning('id')
    .executeTakeFirstOrThrow();
  entry.id = id;
}

function stepRows({ id = 0, steps }: Entry): AlertStepTable[] {
  return steps.map(({ number, time, kind, by, detail }) => ({
    ...{ alert_id: id, number, time, kind, by },
    detail: JSON.stringify(detail),
  }));
}

function noticeRows({ id = 0, body, touched }: Entry, { policy, words, holder }: Saving): AlertNoticeTable[] {
  return [...touched.values()].map((notice) => ({
    alert_id: id,
    number: notice.number,
    occasion: notice.occasion,
    round: notice.round,
    step: notice.step,
    channel: notice.channel,
    recipient: notice.to,
    state: notice.state,
    attempts: notice.attempts,
    ...textsOf(body, policy, words, notice.occasion),
    created_at: notice.created,
    handed_at: notice.handed ?? null,
    answered_at: notice.answered ?? null,
    holder,
    error: notice.error ?? '',
  }));
}

function* chunks<T>(rows: readonly T[]): Iterable<T[]> {
  for (let i = 0; i < rows.length; i += rowsAtOnce) yield rows.slice(i, i + rowsAtOnce);
}
