import { type AlertState, type Finding, type Severity, severities } from '../../kit/index.js';
import { beginRound, stopChain } from './chain.js';
import type { Draft } from './draft.js';
import { followUp, type Receipt, receive, unanswered } from './notices.js';
import { type AlertBody, type Member, mostMembers, type Notice } from './state.js';

/** What can happen to an alert. */
export type AlertEvent =
  | FindingEvent
  | { readonly type: 'test'; readonly channels: readonly string[]; readonly by: string }
  | { readonly type: 'delivery'; readonly notice: Notice; readonly receipt: Receipt }
  /** The process that handed it out is gone. */
  | { readonly type: 'orphan'; readonly number: number }
  | { readonly type: 'acknowledge' | 'resolve'; readonly by: string }
  | { readonly type: 'snooze'; readonly by: string; readonly until: number }
  /** The clock was put back: waits go on from where they were. @param delta ms, negative */
  | { readonly type: 'clock'; readonly delta: number }
  /** Time has passed, or the world has changed. */
  | { readonly type: 'tick' };

export interface FindingEvent {
  readonly type: 'finding';
  /** Of the matter within the alert. */
  readonly member: string;
  readonly finding: Finding;
  readonly zone: string;
}

/** @param previous the last alert of this key, which is closed. @returns undefined where it began and ended before */
export function open(event: FindingEvent, now: number, previous?: AlertBody): AlertBody | undefined {
  const { finding, zone, member } = event;
  if (previous && belongsTo(previous, member, finding)) return undefined;
  const { severity } = finding;
  return {
    ...blank(now, severity),
    zone,
    members: { [member]: memberOf(event, now, 1) },
    newest: newestOf(finding),
    ...(previous?.delivered === undefined ? {} : { delivered: previous.delivered }),
    ...(previous?.told === undefined ? {} : { told: previous.told }),
  };
}

export function openTest(channels: readonly string[], now: number): AlertBody {
  const newest = { kind: 'test', source: '', quantity: '', score: 1, threshold: 0, reasons: [], evidence: [] };
  return { ...blank(now, 'notice'), zone: '', members: {}, newest, test: channels };
}

/** The first round of a new alert. */
export function begin(draft: Draft): void {
  const { state, now, policy } = draft;
  draft.note('opened', { kind: state.newest.kind, source: state.newest.source, severity: state.severity });
  const wait = state.severity === 'critical' || state.test ? 0 : policy.groupWait;
  const cool = coolAt(draft);
  if (cool > now + wait) beginRound(draft, cool, 'cooldown');
  else beginRound(draft, now + wait, 'group');
}

/** Until when somebody who was told just now is left in peace, unless it has become worse. */
export function coolAt({ state, now, policy }: Draft): number {
  if (state.delivered === undefined || state.test) return now;
  if (state.told !== undefined && isWorse(state.severity, state.told)) return now;
  return Math.max(now, state.delivered + policy.cooldown);
}

export function apply(draft: Draft, event: AlertEvent): void {
  const { state } = draft;
  switch (event.type) {
    case 'finding':
      found(draft, event);
      return;
    case 'delivery':
      receive(draft, current(draft, event.notice), event.receipt);
      return;
    case 'orphan': {
      const notice = state.notices.find((one) => one.number === event.number && one.state === 'handed');
      if (notice) unanswered(draft, notice);
      return;
    }
    case 'acknowledge':
      acknowledge(draft, event.by);
      return;
    case 'resolve':
      state.byHand = true;
      close(draft, 'resolved', event.by);
      return;
    case 'snooze':
      stopChain(draft);
      become(draft, 'snoozed', event.by, { until: event.until });
      state.until = event.until;
      return;
    case 'clock':
      draft.note('clock', { back: -event.delta });
      shift(state, event.delta);
      return;
    case 'test':
    case 'tick':
      return;
  }
}

export function close(draft: Draft, how: 'resolved' | 'expired', by = ''): void {
  const { state } = draft;
  stopChain(draft);
  become(draft, how, by);
  state.closed = draft.now;
  delete state.updateAt;
  if (!state.test) followUp(draft, 'resolved');
}

