import { Value } from 'typebox/value';
import { type Decision, decide } from '../../dist/alert/machine/decide.js';
import type { World } from '../../dist/alert/machine/draft.js';
import type { AlertEvent } from '../../dist/alert/machine/events.js';
import type { Receipt } from '../../dist/alert/machine/notices.js';
import { type AlertBody, isClosed, type Notice } from '../../dist/alert/machine/state.js';
import { Policy } from '../../dist/alert/policy/policy.js';
import { PolicySettings } from '../../dist/alert/policy/settings.js';
import type { Finding } from '../../dist/kit/index.js';

export const noon = Date.UTC(2026, 0, 5, 12);
export const second = 1000;
export const minute = 60_000;

/** What a form would save, where it says no more than this. */
export function policyOf(settings: object = {}): Policy {
  const steps = [
    { channel: 'push', after: 0 },
    { channel: 'message', after: 120 },
    { channel: 'sms', after: 300 },
    { channel: 'voice', after: 300 },
  ];
  const given = { timeZone: 'UTC', steps, ...settings };
  return new Policy(Value.Parse(PolicySettings, Value.Default(PolicySettings, given)));
}

export function finding(changes: Partial<Finding> = {}): Finding {
  const { kind = 'loitering', source = 'door', since = noon, severity = 'warning' } = changes;
  return {
    kind,
    source,
    quantity: '',
    score: 1,
    threshold: 0,
    severity,
    since,
    reasons: ['someone'],
    evidence: [],
    ...changes,
  };
}

/** One key over time, with a clock that goes as it is told, and channels that answer as they are told. */
export class AlertTrial {
  now = noon;
  readonly policy: Policy;
  readonly handed: Notice[] = [];
  body: AlertBody | undefined;
  last: Decision | undefined;
  world: Partial<World> = {};
  readonly kinds: string[] = [];
  /** By number, as the store has them. */
  readonly #rows = new Map<number, Notice>();

  constructor(settings: object = {}) {
    this.policy = policyOf(settings);
  }

  get state(): string {
    return this.body?.state ?? 'none';
  }

  /** `push`, `message`, … in the order of handing over. */
  get told(): string[] {
    return this.handed.map(({ channel }) => channel);
  }

  finding(changes: Partial<Finding> = {}, zone = ''): void {
    const one = finding(changes);
    this.happen({ type: 'finding', member: this.policy.keysOf(one, zone).key, finding: one, zone });
  }

  happen(event: AlertEvent): void {
    const { now, policy } = this;
    const world = { now, policy, silences: [], inhibitors: [], somebodyHome: undefined, ...this.world };
    const open = this.body && (!isClosed(this.body) || event.type !== 'finding') ? this.body : undefined;
    const decision = decide('key', open, event, world, open ? undefined : this.body);
    if (!decision) return;
    this.last = decision;
    this.body = decision.state;
    this.handed.push(...decision.handed);
    for (const notice of decision.touched) this.#rows.set(notice.number, notice);
    this.kinds.push(...decision.steps.map(({ kind }) => kind));
  }

  /** Time goes by; what is due on the way is decided when it is due. */
  wait(ms: number): void {
    const until = this.now + ms;
    for (let turns = 0; turns < 10_000; turns++) {
      const due = this.last?.due;
      if (due === undefined || due > until) break;
      this.now = Math.max(this.now, due);
      this.happen({ type: 'tick' });
    }
    this.now = until;
    if (this.body) this.happen({ type: 'tick' });
  }

  /** The newest notice on this channel. */
  notice(channel: string): Notice {
    const notice = this.handed.findLast((one) => one.channel === channel);
    if (!notice) throw new Error(`nothing was handed to ${channel}`);
    return notice;
  }

  /** What is told of it, at any time. */
  hear(notice: Pick<Notice, 'number'>, receipt: Partial<Receipt>): void {
    const row = this.#rows.get(notice.number);
    if (!row) throw new Error(`there is no notice ${notice.number}`);
    this.happen({ type: 'delivery', notice: row, receipt: { ok: true, taken: false, ...receipt } });
  }

  answer(channel: string, ok = true, taken = false): void {
    this.happen({ type: 'delivery', notice: this.notice(channel), receipt: { ok, taken } });
  }
}
