import type { Transaction } from 'kysely';
import { type PerceptError, toPerceptError } from '../../kit/index.js';
import type { Database } from '../../store/schema.js';
import { alertError } from '../errors.js';
import { decide } from '../machine/decide.js';
import type { Inhibitor, World } from '../machine/draft.js';
import type { AlertEvent } from '../machine/events.js';
import type { AlertBody, Notice } from '../machine/state.js';
import type { Policy } from '../policy/policy.js';
import { Entry, parseNoticeId } from './entry.js';
import type { HowLong, Request, Which } from './request.js';
import type { AlertRows, StoredNotice } from './rows.js';
import type { WorldRows } from './world.js';

/** What became of one request: the alert that it concerned, where there is one, or why nothing did. */
export type Answer = { readonly entry?: Entry; readonly silence?: number } | { readonly problem: PerceptError };

export interface TurnParts {
  readonly trx: Transaction<Database>;
  readonly rows: AlertRows;
  readonly worldRows: WorldRows;
  readonly policy: Policy;
  readonly now: number;
  /** Whether who handed something out has certainly ended. */
  readonly hasLeft: (holder: string) => boolean;
}

/** What is decided in one transaction, in the order in which it was asked for. */
export class Turn {
  /** In the order in which they were read or opened. */
  readonly entries: Entry[] = [];
  readonly handed: { readonly entry: Entry; readonly notice: Notice }[] = [];
  readonly #parts: TurnParts;
  readonly #open = new Map<string, Entry>();
  readonly #last = new Map<string, AlertBody>();
  readonly #notices = new Map<string, StoredNotice>();
  #silences: World['silences'] = [];
  #home: boolean | undefined;
  #inhibitors: Inhibitor[] = [];
  /** Something was decided that other alerts depend on. */
  #worldChanged = false;

  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  /** Reads what the requests are about, at once. */
  async read(requests: readonly Request[]): Promise<void> {
    const { trx, rows, worldRows, policy, now } = this.#parts;
    this.#silences = await worldRows.silences(trx, now);
    this.#home = policy.settings.presence ? await worldRows.somebodyHome(trx) : undefined;
    if (policy.settings.mutes.length > 0) {
      for (const entry of await rows.inhibiting(trx)) this.#addInhibitors(entry);
    }
    const keys = new Set(requests.map((request) => this.#keyOf(request)).filter((key) => key !== undefined));
    for (const entry of await rows.newestOf(trx, [...keys])) {
      if (entry.isOpen) this.#add(entry);
      else this.#last.set(entry.key, entry.body);
    }
    const notices = requests.flatMap((one) => (one.type === 'delivery' ? (parseNoticeId(one.notice) ?? []) : []));
    for (const one of await rows.notices(trx, notices)) this.#notices.set(`${one.alert}.${one.notice.number}`, one);
    const ids = requests.flatMap((one) => ('which' in one && one.which.id !== undefined ? one.which.id : []));
    await this.readById([...ids, ...notices.map(({ alert }) => alert)]);
    await this.#adopt(this.entries);
  }

  async readById(ids: readonly number[]): Promise<void> {
    const missing = new Set(ids.filter((id) => !this.entries.some((entry) => entry.id === id)));
    for (const entry of await this.#parts.rows.byId(this.#parts.trx, [...missing])) this.#add(entry);
  }

  async answer(request: Request): Promise<Answer> {
    try {
      return await this.#answer(request);
    } catch (thrown) {
      const problem = toPerceptError(thrown);
      // the store's own fail the whole turn, which is tried again
      if (!problem.code.startsWith('alert-')) throw thrown;
      return { problem };
    }
  }

  /** Decides about an alert that was read before. */
  happen(entry: Entry, event: AlertEvent): void {
    this.#decide(entry.key, entry, event);
  }

  /** About all whose time has come. */
  async tick(): Promise<void> {
    const { trx, rows, now } = this.#parts;
    const due = (await rows.due(trx, now)).map((entry) => this.#known(entry));
    await this.#adopt(due);
    for (const entry of due) this.happen(entry, { type: 'tick' });
  }

  /** What one that died may never have handed out goes before the steps that follow it. */
  async #adopt(entries: readonly Entry[]): Promise<void> {
    const { trx, rows, hasLeft, now } = this.#parts;
    const ids = entries
      .filter(
        ({ due, body }) => due !== undefined && due <= now && body.notices.some(({ state }) => state === 'handed'),
      )
      .flatMap(({ id = [] }) => id);
    for (const { alert, number, holder } of await rows.holdersOf(trx, ids)) {
      const entry = entries.find(({ id }) => id === alert);
      if (entry && !entry.touched.has(number) && hasLeft(holder)) this.happen(entry, { type: 'orphan', number });
    }
  }

  async clockBack(entries: readonly { readonly entry: Entry; readonly changed: number }[]): Promise<void> {
    for (const { entry, changed } of entries) {
      this.happen(this.#known(entry), { type: 'clock', delta: this.#parts.now - changed });
    }
  }

  async finish(): Promise<void> {
    if (this.#worldChanged) await this.#parts.rows.nudge(this.#parts.trx, this.#parts.now);
  }

  async #answer(request: Request): Promise<Answer> {
    const { trx, worldRows, now, policy } = this.#parts;
    switch (request.type) {
      case 'finding': {
        const zone = request.zone ?? policy.zoneOf(request.finding.source);
        const { key, alert } = policy.keysOf(request.finding, zone);
        const event = { type: 'finding', member: key, finding: request.finding, zone } as const;
        return found(this.#decide(alert, this.#open.get(alert), event));
      }
      case 'test': {
        const channels = request.channels.length > 0 ? request.channels : policy.channels;
        return found(this.#decide(`test ${now}`, undefined, { type: 'test', channels, by: request.by }));
      }
      case 'delivery':
        return this.#deliver(request.notice, request.receipt);
      case 'acknowledge':
      case 'resolve': {
        const entry = this.#find(request.which, request.type);
        return found(this.#decide(entry.key, entry, { type: request.type, by: request.by }));
      }
      case 'snooze': {
        const entry = this.#find(request.which, request.type);
        const until = endOf(request.howLong, request.type, now);
        return found(this.#decide(entry.key, entry, { type: 'snooze', by: request.by, until }));
      }
      case 'silence': {
        const { silence } = request;
        this.#worldChanged = true;
        if (silence.end !== undefined) {
          await worldRows.endSilence(trx, silence.end, silence.by, now);
          this.#silences = await worldRows.silences(trx, now);
          return { silence: silence.end };
        }
        const id = await worldRows.silence(trx, silence, endOf(silence, 'silence', now), now);
        this.#silences = await worldRows.silences(trx, now);
        return { silence: id };
      }
      case 'presence':
        await worldRows.presence(trx, request.presence, now);
        this.#home = policy.settings.presence ? await worldRows.somebodyHome(trx) : undefined;
        return {};
    }
  }

  #deliver(id: string, receipt: Extract<Request, { type: 'delivery' }>['receipt']): Answer {
    const known = this.#notices.get(id);
    const entry = this.entries.find((one) => known !== undefined && one.id === known.alert);
    if (!known || !entry) throw alertError('alert-unknown-notice', { notice: id.slice(0, 80) });
    const notice = entry.touched.get(known.notice.number) ?? known.notice;
    return found(this.#decide(entry.key, entry, { type: 'delivery', notice, receipt }));
  }

  #find({ id, key }: Which, what: string): Entry {
    if (id === undefined && key === undefined) throw alertError('alert-which', { what });
    const entry =
      id === undefined ? this.#open.get(key ?? '') : this.entries.find((one) => one.id === id && one.isOpen);
    if (!entry) throw alertError('alert-unknown', { which: String(id ?? key), what });
    return entry;
  }

  #decide(key: string, entry: Entry | undefined, event: AlertEvent): Entry | undefined {
    const { policy, now } = this.#parts;
    const world: World = {
      ...{ now, policy, silences: this.#silences, somebodyHome: this.#home },
      inhibitors: this.#inhibitors,
    };
    const decision = decide(key, entry?.body, event, world, entry ? undefined : this.#last.get(key));
    if (!decision) return undefined;
    const decided = entry ?? new Entry(key, decision.state);
    const before = inhibiting(decided, policy, entry !== undefined);
    decided.take(decision);
    if (!entry) this.#add(decided);
    if (!decided.isOpen && this.#open.get(key) === decided) {
      this.#open.delete(key);
      this.#last.set(key, decided.body);
    }
    if (before !== inhibiting(decided, policy, true)) {
      this.#worldChanged = true;
      this.#inhibitors = this.#inhibitors.filter(({ alert }) => alert !== key);
      this.#addInhibitors(decided);
    }
    for (const notice of decision.handed) this.handed.push({ entry: decided, notice });
    return decided;
  }

  #known(entry: Entry): Entry {
    const known = this.entries.find(({ id }) => id === entry.id);
    if (!known) this.#add(entry);
    return known ?? entry;
  }

  #add(entry: Entry): void {
    this.entries.push(entry);
    if (entry.isOpen) this.#open.set(entry.key, entry);
  }

  #addInhibitors(entry: Entry): void {
    for (const { kind, source, zone, severity } of entry.inhibiting(this.#parts.policy))
      this.#inhibitors.push({ alert: entry.key, kind, source, zone, severity });
  }

  #keyOf(request: Request): string | undefined {
    if ('which' in request) return request.which.id === undefined ? request.which.key : undefined;
    if (request.type !== 'finding') return undefined;
    const { policy } = this.#parts;
    try {
      return policy.keysOf(request.finding, request.zone ?? policy.zoneOf(request.finding.source)).alert;
    } catch {
      // it is told when it comes to it
      return undefined;
    }
  }
}

function found(entry: Entry | undefined): Answer {
  return entry ? { entry } : {};
}

function inhibiting(entry: Entry, policy: Policy, known: boolean): string {
  return known ? JSON.stringify(entry.inhibiting(policy).map(({ kind, source, zone }) => [kind, source, zone])) : '[]';
}

function endOf({ until, minutes }: HowLong, what: string, now: number): number {
  const end = until ?? (minutes === undefined ? undefined : now + minutes * 60_000);
  if (end === undefined || end <= now) throw alertError('alert-how-long', { what });
  return end;
}
