import type { Alert } from '../../kit/index.js';
import type { Store } from '../../store/store.js';
import { viewOf } from '../desk/entry.js';
import type { Words } from '../desk/texts.js';
import type { AlertBody } from '../machine/state.js';
import { pictureType } from '../notify/picture.js';
import type { Policy } from '../policy/policy.js';
import type { Claim } from './token.js';

/** Where an alert is kept and decided about. */
export interface AlertPlace {
  readonly store: Store;
  /** Of the policy. */
  readonly name: string;
  readonly policy: Policy;
  readonly words: Words;
}

export interface IncidentStep {
  readonly time: number;
  readonly kind: string;
  readonly by: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** All that a link's page shows. */
export interface Incident {
  readonly alert: Alert;
  readonly test: boolean;
  readonly score: number;
  readonly threshold: number;
  readonly closed: number | undefined;
  /** Whom the link was sent to: a person, or the channel where nobody is named. */
  readonly person: string;
  readonly channel: string;
  /** When, ms UTC, and whom by name; empty: whomever the channel serves. */
  readonly told: { readonly at: number; readonly to: string };
  /** Oldest first. */
  readonly steps: readonly IncidentStep[];
  /** How many more there are, older ones. */
  readonly more: number;
  /** Bucket keys, of the newest finding. */
  readonly pictures: readonly string[];
}

const mostSteps = 300;
/** A link ends when its alert has been over for so long, however long it was made for. */
const afterwardsMs = 12 * 3_600_000;

/** @returns undefined where the claim has nothing to show here any more */
export async function readIncident(
  { store, name, policy, words }: AlertPlace,
  claim: Claim,
  now: number,
): Promise<Incident | undefined> {
  const { db } = store;
  const row = await db
    .selectFrom('alert')
    .select(['id', 'key', 'body', 'opened_at', 'closed_at'])
    .where('policy', '=', name)
    .where('id', '=', claim.alert)
    .executeTakeFirst();
  if (!row || Math.floor(row.opened_at / 1000) * 1000 !== claim.opened) return undefined;
  if (row.closed_at !== null && now > row.closed_at + afterwardsMs) return undefined;
  const notice = await db
    .selectFrom('alert_notice')
    .select(['recipient', 'channel', 'created_at'])
    .where('alert_id', '=', row.id)
    .where('number', '=', claim.notice)
    .executeTakeFirst();
  if (!notice) return undefined;
  const steps = await db
    .selectFrom('alert_step')
    .select(['number', 'time', 'kind', 'by', 'detail'])
    .where('alert_id', '=', row.id)
    .orderBy('number', 'desc')
    .limit(mostSteps)
    .execute();
  const body = JSON.parse(row.body) as AlertBody;
  return {
    alert: viewOf({ id: row.id, key: row.key, body }, name, policy, words),
    test: body.test !== undefined,
    ...{ score: body.newest.score, threshold: body.newest.threshold, closed: row.closed_at ?? undefined },
    ...{ person: notice.recipient || notice.channel, channel: notice.channel },
    told: { at: notice.created_at, to: notice.recipient },
    steps: steps.reverse().map(({ time, kind, by, detail }) => ({
      ...{ time, kind, by },
      detail: JSON.parse(detail) as Record<string, unknown>,
    })),
    more: Math.max(0, (steps[0]?.number ?? 1) - 1),
    pictures: body.newest.evidence.filter((key) => pictureType(key) !== undefined),
  };
}

/** Whether somebody could still take it. */
export function canBeTaken({ alert }: Pick<Incident, 'alert'>): boolean {
  return alert.state !== 'acknowledged' && alert.state !== 'resolved' && alert.state !== 'expired';
}

/** Who took it, and when. */
export function takenBy({ alert, steps }: Incident): { readonly by: string; readonly at: number } | undefined {
  const last = steps.findLast(({ kind }) => kind === 'acknowledged' || kind === 'reopened');
  if (last?.kind !== 'acknowledged') return undefined;
  return { by: last.by || alert.by || '', at: last.time };
}
