import type { Message } from '../../kit/index.js';
import { parseHours } from '../policy/hours.js';
import type { Policy } from '../policy/policy.js';
import { instantOf, wallOf } from '../policy/wall.js';

export interface DutyView {
  /** Of the schedule, as the chain's steps name it. */
  readonly name: string;
  readonly people: readonly string[];
  /** When somebody else has it, ms UTC; absent: it stays so. Then `next` have it; nobody, where that is empty. */
  readonly until?: number;
  readonly next?: readonly string[];
}

export interface StepView {
  /** s after the step before. */
  readonly after: number;
  readonly channel: string;
  readonly to: readonly string[];
}

/** How a policy stands, for people: who is told, who has duty now and next, whether the night is left in peace. */
export interface PolicyView {
  readonly name: string;
  /** ms UTC */
  readonly at: number;
  /** Where times of day are meant; empty: of this machine. */
  readonly timeZone: string;
  readonly quiet: {
    /** As it is set: `22:00-07:00`. */
    readonly hours: string;
    /** While they are on: their end. */
    readonly until?: number;
    /** While they are not: when they begin. */
    readonly from?: number;
  };
  readonly duties: readonly DutyView[];
  readonly chains: readonly { readonly name: string; readonly steps: readonly StepView[] }[];
  /** s after which a chain begins anew; 0: never. */
  readonly repeat: number;
}

/** Longer than any rotation and any stretch of the week. */
const daysAhead = 15;

/** What a page asks besides requests: of this node, or of a notify node that hangs on the same wires. */
const questions: readonly unknown[] = ['policy', 'channels'];

export function isQuestion({ about }: Message): boolean {
  return questions.includes(about);
}

/** @returns nothing where the question is not for this node */
export function answerAbout(msg: Message, name: string, policy: Policy, now = Date.now()): Message | null {
  return msg['about'] === 'policy' ? { ...msg, policy: recentView(name, policy, now) } : null;
}

/** Many pages ask, and calendars are slow. */
const goodForMs = 5_000;
const recent = new WeakMap<Policy, PolicyView>();

function recentView(name: string, policy: Policy, now: number): PolicyView {
  const known = recent.get(policy);
  if (known && known.name === name && now >= known.at && now - known.at < goodForMs) return known;
  const view = policyView(name, policy, now);
  recent.set(policy, view);
  return view;
}

export function policyView(name: string, policy: Policy, now: number): PolicyView {
  const { timeZone, quiet, duties, steps, repeat } = policy.settings;
  const until = policy.quietUntil(now);
  const from = until === undefined ? firstOf(begins(quiet, now, timeZone), (at) => policy.quietUntil(at)) : undefined;
  return {
    ...{ name, at: now, timeZone, repeat },
    quiet: { hours: quiet, ...(until === undefined ? {} : { until }), ...(from === undefined ? {} : { from }) },
    duties: [...new Set(duties.map((duty) => duty.name))].map((duty) => dutyView(duty, policy, now)),
    chains: [...new Set(steps.map(({ chain }) => chain))].map((chain) => ({
      name: chain,
      steps: policy.steps(chain).map(({ after, channel, to }) => ({ after: after / 1000, channel, to })),
    })),
  };
}

function dutyView(name: string, policy: Policy, now: number): DutyView {
  const { timeZone, duties } = policy.settings;
  const onDuty = (at: number): readonly string[] => policy.peopleOf([name], at).filter((person) => person !== '');
  const instants = duties
    .filter((duty) => duty.name === name)
    .flatMap(({ handover, hours }) => [
      ...daily(handover, now, timeZone),
      ...begins(hours, now, timeZone),
      ...ends(hours, now, timeZone),
    ]);
  const people = onDuty(now);
  const until = firstOf(instants, (at) => !same(onDuty(at), people));
  return { name, people, ...(until === undefined ? {} : { until, next: onDuty(until) }) };
}

/** The earliest at which this holds. */
function firstOf(instants: readonly number[], holds: (at: number) => unknown): number | undefined {
  return [...new Set(instants)].sort((a, b) => a - b).find((at) => holds(at));
}

function begins(hours: string, now: number, zone: string): number[] {
  return parseHours(hours).flatMap(({ from }) => atMinute(from, now, zone));
}

function ends(hours: string, now: number, zone: string): number[] {
  return parseHours(hours).flatMap(({ to }) => atMinute(to, now, zone));
}

function daily(time: string, now: number, zone: string): number[] {
  const [hours = Number.NaN, minutes = Number.NaN] = time.split(':').map(Number);
  return Number.isNaN(hours + minutes) ? [] : atMinute(60 * hours + minutes, now, zone);
}

/** When a clock on the wall shows this, in the days to come. */
function atMinute(minute: number, now: number, zone: string): number[] {
  const { day: today } = wallOf(now, zone);
  return Array.from({ length: daysAhead + 1 }, (_, i) => instantOf({ day: today + i, minute }, zone)).filter(
    (at) => at > now,
  );
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}
