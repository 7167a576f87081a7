import type { ExpressionBuilder, Selectable } from 'kysely';
import type { AlertDelivery, AlertState, Severity } from '../../kit/index.js';
import type { AlertTable, Database } from '../../store/schema.js';

/** An alert as a list shows it. */
export interface StoredAlert {
  readonly id: number;
  /** Whose it is: requests about it go to an alert node of this policy. */
  readonly policy: string;
  readonly key: string;
  readonly state: AlertState;
  readonly severity: Severity;
  readonly kind: string;
  readonly source: string;
  readonly zone: string;
  readonly title: string;
  /** Findings in it so far. */
  readonly count: number;
  /** ms UTC, like all times here. */
  readonly opened: number;
  readonly closed?: number;
  /** Who acknowledged, snoozed or closed it. */
  readonly by?: string;
  /** A person said that it is over. */
  readonly byHand?: true;
  /** End of the snooze or of the silence. */
  readonly until?: number;
  /** A silence, `silence 3`, or the key of the alert that explains it. */
  readonly mutedBy?: string;
  /** Of the newest finding. */
  readonly reasons: readonly string[];
  readonly evidence: readonly string[];
  /** Name of its chain; absent: nobody is told. */
  readonly chain?: string;
  /** How often the chain was begun, steps of it done in this round, and when the next one is due. */
  readonly round: number;
  readonly step: number;
  readonly next?: number;
  /** What keeps the next step back: `group`, `cooldown` or `quiet`. */
  readonly held?: string;
  /** Who was told where, as it stands. */
  readonly deliveries: readonly AlertDelivery[];
}

/** What is read of `alert.body`; it may be of a later version, or of nobody's. */
interface Body {
  readonly by?: string;
  readonly byHand?: boolean;
  readonly until?: number;
  readonly mutedBy?: string;
  readonly newest?: { readonly reasons?: readonly string[]; readonly evidence?: readonly string[] };
  readonly chain?: string;
  readonly round?: number;
  readonly step?: number;
  readonly stepAt?: number;
  readonly held?: string;
  readonly deliveries?: readonly AlertDelivery[];
}

export const alertColumns = [
  ...['id', 'policy', 'key', 'state', 'severity', 'kind', 'source', 'zone', 'title', 'count'],
  ...['opened_at', 'closed_at', 'body'],
] as const satisfies readonly (keyof AlertTable)[];
type Row = Pick<Selectable<AlertTable>, (typeof alertColumns)[number]>;
/** A list is no place for all that was said. */
const mostReasons = 5;
const mostDeliveries = 40;

export function storedAlert(row: Row): StoredAlert {
  const { id, policy, key, state, severity, kind, source, zone, title, count, opened_at, closed_at } = row;
  const {
    by,
    byHand,
    until,
    mutedBy,
    chain,
    newest = {},
    round = 0,
    step = 0,
    stepAt,
    held,
    deliveries = [],
  } = bodyOf(row.body);
  const waits = state === 'open' || state === 'notified';
  return {
    ...{ id, policy, key, state, severity, kind, source, zone, title, round, step },
    ...{ count: Number(count), opened: opened_at },
    ...defined({ closed: closed_at ?? undefined, by, until, mutedBy, chain }),
    ...(byHand === true ? { byHand } : {}),
    ...(waits ? defined({ next: stepAt, held }) : {}),
    reasons: (newest.reasons ?? []).slice(0, mostReasons),
    evidence: newest.evidence ?? [],
    deliveries: deliveries.slice(-mostDeliveries),
  };
}

/** `critical` before the others. */
export function severityRank(eb: ExpressionBuilder<Database, 'alert'>) {
  return eb.case('severity').when('critical').then(0).when('warning').then(1).else(2).end();
}

function bodyOf(text: string): Body {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

function defined<T extends object>(all: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: NonNullable<T[Key]>;
  };
}
