import type { AlertDelivery, AlertOccasion } from '../../kit/index.js';
import type { Draft } from './draft.js';
import { arrived, isFinal, mostAttempts, type Notice } from './state.js';

export interface Receipt {
  readonly ok: boolean;
  readonly taken: boolean;
  /** What the provider told later; `false`: what was delivered has not reached the person. */
  readonly reached?: boolean;
  /** ms UTC, when that was. */
  readonly at?: number;
  readonly error?: string;
}

type NewNotice = Pick<Notice, 'occasion' | 'step' | 'channel' | 'to' | 'quiet'>;

/** Handed out at once, or when the one before it to the same person on the same channel was answered. */
export function tell(draft: Draft, wanted: NewNotice): void {
  const { state, now } = draft;
  const notice: Notice = {
    ...wanted,
    number: ++state.lastNotice,
    round: state.round,
    state: 'waiting',
    attempts: 0,
    created: now,
  };
  // one that only changes what is known stands for those that did not get out yet
  if (wanted.step < 0) withdraw(draft, (other) => other.step < 0 && sameThread(other, notice));
  put(draft, notice);
  handOutNext(draft, notice);
}

/** What became of it; what is known already changes nothing. */
export function receive(draft: Draft, notice: Notice, receipt: Receipt): void {
  const { ok, taken, reached: told, at = draft.now, error } = receipt;
  const outcome = ok ? (taken ? 'taken' : told ? 'reached' : 'delivered') : 'failed';
  if (!isNews(notice, outcome, receipt)) return;
  const { error: _, ...before } = notice;
  const said = error === undefined ? {} : { error };
  const answered = Math.max(notice.handed ?? 0, Math.min(draft.now, at));
  change(draft, before, { state: outcome, answered, ...said });
  const missed = told === false && (outcome === 'taken' || arrived(notice.state));
  draft.note(missed ? 'missed' : outcome, { ...about(notice), ...said });
  if (notice.step >= 0 && arrived(outcome) && !arrived(notice.state)) reached(draft, notice);
  if (notice.step >= 0 && !arrived(outcome) && arrived(notice.state)) unreached(draft, notice);
  handOutNext(draft, notice);
}

/** What has reached its person is over; what the provider has may turn out to be missed. */
function isNews({ state: known, answered = 0 }: Notice, outcome: Notice['state'], { reached, at }: Receipt): boolean {
  if (known === outcome || known === 'reached') return false;
  if (known !== 'delivered') return known !== 'failed' || outcome !== 'taken';
  if (outcome === 'reached') return true;
  // told late: the next channel has delivered it since
  const late = outcome === 'taken' && at !== undefined && at < answered;
  return reached === false && !late;
}

/** Channels that did not answer in time get it once more, marked; then its outcome counts as unknown. */
export function lookForAnswers(draft: Draft): void {
  for (const notice of draft.state.notices) {
    const { state, handed = 0 } = notice;
    if (state === 'handed' && draft.now >= handed + draft.policy.patience) unanswered(draft, notice);
  }
}

/** The process that handed it out has died: it may never have left. */
export function unanswered(draft: Draft, notice: Notice): void {
  if (notice.attempts < mostAttempts) {
    handOut(draft, notice);
    return;
  }
  change(draft, notice, { state: 'unknown' });
  draft.note('unknown', about(notice));
  if (notice.step >= 0 && notice.round === draft.state.round) draft.state.unanswered = true;
  handOutNext(draft, notice);
}

/** Takes back what has not got out yet. */
export function withdraw(draft: Draft, which: (notice: Notice) => boolean): void {
  for (const notice of draft.state.notices.filter((one) => one.state === 'waiting' && which(one))) {
    change(draft, notice, { state: 'withdrawn' });
    draft.note('withdrawn', about(notice));
  }
}

