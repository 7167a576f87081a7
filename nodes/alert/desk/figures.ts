import { type SqlBool, sql } from 'kysely';
import type { AlertState } from '../../kit/index.js';
import type { Store } from '../../store/store.js';
import type { Policy } from '../policy/policy.js';
import { timeOf } from './rows.js';
import { WorldRows } from './world.js';

/** How a policy stands: what the status shows and the heartbeat tells. */
export interface AlertFigures {
  /** ms UTC */
  readonly time: number;
  readonly policy: string;
  /** Alerts that are open, by state. */
  readonly open: Readonly<Partial<Record<AlertState, number>>>;
  /** Of those, nobody has acknowledged; ms UTC of the oldest. */
  readonly unattended: number;
  readonly oldest?: number;
  /** Notices that wait for an answer of their channel. */
  readonly unanswered: number;
  /** Who is on call, by schedule. */
  readonly onCall: Readonly<Record<string, readonly string[]>>;
  readonly quietUntil?: number;
  readonly somebodyHome?: boolean;
}

export async function figuresOf({ db, kind }: Store, name: string, policy: Policy): Promise<AlertFigures> {
  const time = await timeOf(db, kind);
  const states = await db
    .selectFrom('alert')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count'), eb.fn.min('opened_at').as('oldest')])
    .where('policy', '=', name)
    .where('active_key', 'is not', null)
    .groupBy('state')
    .execute();
  const { unanswered } = await db
    .selectFrom('alert_notice')
    .select((eb) => eb.fn.countAll<number>().as('unanswered'))
    .where(sql<SqlBool>`state = 'handed'`)
    // a join might begin with all past alerts
    .where(sql<SqlBool>`(select policy from alert where id = alert_id) = ${name}`)
    .executeTakeFirstOrThrow();
  const somebodyHome = await new WorldRows(name).somebodyHome(db);
  const quietUntil = policy.quietUntil(time);
  const waiting = states.filter(({ state }) => state === 'open' || state === 'notified');
  return {
    time,
    policy: name,
    open: Object.fromEntries(states.map(({ state, count }) => [state, Number(count)])),
    unattended: waiting.reduce((sum, { count }) => sum + Number(count), 0),
    ...(waiting.length > 0 ? { oldest: Math.min(...waiting.map(({ oldest }) => oldest)) } : {}),
    unanswered: Number(unanswered),
    onCall: policy.onCall(time),
    ...(quietUntil === undefined ? {} : { quietUntil }),
    ...(somebodyHome === undefined ? {} : { somebodyHome }),
  };
}
