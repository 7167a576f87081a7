import type { Alert, AlertNotice } from '../../kit/index.js';
import type { Decision } from '../machine/decide.js';
import { type AlertBody, isClosed, type Notice, type Step } from '../machine/state.js';
import type { Matter, Policy } from '../policy/policy.js';
import { textsOf, type Words } from './texts.js';

/** An alert during a turn: as it was read, and what was decided about it. */
export class Entry {
  /** Undefined until it is stored. */
  id: number | undefined;
  readonly key: string;
  readonly steps: Step[] = [];
  readonly touched = new Map<number, Notice>();
  body: AlertBody;
  due: number | undefined;
  dirty = false;
  readonly #before: string;

  constructor(key: string, body: AlertBody, id?: number, due?: number) {
    this.key = key;
    this.body = body;
    this.id = id;
    this.due = due;
    this.#before = id === undefined ? '' : shown(body);
  }

  get isOpen(): boolean {
    return !isClosed(this.body);
  }

  /** Whether others would want to know. */
  get hasChanged(): boolean {
    return shown(this.body) !== this.#before;
  }

  take({ state, steps, touched, due }: Decision): void {
    this.dirty ||= steps.length > 0 || touched.length > 0 || state.count !== this.body.count || due !== this.due;
    this.body = state;
    this.due = due;
    this.steps.push(...steps);
    for (const notice of touched) this.touched.set(notice.number, notice);
  }

  /** What of it mutes others while it is open. */
  inhibiting(policy: Policy): readonly Matter[] {
    if (!this.isOpen) return [];
    return Object.values(this.body.members).filter(({ kind, until }) => until === undefined && policy.inhibits(kind));
  }
}

function shown({ state, severity, round, step, by, mutedBy, until }: AlertBody): string {
  return JSON.stringify([state, severity, round, step, by, mutedBy, until]);
}

export interface Stored {
  readonly id: number;
  readonly key: string;
  readonly body: AlertBody;
}

/** How it stands, for `msg.alert`. */
export function viewOf({ id, key, body }: Stored, policyName: string, policy: Policy, words: Words): Alert {
  const { newest, state, severity, zone, opened, count, round, step, by, deliveries } = body;
  return {
    ...{ id, policy: policyName, key, state, severity, kind: newest.kind, source: newest.source, zone },
    ...{ opened, count, round, step, reasons: newest.reasons, evidence: newest.evidence, deliveries },
    ...textsOf(body, policy, words),
    ...(by === undefined ? {} : { by }),
  };
}

/** What a channel is given. */
export function noticeOf(stored: Stored, notice: Notice, name: string, policy: Policy, words: Words): AlertNotice {
  const { deliveries: _, ...alert } = viewOf(stored, name, policy, words);
  const { number, channel, to, occasion, attempts, quiet, step } = notice;
  return {
    ...alert,
    ...textsOf(stored.body, policy, words, occasion),
    ...(step < 0 ? {} : { step }),
    notice: noticeId(stored.id, number),
    ...{ channel, to, occasion, quiet },
    thread: `${stored.id}/${channel}/${to}`,
    again: attempts > 1,
  };
}

export function noticeId(alert: number, number: number): string {
  return `${alert}.${number}`;
}

export function parseNoticeId(text: string): { readonly alert: number; readonly number: number } | undefined {
  const [, alert, number] = /^(\d{1,15})\.(\d{1,9})$/.exec(text) ?? [];
  return alert === undefined ? undefined : { alert: Number(alert), number: Number(number) };
}
