import { type Kysely, type SqlBool, sql } from 'kysely';
import type { DeliveryState } from '../../kit/index.js';
import type { Database } from '../../store/schema.js';
import { alertColumns, type StoredAlert, storedAlert } from './alert-rows.js';

/** Something that happened to an alert. */
export interface TimelineStep {
  readonly number: number;
  /** ms UTC */
  readonly time: number;
  /** `opened`, `escalated`, `handed`, `delivered`, `acknowledged`, … */
  readonly kind: string;
  readonly by: string;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

/** What one person was told on one channel on one occasion, and what became of it. */
export interface TimelineNotice {
  readonly number: number;
  readonly occasion: string;
  readonly round: number;
  /** Place in the chain, from 0; -1: what follows a notice. */
  readonly step: number;
  readonly channel: string;
  /** A person; empty: whomever the channel serves. */
  readonly to: string;
  readonly state: DeliveryState;
  /** How often it was handed to the channel. */
  readonly attempts: number;
  readonly title: string;
  readonly created: number;
  readonly handed?: number;
  readonly answered?: number;
  readonly error: string;
  /** While a notify node still has it. */
  readonly sending?: Sending;
}

export interface Sending {
  /** Id of the channel that it is tried on. */
  readonly channel: string;
  readonly attempts: number;
  readonly error: string;
  /** When it is tried again. */
  readonly due: number;
}

export interface AlertAnswer {
  readonly kind: 'alert';
  readonly at: number;
  /** Absent: there is none of this id. */
  readonly alert?: StoredAlert;
  /** In the order in which they happened; the newest, where there are too many. */
  readonly steps: TimelineStep[];
  /** Oldest first; the newest, where there are too many. */
  readonly notices: TimelineNotice[];
  /** Steps and notices that are left out. */
  readonly earlier: number;
}

const mostSteps = 500;
const mostNotices = 200;

/** One alert with every step and delivery. */
export async function alertAnswer(db: Kysely<Database>, id: number, now: number): Promise<AlertAnswer> {
  const row = await db.selectFrom('alert').select(alertColumns).where('id', '=', id).executeTakeFirst();
  if (!row) return { kind: 'alert', at: now, steps: [], notices: [], earlier: 0 };
  const steps = await db
    .selectFrom('alert_step')
    .selectAll()
    .where('alert_id', '=', id)
    .orderBy('number', 'desc')
    .limit(mostSteps)
    .execute();
  const notices = await db
    .selectFrom('alert_notice')
    .selectAll()
    .where('alert_id', '=', id)
    .orderBy('number', 'desc')
    .limit(mostNotices)
    .execute();
  const alert = storedAlert(row);
  const taken = notices.filter(({ state }) => state === 'taken').map(({ number }) => Number(number));
  const sending = await sendingOf(db, alert, taken);
  // both are numbered from 1 without a gap
  const earlier = Number(steps.at(-1)?.number ?? 1) + Number(notices.at(-1)?.number ?? 1) - 2;
  return {
    ...{ kind: 'alert', at: now, alert, earlier },
    steps: steps.reverse().map(({ number, time, kind, by, detail }) => ({
      ...{ number: Number(number), time, kind, by },
      detail: JSON.parse(detail) as TimelineStep['detail'],
    })),
    notices: notices.reverse().map((notice) => ({
      ...{ number: Number(notice.number), occasion: notice.occasion, channel: notice.channel, to: notice.recipient },
      ...{ round: Number(notice.round), step: Number(notice.step), attempts: Number(notice.attempts) },
      ...{ state: notice.state, title: notice.title, created: notice.created_at, error: notice.error },
      ...(notice.handed_at === null ? {} : { handed: notice.handed_at }),
      ...(notice.answered_at === null ? {} : { answered: notice.answered_at }),
      ...(sending.has(Number(notice.number)) ? { sending: sending.get(Number(notice.number)) as Sending } : {}),
    })),
  };
}

/** What notify nodes still keep of these notices, by number. */
async function sendingOf(
  db: Kysely<Database>,
  { id, policy, opened }: StoredAlert,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, Sending>> {
  if (numbers.length === 0) return new Map();
  // as the spool names them
  const keys = new Map(numbers.map((number) => [`${policy}/${opened}/${id}.${number}`, number]));
  const rows = await db
    .selectFrom('notice_spool')
    .select(['key', 'channel', 'attempts', 'error', 'due'])
    // only what is on its way is in this index: few, however many there were
    .where(sql<SqlBool>`due is not null`)
    .where('key', 'in', [...keys.keys()])
    .execute();
  return new Map(
    rows.map(({ key, channel, attempts, error, due }) => [
      keys.get(key) ?? 0,
      { channel, attempts: Number(attempts), error, due: due ?? 0 },
    ]),
  );
}