function found(draft: Draft, event: FindingEvent): void {
  const { state, now, policy } = draft;
  const { finding, member } = event;
  const known = state.members[member];
  if (known && isOlder(known, finding)) return;
  const full = !known && Object.keys(state.members).length >= mostMembers;
  if (full) state.more++;
  else state.members[member] = memberOf(event, now, (known?.count ?? 0) + 1);
  state.count++;
  state.newest = newestOf(finding);
  const worse = isWorse(finding.severity, state.severity);
  if (!known) draft.note('joined', { kind: finding.kind, source: finding.source, severity: finding.severity });
  if (!known && state.deliveries.length > 0) state.updateAt ??= Math.max(now, state.updated + policy.updateEvery);
  if (!worse) return;
  state.severity = finding.severity;
  draft.note('worse', { severity: finding.severity });
  if (state.state === 'silenced') return;
  if (state.state !== 'open') become(draft, 'open');
  beginRound(draft);
}

function acknowledge(draft: Draft, by: string): void {
  if (draft.state.state === 'acknowledged') return;
  stopChain(draft);
  become(draft, 'acknowledged', by);
  if (!draft.state.test) followUp(draft, 'acknowledged');
}

export function become(draft: Draft, next: AlertState, by = '', detail: { until?: number; why?: string } = {}): void {
  const { state } = draft;
  state.state = next;
  delete state.until;
  delete state.mutedBy;
  if (by) state.by = by;
  else if (next === 'open') delete state.by;
  draft.note(next === 'open' ? 'reopened' : next === 'notified' ? 'delivered' : next, detail, by);
}

/** As the alert knows it, or as the store has it when its outcome was known already. */
function current({ state }: Draft, notice: Notice): Notice {
  return state.notices.find(({ number }) => number === notice.number) ?? notice;
}

function isOlder({ since, until }: Member, finding: Finding): boolean {
  if (finding.since !== since) return finding.since < since;
  return until !== undefined && (finding.until === undefined || finding.until < until);
}

/** A finding that the closed alert knew to its end, or that a person closed, is not news. */
function belongsTo(previous: AlertBody, member: string, finding: Finding): boolean {
  const known = previous.members[member];
  if (!known || finding.since > known.since) return false;
  const closed = previous.state === 'expired' || previous.byHand;
  return closed || finding.since < known.since || (finding.until ?? 0) <= (known.until ?? 0);
}

function isWorse(one: Severity, other: Severity): boolean {
  return severities.indexOf(one) > severities.indexOf(other);
}

function memberOf({ finding, zone }: FindingEvent, now: number, count: number): Member {
  const { kind, source, severity, since, until } = finding;
  return { kind, source, zone, severity, since, ...(until === undefined ? {} : { until }), heard: now, count };
}

function newestOf({ kind, source, quantity, score, threshold, reasons, evidence }: Finding): AlertBody['newest'] {
  return { kind, source, quantity, score, threshold, reasons, evidence };
}

function blank(now: number, severity: Severity): Omit<AlertBody, 'zone' | 'members' | 'newest'> {
  return {
    version: 1,
    state: 'open',
    severity,
    byHand: false,
    more: 0,
    count: 1,
    opened: now,
    round: 0,
    step: 0,
    reached: false,
    unanswered: false,
    failures: 0,
    failedRound: 0,
    updated: 0,
    notices: [],
    deliveries: [],
    lastNotice: 0,
    lastStep: 0,
  };
}

/** Waits, not points in time that people have set: those are meant by the clock. */
function shift(state: AlertBody, delta: number): void {
  if (state.stepAt !== undefined && state.held !== 'quiet') state.stepAt += delta;
  if (state.updateAt !== undefined) state.updateAt += delta;
  if (state.delivered !== undefined) state.delivered += delta;
  if (state.before?.delivered !== undefined)
    state.before = { ...state.before, delivered: state.before.delivered + delta };
  state.updated += delta;
  for (const [key, member] of Object.entries(state.members))
    state.members[key] = { ...member, heard: member.heard + delta };
  state.notices = state.notices.map((one) => (one.handed === undefined ? one : { ...one, handed: one.handed + delta }));
}
