import type { ChainStep } from '../policy/policy.js';
import type { Draft } from './draft.js';
import { tell, withdraw } from './notices.js';
import { arrived } from './state.js';

const longestRetry = 15 * 60_000;

/** Begins the chain from its first step. @param wait ms, and what for */
export function beginRound(draft: Draft, at = draft.now, held?: 'group' | 'cooldown'): void {
  const { state, policy, now } = draft;
  withdraw(draft, ({ step }) => step >= 0);
  state.round++;
  state.step = 0;
  state.reached = false;
  delete state.reachedBy;
  state.unanswered = false;
  const chain = state.test ? '' : policy.chainOf(worst(draft), now);
  delete state.chain;
  delete state.stepAt;
  delete state.held;
  if (chain === undefined) return;
  state.chain = chain;
  const [first] = stepsOf(draft);
  if (!first) return;
  state.stepAt = at + first.after;
  if (held && at > now) {
    state.held = held;
    draft.note('held', { why: held, until: at });
  }
}

/** Stops what is on its way up. */
export function stopChain(draft: Draft): void {
  withdraw(draft, ({ step }) => step >= 0);
  delete draft.state.stepAt;
  delete draft.state.held;
}

/** Does the steps that are due. */
export function climb(draft: Draft): void {
  const { state, now } = draft;
  const steps = stepsOf(draft);
  if (steps.length === 0) {
    // the settings have changed since
    delete state.stepAt;
    return;
  }
  failOver(draft, steps);
  // each turn does a step, or begins a round that has one at least
  for (let turns = 0; turns <= steps.length && state.stepAt !== undefined && state.stepAt <= now; turns++) {
    if (keptBack(draft)) return;
    if (state.step >= steps.length) {
      if (state.reached) draft.note('repeated', { round: state.round + 1 });
      beginRound(draft, now - (steps[0]?.after ?? 0));
      continue;
    }
    const emptyHouse = state.step === 0 && !state.test && draft.policy.settings.presence;
    escalate(draft, steps);
    if (emptyHouse && draft.world.somebodyHome === false && state.step < steps.length) escalate(draft, steps);
  }
}

export function stepsOf({ state, policy }: Draft): readonly ChainStep[] {
  if (state.test) return state.test.map((channel) => ({ after: 0, channel, to: [] }));
  return state.chain === undefined ? [] : policy.steps(state.chain);
}

function worst(draft: Draft) {
  const { severity, newest, zone } = draft.state;
  const member = draft.lasting().find((one) => one.severity === severity);
  return { kind: member?.kind ?? newest.kind, source: member?.source ?? newest.source, zone, severity };
}

/** The night is left in peace by all that is not critical. */
function keptBack(draft: Draft): boolean {
  const { state, now, policy } = draft;
  const until = state.severity === 'critical' || state.test ? undefined : policy.quietUntil(now);
  if (until === undefined) {
    delete state.held;
    return false;
  }
  if (state.held !== 'quiet') draft.note('held', { why: 'quiet', until });
  state.held = 'quiet';
  state.stepAt = until;
  return true;
}

function escalate(draft: Draft, steps: readonly ChainStep[]): void {
  const { state, now, policy } = draft;
  const step = state.step;
  const { channel, to } = steps[step] as ChainStep;
  const known = state.round > 1 && state.deliveries.some((one) => arrived(one.state));
  const occasion = state.test ? 'test' : known ? 'repeat' : 'step';
  draft.note('escalated', { step, round: state.round, channel });
  for (const person of policy.peopleOf(to, now)) tell(draft, { occasion, step, channel, to: person, quiet: false });
  state.step++;
  const next = steps[state.step];
  if (next) state.stepAt = now + next.after;
  else if (policy.repeat > 0 && !state.test) state.stepAt = now + policy.repeat;
  else delete state.stepAt;
}

/** A step that reached nobody is not waited for: the next one follows at once, or the chain once more after a while. */
function failOver(draft: Draft, steps: readonly ChainStep[]): void {
  const { state, now } = draft;
  if (state.step === 0 || state.reached || state.test || state.held) return;
  if (state.notices.some(({ round, step }) => step >= 0 && round === state.round)) return;
  if (state.step < steps.length) {
    if ((state.stepAt ?? 0) <= now) return;
    draft.note('failed-over', { step: state.step });
    state.stepAt = now;
    return;
  }
  if (state.failedRound === state.round) return;
  state.failedRound = state.round;
  const at = now + pauseAfter(draft);
  state.stepAt = Math.min(state.stepAt ?? at, at);
  draft.note('unreached', { round: state.round, next: state.stepAt });
}

/** What was refused is tried again soon; what was not answered may have arrived, and nobody is to be flooded. */
function pauseAfter({ state, policy }: Draft): number {
  if (state.unanswered) return policy.repeat || longestRetry;
  return Math.min(longestRetry, policy.retry * 2 ** Math.min(20, state.failures++));
}
