import { beginRound, climb, stepsOf, stopChain } from './chain.js';
import { Draft, type World } from './draft.js';
import { type AlertEvent, apply, become, begin, close, coolAt, open, openTest } from './events.js';
import { answerDue, followUp, lookForAnswers } from './notices.js';
import { type AlertBody, isClosed, type Notice, type Step } from './state.js';

export interface Decision {
  readonly state: AlertBody;
  /** What happened, for the journal. */
  readonly steps: readonly Step[];
  /** To be handed to their channels once this is committed, in this order. */
  readonly handed: readonly Notice[];
  /** Notices whose rows change. */
  readonly touched: readonly Notice[];
  /** When to decide again although nothing happened; ms UTC. */
  readonly due: number | undefined;
}

/**
 * What becomes of an alert when something happens, or when time has passed. Pure: the same arguments give the same decision,
 * and `before` stays as it is.
 * @param before undefined: there is no open alert of this key
 * @param previous the last one of this key, when there is no open one
 * @returns undefined where nothing is to be decided: only findings and tests open alerts
 */
export function decide(
  key: string,
  before: AlertBody | undefined,
  event: AlertEvent,
  world: World,
  previous?: AlertBody,
): Decision | undefined {
  const state = before ? structuredClone(before) : opened(event, world.now, previous);
  if (!state) return undefined;
  const draft = new Draft(key, state, world);
  if (before) apply(draft, event);
  else begin(draft);
  settle(draft);
  return {
    state,
    steps: draft.steps,
    handed: draft.handed,
    touched: [...draft.touched.values()],
    due: dueOf(draft),
  };
}

function opened(event: AlertEvent, now: number, previous?: AlertBody): AlertBody | undefined {
  if (event.type === 'finding') return open(event, now, previous);
  return event.type === 'test' ? openTest(event.channels, now) : undefined;
}

/** What follows from where it stands by now. */
function settle(draft: Draft): void {
  const { state, now } = draft;
  lookForAnswers(draft);
  if (isClosed(state)) return;
  const ended = endingOf(draft);
  if (ended.resolved !== undefined && now >= ended.resolved) {
    close(draft, 'resolved');
    return;
  }
  if (ended.expired !== undefined && now >= ended.expired) {
    close(draft, 'expired');
    return;
  }
  mute(draft);
  if (state.state === 'snoozed' && now >= (state.until ?? now)) {
    become(draft, 'open');
    beginRound(draft);
  }
  if (state.state === 'open' || state.state === 'notified') climb(draft);
  if (state.test && state.notices.length === 0 && state.step >= stepsOf(draft).length) {
    close(draft, 'resolved');
    return;
  }
  if (state.updateAt !== undefined && now >= state.updateAt) {
    delete state.updateAt;
    state.updated = now;
    if (state.state !== 'silenced' && state.state !== 'snoozed') followUp(draft, 'update');
  }
}

/** When it is over if nothing more is heard of it. */
function endingOf(draft: Draft): { readonly resolved?: number; readonly expired?: number } {
  const { state, policy } = draft;
  const members = draft.members();
  if (members.length === 0) return {};
  const heard = Math.max(...members.map((member) => member.heard));
  const over = members.every(({ until }) => until !== undefined);
  const mayEnd = (policy.settings.ends === 'itself' || state.state === 'acknowledged') && !isAboutToTell(draft);
  return {
    ...(over && mayEnd ? { resolved: heard + policy.resolveAfter } : {}),
    ...(policy.expireAfter > 0 ? { expired: heard + policy.expireAfter } : {}),
  };
}

/** What was over before it was found is told all the same. */
function isAboutToTell({ state, now }: Draft): boolean {
  if (state.state !== 'open' || state.round !== 1 || state.step > 0 || state.stepAt === undefined) return false;
  return state.held === 'group' || (state.held === undefined && state.stepAt <= now);
}

/** By a silence, or because something else that is open explains it. */
function mute(draft: Draft): void {
  const { state, key, policy, world } = draft;
  if (state.test || (state.state !== 'open' && state.state !== 'notified' && state.state !== 'silenced')) return;
  const members = draft.lasting();
  const silence = world.silences.find((one) => members.every((member) => one.covers(key, member)));
  const others = world.inhibitors.filter(({ alert }) => alert !== key);
  const muted = members.every((member) => others.some((other) => policy.isMutedBy(member, other)));
  const by = silence
    ? `silence ${silence.id}`
    : muted
      ? others.find((one) => policy.isMutedBy(members[0] ?? one, one))?.alert
      : undefined;
  if (by === undefined) {
    if (state.state === 'silenced') {
      become(draft, 'open');
      beginRound(draft, coolAt(draft), 'cooldown');
    }
    return;
  }
  if (state.state !== 'silenced') {
    stopChain(draft);
    become(draft, 'silenced', silence?.author ?? '', { why: by, ...(silence ? { until: silence.until } : {}) });
  }
  state.mutedBy = by;
  if (silence) state.until = silence.until;
  else delete state.until;
}

function dueOf(draft: Draft): number | undefined {
  const { state } = draft;
  const answer = answerDue(draft);
  if (isClosed(state)) return answer;
  const { resolved, expired } = endingOf(draft);
  const climbs = state.state === 'open' || state.state === 'notified';
  const all = [answer, resolved, expired, climbs ? state.stepAt : state.until, state.updateAt];
  const times = all.filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}
