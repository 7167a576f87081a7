import type { Generated } from 'kysely';
import type { AlertState, Clock, DeliveryState, Severity } from '../kit/index.js';

/** Every time is UTC epoch milliseconds. */
export interface Database {
  series: SeriesTable;
  source: SourceTable;
  reading: ReadingTable;
  rollup: RollupTable;
  recording: RecordingTable;
  finding: FindingTable;
  dead_letter: DeadLetterTable;
  feed_cursor: FeedCursorTable;
  feed_member: FeedMemberTable;
  alert: AlertTable;
  alert_step: AlertStepTable;
  alert_notice: AlertNoticeTable;
  alert_silence: AlertSilenceTable;
  alert_presence: AlertPresenceTable;
  notice_spool: NoticeSpoolTable;
  push_subscription: PushSubscriptionTable;
  audit: AuditTable;
}

/** One quantity of one source: readings refer to it, so that a row stays small. */
export interface SeriesTable {
  id: Generated<number>;
  source: string;
  quantity: string;
  /** Of its first reading that stated one; readings that differ carry their own. */
  unit: string;
}

/** Where a source stands; one row each, updated with every commit. */
export interface SourceTable {
  source: string;
  first_received: number;
  last_received: number;
  /** Newest measured time. */
  last_time: number;
  /** Readings and recordings stored; a counter, so that a page need not count rows. */
  stored: number;
  clock: Clock;
  /** received − measured of the newest, ms */
  lag: number;
  /** What makes our time of the newest's, ms, where its gateway has measured it. */
  clock_offset: number | null;
  /** Smoothed distance between arrivals, ms: what "silent" is measured against. */
  interval: number;
}

export interface ReadingTable {
  /** Ascending in order of commit: a feed's cursor. */
  id: Generated<number>;
  series_id: number;
  time: number;
  sequence: number;
  value: number;
  /** Of this reading, where it differs from the series' unit; else null. */
  unit: string | null;
  received_at: number;
  clock: Clock;
}

/** Aggregates of a series per stretch of time, kept exact within the transaction that inserts; what long charts read. */
export interface RollupTable {
  series_id: number;
  /** Length of the stretch in ms: see `rollupWidths`. */
  width: number;
  /** Start of the stretch, a multiple of width. */
  start: number;
  count: number;
  min: number;
  max: number;
  sum: number;
  /** Of the newest reading in the stretch: the greatest (time, sequence). */
  last: number;
  last_time: number;
  last_sequence: number;
}

export interface RecordingTable {
  id: Generated<number>;
  source: string;
  quantity: string;
  kind: 'sound' | 'frame' | 'binary';
  time: number;
  sequence: number;
  received_at: number;
  clock: Clock;
  key: string;
  bytes: number;
  sha256: string;
  /** JSON object */
  meta: string;
}

export interface FindingTable {
  id: Generated<number>;
  kind: string;
  source: string;
  quantity: string;
  score: number;
  threshold: number;
  severity: 'notice' | 'warning' | 'critical';
  since: number;
  until: number | null;
  /** JSON array of texts */
  reasons: string;
  /** JSON array of bucket keys */
  evidence: string;
  /** JSON array of time, low, high */
  expected: string;
  recorded_at: number;
}

export interface DeadLetterTable {
  id: Generated<number>;
  node: string;
  topic: string;
  payload: Buffer;
  code: string;
  reason: string;
  received_at: number;
}

/** How far a named consumer has come in one slot (a fixed part of all sources), and who works on it now. */
export interface FeedCursorTable {
  name: string;
  slot: number;
  table_name: string;
  /** Last row id that was done. */
  position: number;
  /** Process that holds the lease; null when nobody does. */
  holder: string | null;
  lease_until: number | null;
}

/** Processes that want a share of a named consumer's slots; whoever has one says so by its leases instead. */
export interface FeedMemberTable {
  name: string;
  holder: string;
  alive_until: number;
}

/** One matter that people are told of, from its first finding until it is over. */
export interface AlertTable {
  id: Generated<number>;
  /** Whose it is: alert nodes with one policy name share their alerts. */
  policy: string;
  /** What findings have in common that are one alert. */
  key: string;
  /** The key while it is open, null afterwards: one open alert per key. */
  active_key: string | null;
  state: AlertState;
  severity: Severity;
  /** Of its first finding. */
  kind: string;
  source: string;
  zone: string;
  title: string;
  /** Findings that are in it. */
  count: number;
  opened_at: number;
  /** Last decision about it. */
  changed_at: number;
  closed_at: number | null;
  /** Last notice that reached somebody: what the cooldown counts from. */
  delivered_at: number | null;
  /** When it has to be looked at again; null when nothing is awaited. */
  due: number | null;
  /** 1 while it mutes others. */
  inhibits: number;
  /** JSON: all that decisions need (nodes/alert/machine/state.ts). */
  body: string;
}

