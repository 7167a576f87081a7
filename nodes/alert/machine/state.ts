import type { AlertDelivery, AlertOccasion, AlertState, DeliveryState, Finding, Severity } from '../../kit/index.js';
import type { Matter } from '../policy/policy.js';

/** What is known of one matter in an alert; several where alerts are grouped. */
export interface Member extends Matter {
  readonly since: number;
  readonly until?: number;
  /** When it was heard of last, by our clock. */
  readonly heard: number;
  readonly count: number;
}

/** What one person is told on one channel, as long as its outcome is open. */
export interface Notice {
  /** Within the alert, ascending. */
  readonly number: number;
  readonly occasion: AlertOccasion;
  readonly round: number;
  /** Place in the chain from 0; -1 for what follows a notice. */
  readonly step: number;
  readonly channel: string;
  readonly to: string;
  readonly state: DeliveryState;
  /** How often it was handed over: 2 at most. */
  readonly attempts: number;
  readonly quiet: boolean;
  readonly created: number;
  /** When it was handed over last. */
  readonly handed?: number;
  readonly answered?: number;
  readonly error?: string;
}

export const mostMembers = 100;
export const mostAttempts = 2;

/** All that decisions about one alert need; as JSON in the store. */
export interface AlertBody {
  readonly version: 1;
  state: AlertState;
  severity: Severity;
  zone: string;
  /** By key; at most `mostMembers`, further ones are only counted. */
  members: Record<string, Member>;
  more: number;
  count: number;
  opened: number;
  closed?: number;
  /** Newest finding. */
  newest: Pick<Finding, 'kind' | 'source' | 'quantity' | 'score' | 'threshold' | 'reasons' | 'evidence'>;
  /** Name of the chain; absent: nobody is told. */
  chain?: string;
  /** Of a test: channels that it is for, instead of a chain. */
  test?: readonly string[];
  /** How often the chain was begun. */
  round: number;
  /** Next step of the chain. */
  step: number;
  /** When it is due; absent: nothing more is to be done. */
  stepAt?: number;
  /** What keeps the step back; then `stepAt` is when that ends. */
  held?: 'group' | 'cooldown' | 'quiet';
  /** Somebody was reached in this round. */
  reached: boolean;
  /** By these notices. */
  reachedBy?: number[];
  /** A channel did not answer in this round. */
  unanswered: boolean;
  /** Rounds in a row that reached nobody, and the last of them that was counted. */
  failures: number;
  failedRound: number;
  /** End of the snooze or the silence. */
  until?: number;
  /** What silences it. */
  mutedBy?: string;
  /** Who acknowledged or closed it. */
  by?: string;
  /** A person said that it is over. */
  byHand: boolean;
  /** Last notice that was delivered for this key, also of the alert before. */
  delivered?: number;
  /** Its severity then. */
  told?: Severity;
  /** Both as they were before this alert: what holds again where nothing of it has arrived after all. */
  before?: { readonly delivered?: number; readonly told?: Severity };
  /** A change that is to be told, and when. */
  updateAt?: number;
  /** Last update that was told. */
  updated: number;
  notices: Notice[];
  /** Who was told where, newest state. */
  deliveries: AlertDelivery[];
  /** Numbers given so far. */
  lastNotice: number;
  lastStep: number;
}

/** What happened to an alert, as the timeline shows it. */
export const stepKinds = [
  'opened',
  'joined',
  'worse',
  'held',
  'escalated',
  'repeated',
  'handed',
  'handed-again',
  'taken',
  'delivered',
  'reached',
  'failed',
  'missed',
  'unknown',
  'withdrawn',
  'failed-over',
  'unreached',
  'acknowledged',
  'snoozed',
  'silenced',
  'reopened',
  'resolved',
  'expired',
  'clock',
] as const;
export type StepKind = (typeof stepKinds)[number];

export interface Step {
  readonly number: number;
  readonly time: number;
  readonly kind: StepKind;
  readonly by: string;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

export function isClosed({ state }: Pick<AlertBody, 'state'>): boolean {
  return state === 'resolved' || state === 'expired';
}

export function isFinal(state: DeliveryState): boolean {
  return arrived(state) || state === 'failed' || state === 'unknown' || state === 'withdrawn';
}

export function arrived(state: DeliveryState): boolean {
  return state === 'delivered' || state === 'reached';
}
