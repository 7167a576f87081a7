import type { Alert, AlertDelivery, Language } from '../../kit/index.js';
import type { Store } from '../../store/store.js';
import { nameOf } from '../channels/push-devices.js';
import { titlesOf } from '../desk/titles.js';
import type { AlertBody } from '../machine/state.js';

/** An open alert, as the page shows it. */
export interface Card extends Pick<Alert, 'id' | 'key' | 'state' | 'severity' | 'kind' | 'source' | 'zone'> {
  readonly title: string;
  /** The same for whoever reads it. */
  readonly titles: Readonly<Record<Language, string>>;
  /** ms UTC */
  readonly since: number;
  readonly count: number;
  readonly reasons: readonly string[];
  readonly told: readonly AlertDelivery[];
  readonly by?: string;
  /** End of a snooze or a silence. */
  readonly until?: number;
}

interface Handed {
  readonly alert: number;
  /** Its id: `17.3`. */
  readonly notice: string;
  readonly to: string;
}

/** All that pages show; the same for everybody but for what rings. */
export interface Board {
  readonly cards: readonly Card[];
  /** What was handed to people on this channel, of alerts that nobody has taken, oldest first. */
  readonly handed: readonly Handed[];
}

export interface BoardOptions {
  /** Of this alert node alone; empty: of all on this store. */
  readonly policy: string;
  /** Name of the step's channel that makes pages ring. */
  readonly channel: string;
}

const mostCards = 100;
const mostReasons = 5;

export async function readBoard({ db }: Store, { policy, channel }: BoardOptions): Promise<Board> {
  const rows = await db
    .selectFrom('alert')
    .select(['id', 'key', 'state', 'severity', 'kind', 'source', 'zone', 'title', 'opened_at', 'count', 'body'])
    .where('active_key', 'is not', null)
    .$if(policy !== '', (query) => query.where('policy', '=', policy))
    // an order that does not change: what a finger is about to touch stays where it is
    .orderBy('id', 'desc')
    .limit(mostCards)
    .execute();
  const bodies = new Map(rows.map(({ id, body }) => [id, JSON.parse(body) as AlertBody]));
  const cards = rows.map(({ opened_at: since, body: _, ...row }): Card => {
    const { newest, deliveries, by, until } = bodies.get(row.id) as AlertBody;
    const reasons = newest.reasons.slice(0, mostReasons);
    const titles = titlesOf(row.title, { ...newest, severity: row.severity });
    return { ...row, titles, since, reasons, told: deliveries, ...(by ? { by } : {}), ...(until ? { until } : {}) };
  });
  const waiting = cards.filter(({ state }) => state === 'open' || state === 'notified').map(({ id }) => id);
  if (waiting.length === 0) return { cards, handed: [] };
  const notices = await db
    .selectFrom('alert_notice')
    .select(['alert_id as alert', 'number', 'recipient as to', 'round'])
    .where('alert_id', 'in', waiting)
    .where('channel', '=', channel)
    .where('step', '>=', 0)
    .where('state', 'not in', ['waiting', 'withdrawn'])
    .orderBy('number')
    .execute();
  const handed = notices
    .filter(({ alert, round }) => round === bodies.get(alert)?.round)
    .map(({ alert, number, to }) => ({ alert, notice: `${alert}.${number}`, to }));
  return { cards, handed };
}

/** What rings for this person: by alert, the newest notice that was for them, for everybody, or for whoever is there. */
export function ringingFor({ handed }: Board, person: string): Record<number, string> {
  const theirs = handed.filter(({ to }) => concerns(to, person));
  return Object.fromEntries(theirs.map(({ alert, notice }) => [alert, notice]));
}

/** @param person empty: whoever sits there, since nobody has to sign in */
export function concerns(to: string, person: string): boolean {
  return to === '' || person === '' || nameOf(to) === nameOf(person);
}