/** Tells those who were told, where the channel wants to know what becomes of it. */
export function followUp(draft: Draft, occasion: AlertOccasion): void {
  for (const { channel, to, state } of [...draft.state.deliveries]) {
    if (state === 'failed' || state === 'withdrawn' || !draft.policy.hasFollowUps(channel)) continue;
    tell(draft, { occasion, step: -1, channel, to, quiet: occasion !== 'resolved' });
  }
}

/** When the next answer is overdue. */
export function answerDue(draft: Draft): number | undefined {
  const handed = draft.state.notices.filter(({ state }) => state === 'handed');
  return handed.length > 0 ? Math.min(...handed.map(({ handed: at = 0 }) => at)) + draft.policy.patience : undefined;
}

function reached(draft: Draft, { round, occasion, number }: Notice): void {
  const { state, now } = draft;
  const { delivered, told } = state;
  // only the first of an alert finds what was before it
  state.before ??= { ...(delivered === undefined ? {} : { delivered }), ...(told === undefined ? {} : { told }) };
  state.delivered = now;
  state.told = state.severity;
  if (round === state.round) {
    state.reached = true;
    state.reachedBy = [...(state.reachedBy ?? []), number];
  }
  state.failures = 0;
  if (state.state === 'open' && occasion !== 'test') state.state = 'notified';
}

/** It had counted as delivered: things stand as if it had failed then. */
function unreached({ state, now }: Draft, { round, number }: Notice): void {
  if (round === state.round) {
    state.reachedBy = (state.reachedBy ?? []).filter((one) => one !== number);
    state.reached = state.reachedBy.length > 0;
  }
  const others = state.deliveries.filter((one) => arrived(one.state));
  if (others.length > 0) {
    state.delivered = Math.min(now, Math.max(...others.map(({ at }) => at)));
    return;
  }
  const { delivered, told } = state.before ?? {};
  if (delivered === undefined) delete state.delivered;
  else state.delivered = delivered;
  if (told === undefined) delete state.told;
  else state.told = told;
  if (state.state === 'notified') state.state = 'open';
}

function handOutNext(draft: Draft, { channel, to }: Notice): void {
  const thread = draft.state.notices.filter((one) => sameThread(one, { channel, to }));
  if (thread.some(({ state }) => state === 'handed')) return;
  const next = thread.find(({ state }) => state === 'waiting');
  if (next) handOut(draft, next);
}

function handOut(draft: Draft, notice: Notice): void {
  const handed = change(draft, notice, { state: 'handed', attempts: notice.attempts + 1, handed: draft.now });
  draft.handed.push(handed);
  draft.note(handed.attempts > 1 ? 'handed-again' : 'handed', about(handed));
}

function change(draft: Draft, notice: Notice, changes: Partial<Notice>): Notice {
  const changed = { ...notice, ...changes };
  put(draft, changed);
  const { channel, to, state } = changed;
  if (state === 'waiting' || (state === 'withdrawn' && changed.attempts === 0)) return changed;
  const delivery: AlertDelivery = { channel, to, state, at: draft.now, number: changed.number };
  const { deliveries } = draft.state;
  const at = deliveries.findIndex((one) => sameThread(one, changed));
  const shown = deliveries[at];
  if (!shown) deliveries.push(delivery);
  else if (shown.state === 'failed') deliveries[at] = delivery;
  // what an older one has come to says nothing of the newer
  else if (changed.step >= 0 && changed.number >= (shown.number ?? 0)) deliveries[at] = delivery;
  return changed;
}

function put(draft: Draft, notice: Notice): void {
  const { state, touched } = draft;
  const others = state.notices.filter(({ number }) => number !== notice.number);
  state.notices = isFinal(notice.state) ? others : [...others, notice].sort((a, b) => a.number - b.number);
  touched.set(notice.number, notice);
}

function sameThread(a: Pick<Notice, 'channel' | 'to'>, b: Pick<Notice, 'channel' | 'to'>): boolean {
  return a.channel === b.channel && a.to === b.to;
}

function about({ number, channel, to, occasion }: Notice): Record<string, string | number> {
  return { notice: number, channel, to, occasion };
}
