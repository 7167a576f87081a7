import type { Finding } from '../shared/severity.ts';

export type Severity = Finding['severity'];
export type State = 'open' | 'notified' | 'acknowledged' | 'snoozed' | 'silenced' | 'resolved' | 'expired';

export interface Delivery {
  readonly channel: string;
  readonly to: string;
  readonly state: string;
  /** ms UTC */
  readonly at: number;
}

/** As the history node answers. */
export interface Alert {
  readonly id: number;
  readonly policy: string;
  readonly key: string;
  readonly state: State;
  readonly severity: Severity;
  readonly kind: string;
  readonly source: string;
  readonly zone: string;
  readonly title: string;
  readonly count: number;
  readonly opened: number;
  readonly closed?: number;
  readonly by?: string;
  /** A person said that it is over. */
  readonly byHand?: boolean;
  readonly until?: number;
  readonly mutedBy?: string;
  readonly reasons: readonly string[];
  readonly chain?: string;
  readonly round: number;
  readonly step: number;
  readonly next?: number;
  readonly held?: string;
  readonly deliveries: readonly Delivery[];
}

export interface AlertsAnswer {
  readonly kind: 'alerts';
  readonly at: number;
  readonly open: readonly Alert[];
  readonly openTotal: number;
  readonly past: readonly Alert[];
  readonly next?: number;
}

export interface TimelineStep {
  readonly number: number;
  readonly time: number;
  readonly kind: string;
  readonly by: string;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

export interface Notice {
  readonly number: number;
  readonly occasion: string;
  readonly round: number;
  readonly step: number;
  readonly channel: string;
  readonly to: string;
  readonly state: string;
  readonly attempts: number;
  readonly created: number;
  readonly handed?: number;
  readonly answered?: number;
  readonly error: string;
  readonly sending?: { readonly attempts: number; readonly error: string; readonly due: number };
}

export interface Timeline {
  readonly kind: 'alert';
  readonly alert?: Alert;
  readonly steps: readonly TimelineStep[];
  readonly notices: readonly Notice[];
  readonly earlier: number;
}

export interface Silence {
  readonly id: number;
  readonly policy: string;
  readonly key: string;
  /** Patterns of the same names as an alert's. */
  readonly kind: string;
  readonly source: string;
  readonly zone: string;
  readonly author: string;
  readonly reason: string;
  readonly from: number;
  readonly until: number;
}

export interface Silences {
  readonly kind: 'silences';
  readonly silences: readonly Silence[];
}

/** As an alert node tells of its policy. */
export interface Policy {
  readonly name: string;
  readonly quiet: { readonly hours: string; readonly until?: number; readonly from?: number };
  readonly duties: readonly {
    readonly name: string;
    readonly people: readonly string[];
    readonly until?: number;
    readonly next?: readonly string[];
  }[];
  readonly chains: readonly { readonly name: string; readonly steps: readonly ChainStep[] }[];
  /** s */
  readonly repeat: number;
}

export interface ChainStep {
  /** s after the step before. */
  readonly after: number;
  readonly channel: string;
  readonly to: readonly string[];
}

/** As a notify node tells of its channels. */
export interface ChannelHealth {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly waiting: number;
  /** ms UTC */
  readonly lastDelivered?: number | null;
  readonly lastError?: string | null;
  readonly lastErrorAt?: number | null;
}

/** As a notify node tells what came of a test. */
export interface Tried {
  /** Of the channel. */
  readonly id: string;
  readonly ok: boolean;
  readonly error?: string;
}

const urgency = { critical: 0, warning: 1, notice: 2 } as const;

export function isClosed({ state }: Pick<Alert, 'state'>): boolean {
  return state === 'resolved' || state === 'expired';
}

/** Nobody has it. */
export function isWaiting({ state }: Pick<Alert, 'state'>): boolean {
  return state === 'open' || state === 'notified';
}

/** What needs somebody first, the worst of it first, then the newest. */
export function sorted(alerts: readonly Alert[]): Alert[] {
  return [...alerts].sort(
    (a, b) => Number(isWaiting(b)) - Number(isWaiting(a)) || urgency[a.severity] - urgency[b.severity] || b.id - a.id,
  );
}

/** What an alert node tells that changed; less than the history knows, but at once. */
export interface Lists {
  readonly open: readonly Alert[];
  readonly past: readonly Alert[];
}

export function withChanges({ open, past }: Lists, changes: readonly Alert[], now: number): Lists {
  const changed = new Map(changes.map((alert) => [alert.id, alert]));
  const known = new Map(open.map((alert) => [alert.id, alert]));
  const closed = changes.filter(isClosed).map((alert) => ({ closed: now, ...known.get(alert.id), ...plain(alert) }));
  const lasting = changes.filter((alert) => !isClosed(alert)).map((alert) => ({ ...plain(alert) }));
  const kept = (alert: Alert): boolean => !changed.has(alert.id);
  return {
    open: sorted([...open.filter(kept), ...lasting]),
    past: [...closed.sort((a, b) => b.id - a.id), ...past.filter(kept)],
  };
}

function plain(alert: Alert): Alert {
  return { ...alert, reasons: alert.reasons ?? [], deliveries: alert.deliveries ?? [] };
}

/** Each once, newest first. */
export function joined(past: readonly Alert[], more: readonly Alert[]): Alert[] {
  const byId = new Map([...past, ...more].map((alert) => [alert.id, alert]));
  return [...byId.values()].sort((a, b) => b.id - a.id);
}