/** What happened to an alert, in order; never changed. */
export interface AlertStepTable {
  alert_id: number;
  number: number;
  time: number;
  /** opened, escalated, delivered, acknowledged, …: nodes/alert/machine/state.ts */
  kind: string;
  /** Who did it; empty when nobody had to. */
  by: string;
  /** JSON object */
  detail: string;
}

/** What one person is told on one channel on one occasion. */
export interface AlertNoticeTable {
  alert_id: number;
  /** Within the alert. */
  number: number;
  occasion: string;
  /** How often the chain was begun. */
  round: number;
  /** Place in the chain, from 0; -1 for what follows a notice (updates, the end). */
  step: number;
  channel: string;
  /** A person; empty when the channel knows whom it serves. */
  recipient: string;
  state: DeliveryState;
  /** How often it was handed to the channel: 2 at most. */
  attempts: number;
  title: string;
  text: string;
  created_at: number;
  handed_at: number | null;
  answered_at: number | null;
  /** Process that handed it out. */
  holder: string | null;
  error: string;
}

/** What nobody is to be told of for a while: empty patterns match everything. */
export interface AlertSilenceTable {
  id: Generated<number>;
  policy: string;
  key: string;
  kind: string;
  source: string;
  zone: string;
  author: string;
  reason: string;
  from_at: number;
  until_at: number;
  ended_at: number | null;
  ended_by: string | null;
}

/** Who is at home. */
export interface AlertPresenceTable {
  policy: string;
  person: string;
  home: number;
  at: number;
}

/** A notice that a notify node has taken, until it is delivered, and for a while afterwards. */
export interface NoticeSpoolTable {
  /** Ascending in the order in which they came. */
  id: Generated<number>;
  /** Id of the notify node. */
  spool: string;
  /** The notice, once: what is handed over again is known by it. */
  key: string;
  /** What comes one after the other. */
  thread: string;
  /** `passed`: what a channel did not take, which went on to the next; `tested`: sent by hand, to see whether the channel works. */
  state: 'waiting' | 'sending' | 'delivered' | 'failed' | 'withdrawn' | 'passed' | 'tested';
  /** Place of its channel in the node's list, from 0, and the channel's id. */
  place: number;
  channel: string;
  /** On this channel: how often it was sent, and how often no answer came. */
  attempts: number;
  unanswered: number;
  /** 1: it may have arrived before. */
  again: number;
  /** First attempt on this channel, and last attempt. */
  begun_at: number | null;
  sent_at: number | null;
  /** When to send it, or to miss an answer; null once it is over. */
  due: number | null;
  /** Who sends it now. */
  holder: string | null;
  /** The provider's name of what it delivered. */
  reference: string;
  error: string;
  /** 0 while its outcome has to be told. */
  told: number;
  /**
   * What the provider tells of what it took: `pending` while it is asked; `unknown`: it never told. `missed` stays while the next
   * channel tries. Empty: it is not asked.
   */
  receipt: Generated<'' | 'pending' | 'reached' | 'missed' | 'unknown'>;
  /** When to ask next; null: not at all, or with the one that stood for it. */
  receipt_due: number | null;
  /** When it told. */
  receipt_at: number | null;
  created_at: number;
  changed_at: number;
  /** JSON: AlertNotice */
  body: string;
}

/** A device that wants notices by Web Push: where its browser's push service takes them, and what they are encrypted with. */
export interface PushSubscriptionTable {
  /** Whoever knows it and the private key may send: never shown or logged. */
  endpoint: string;
  /** Whose device it is; empty where nobody has to sign in. */
  person: string;
  /** Of the browser (RFC 8291), base64url. */
  p256dh: string;
  auth: string;
  /** Our public key (VAPID, RFC 8292) that it was made for: no other may send to it. */
  server_key: string;
  /** What kind of device it is, for its owner. */
  device: string;
  created_at: number;
  /** When it was last confirmed by its page. */
  seen_at: number;
  succeeded_at: number | null;
  failed_at: number | null;
  error: string;
}

/** ms. One minute for days, ten for weeks, an hour for years: a chart reads at most some ten thousand rows. */
export const rollupWidths = [60_000, 600_000, 3_600_000] as const;

/** Who did what: append-only, each row chained to the one before by its hash. */
export interface AuditTable {
  id: Generated<number>;
  time: number;
  /** A user's name, or what acted by itself. */
  who: string;
  /** `signed-in`, `exported`, `acknowledged`, … */
  action: string;
  /** What it was done to. */
  what: string;
  /** JSON */
  detail: string;
  /** Hash of the row before; of the first, zeros. */
  previous: string;
  hash: string;
}
