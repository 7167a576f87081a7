import type { Kysely } from 'kysely';
import type { AlertState, Severity } from '../../kit/index.js';
import type { Database } from '../../store/schema.js';
import { alertColumns, type StoredAlert, severityRank, storedAlert } from './alert-rows.js';
import { matcher, type Patterns } from './matching.js';

export interface AlertsAsk {
  readonly sources: Patterns;
  /** Of alerts: `loitering`, `anomaly*`. */
  readonly kinds?: Patterns | undefined;
  readonly severities?: readonly Severity[] | undefined;
  readonly states?: readonly AlertState[] | undefined;
  /** Past ones with a lower id alone: the `next` of the answer before. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface AlertsAnswer {
  readonly kind: 'alerts';
  readonly at: number;
  /** Worst first, then newest; none in an answer about what lies further back. */
  readonly open: StoredAlert[];
  /** All that are open, also those that are left out or don't match. */
  readonly openTotal: number;
  /** Newest first. */
  readonly past: StoredAlert[];
  /** Where to go on; absent: there is nothing further back. */
  readonly next?: number;
}

const mostOpen = 500;
const mostPolicies = 200;
const atOnce = 1_000;
/** Rows that one question looks at, however few of them match. */
const mostLooked = 10_000;

/** Alerts of all policies in this store. Past ones are looked through by id, so that a million of them don't slow it. */
export async function alertsAnswer(db: Kysely<Database>, ask: AlertsAsk, now: number): Promise<AlertsAnswer> {
  const fits = filterOf(ask);
  const open = ask.before === undefined ? await openAlerts(db, fits) : { open: [], openTotal: 0 };
  const { ids, next } = await pastIds(db, ask, fits);
  const rows =
    ids.length > 0
      ? await db.selectFrom('alert').select(alertColumns).where('id', 'in', ids).orderBy('id', 'desc').execute()
      : [];
  return {
    ...{ kind: 'alerts', at: now, ...open, past: rows.map(storedAlert) },
    ...(next === undefined ? {} : { next }),
  };
}

interface Facts {
  readonly source: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly state: AlertState;
}
type Fits = (alert: Facts) => boolean;

function filterOf({ sources, kinds = [], severities, states }: AlertsAsk): Fits {
  const source = matcher(sources);
  const kind = matcher(kinds);
  return (alert) =>
    source.test(alert.source) &&
    kind.test(alert.kind) &&
    (severities?.includes(alert.severity) ?? true) &&
    (states?.includes(alert.state) ?? true);
}

async function openAlerts(db: Kysely<Database>, fits: Fits): Promise<Pick<AlertsAnswer, 'open' | 'openTotal'>> {
  const policies = await policiesOf(db);
  if (policies.length === 0) return { open: [], openTotal: 0 };
  const rows = await openQuery(db, policies)
    .select(alertColumns)
    .orderBy(severityRank)
    .orderBy('id', 'desc')
    .limit(mostOpen)
    .execute();
  const { total } = await openQuery(db, policies)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { open: rows.filter(fits).map(storedAlert), openTotal: Number(total) };
}

/** By policy: what is open has an index of its own, which begins with it. */
export function openQuery(db: Kysely<Database>, policies: readonly string[]) {
  return db.selectFrom('alert').where('policy', 'in', policies).where('active_key', 'is not', null);
}

/** One step in an index for each, however many alerts it has. */
async function policiesOf(db: Kysely<Database>): Promise<string[]> {
  const found: string[] = [];
  while (found.length < mostPolicies) {
    const { policy } = await nextPolicy(db, found.at(-1)).executeTakeFirstOrThrow();
    if (policy === null) break;
    found.push(policy);
  }
  return found;
}

export function nextPolicy(db: Kysely<Database>, after: string | undefined) {
  const query = db.selectFrom('alert').select((eb) => eb.fn.min<string | null>('policy').as('policy'));
  return after === undefined ? query : query.where('policy', '>', after);
}

async function pastIds(
  db: Kysely<Database>,
  { sources, kinds = [], before, limit }: AlertsAsk,
  fits: Fits,
): Promise<{ readonly ids: number[]; readonly next?: number }> {
  const ids: number[] = [];
  let last = before;
  let chunk = limit + 1;
  for (let looked = 0; looked < mostLooked; looked += chunk) {
    if (looked > 0) chunk = atOnce;
    const rows = await pastQuery(db, { sources, kinds }, last).limit(chunk).execute();
    for (const row of rows) {
      if (!fits(row)) continue;
      if (ids.length === limit) return { ids, next: last ?? 0 };
      ids.push(row.id);
      last = row.id;
    }
    if (rows.length < chunk) return { ids };
    last = rows.at(-1)?.id;
  }
  return { ids, ...(last === undefined ? {} : { next: last }) };
}

/** A name goes by its index; with a star, what is there is looked through. */
export function pastQuery(
  db: Kysely<Database>,
  { sources, kinds = [] }: Pick<AlertsAsk, 'sources' | 'kinds'>,
  before: number | undefined,
) {
  const query = db
    .selectFrom('alert')
    .select(['id', 'source', 'kind', 'severity', 'state'])
    .where('active_key', 'is', null)
    .$if(before !== undefined, (all) => all.where('id', '<', before ?? 0))
    .orderBy('id', 'desc');
  const names = { source: exactNames(sources), kind: exactNames(kinds) };
  if (names.source) return query.where('source', 'in', names.source);
  return names.kind ? query.where('kind', 'in', names.kind) : query;
}

function exactNames(patterns: Patterns): string[] | undefined {
  const names = (typeof patterns === 'string' ? patterns.split(',') : patterns).map((name) => name.trim());
  const given = names.filter((name) => name !== '');
  return given.length > 0 && given.every((name) => !name.includes('*')) ? given : undefined;
}
