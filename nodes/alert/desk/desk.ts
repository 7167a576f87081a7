import { setTimeout as pause } from 'node:timers/promises';
import { type Alert, type AlertNotice, type PerceptError, toPerceptError } from '../../kit/index.js';
import { isGone, newHolder } from '../../store/feed/holder.js';
import type { Store } from '../../store/store.js';
import { alertError } from '../errors.js';
import type { Step } from '../machine/state.js';
import type { Policy } from '../policy/policy.js';
import { type Entry, noticeOf, type Stored, viewOf } from './entry.js';
import type { Held, Journal } from './journal.js';
import type { Request } from './request.js';
import { AlertRows, lock, nobody, timeOf } from './rows.js';
import { save } from './save.js';
import type { Words } from './texts.js';
import { type Answer, Turn } from './turn.js';
import { WorldRows } from './world.js';

export interface DeskOptions {
  readonly store: Store;
  /** Desks of one name, also in other processes, share their alerts. */
  readonly name: string;
  readonly policy: Policy;
  readonly words: Words;
  /** Gives notices to their channels: called after they are committed, in order. */
  readonly hand: (notices: readonly AlertNotice[]) => void;
  readonly changed: (alert: Alert, steps: readonly Step[]) => void;
  /** The desk goes on by itself. */
  readonly onProblem: (problem: PerceptError) => void;
  /** It works again. */
  readonly onWorking?: () => void;
  /** Where findings are kept that wait for a store that is away. */
  readonly journal?: Journal;
  /** Ends it; then nothing is handed out any more. */
  readonly signal: AbortSignal;
  /** ms; how often to look although nothing is known to be due. */
  readonly pollMs?: number;
}

/** What came of a request. */
export interface Result {
  readonly alert?: Alert;
  readonly silence?: number;
}

interface Waiting {
  readonly request: Request;
  readonly held: Held | undefined;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

interface Decided {
  readonly turn: Turn;
  readonly answers: readonly Answer[];
  readonly began: number;
}

interface Handed {
  readonly alert: number;
  readonly number: number;
  readonly at: number;
}

const mostWaiting = 5_000;
const mostAtOnce = 200;
const firstPauseMs = 200;
const longestPauseMs = 10_000;
const orphansEveryMs = 1_000;
/** Clocks that are set right by less than this are no concern. */
const jumpMs = 1_000;
const stuckMs = 30_000;
/** A notice is with the node of its channel by then. */
const onTheWayMs = 1_000;

/**
 * Takes findings, receipts and what people say, and hands notices out. All that it knows is in the store: what was decided is
 * committed before anybody is told, so that any process can go on where another one died.
 */
export class Desk {
  readonly #options: DeskOptions;
  readonly #rows: AlertRows;
  readonly #world: WorldRows;
  readonly #holder = newHolder();
  #inbox: Waiting[] = [];
  #woken = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #orphansAt = 0;
  #atOnce = mostAtOnce;
  /** Wall clock less the time that has passed: what a clock that is put back changes. */
  #clock: number | undefined;
  #failing = false;
  /** Times of turns that may or may not have been committed. */
  #doubtful: readonly number[] = [];
  /** Handed out last; nodes that close at the same moment never hear of it. */
  #lately: readonly Handed[] = [];
  #looked = Number.NEGATIVE_INFINITY;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#rows = new AlertRows(options.name);
    this.#world = new WorldRows(options.name);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Resolves when it is committed.
   * @param held it has waited before, for a process that died
   * @throws PerceptError `alert-…`
   */
  put(request: Request, held?: Held): Promise<Result> {
    if (this.#inbox.length >= mostWaiting) {
      return Promise.reject(alertError('alert-too-many', { count: this.#inbox.length }));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#inbox.push({ request, held: held ?? this.#options.journal?.hold(request), resolve, reject });
    this.#woken.resolve();
    return promise;
  }

  /** Whether it has looked at its alerts lately, and could. */
  get works(): boolean {
    return !this.#failing && performance.now() - this.#looked < stuckMs;
  }

  /** After the signal was aborted: resolves when all that was asked for is committed, or cannot be. */
  async close(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#options;
    const wake = () => this.#woken.resolve();
    signal.addEventListener('abort', wake);
    let ms = firstPauseMs;
    while (!signal.aborted) {
      try {
        await this.#next();
        this.#looked = performance.now();
        ms = firstPauseMs;
        if (this.#failing) this.#options.onWorking?.();
        this.#fails(false);
      } catch (thrown) {
        this.#fails(true);
        this.#options.onProblem(toPerceptError(thrown));
        await pause(ms, undefined, { signal }).catch(() => undefined);
        ms = Math.min(2 * ms, longestPauseMs);
      }
    }
    signal.removeEventListener('abort', wake);
    // what was taken in is not lost with a redeploy; the next one hands it out
    if (this.#inbox.length > 0) await this.#options.journal?.keep();
    while (this.#inbox.length > 0) await this.#work([]).catch(() => this.#inbox.splice(0));
    await this.#giveUp(this.#onTheWay()).catch(() => undefined);
    await this.#options.journal?.close();
  }

  #fails(failing: boolean): void {
    this.#failing = failing;
    if (this.#options.journal) this.#options.journal.away = failing;
  }

  async #next(): Promise<void> {
    const { store, pollMs = 1_000 } = this.#options;
    // before looking: what is asked from now on wakes again
    this.#woken = Promise.withResolvers();
    await this.#settleDoubts();
    const orphans = await this.#orphans();
    if (this.#inbox.length === 0 && orphans.length === 0) {
      const now = await timeOf(store.db, store.kind);
      const due = await this.#rows.nextDue(store.db);
      const rest = Math.min(pollMs, (due ?? Number.POSITIVE_INFINITY) - now);
      if (rest > 0 && !this.#wasPutBack(now)) {
        await this.#rest(rest);
        return;
      }
    }
    await this.#work(orphans);
  }

  async #work(orphans: readonly string[]): Promise<void> {
    const work = this.#inbox.slice(0, this.#atOnce);
    try {
      const { turn, answers, began } = await this.#turn(work, orphans);
      this.#doubtful = [];
      this.#inbox.splice(0, work.length);
      for (const { held } of work) this.#options.journal?.settle(held);
      this.#atOnce = mostAtOnce;
      await this.#tell(turn, began);
      for (const [at, one] of work.entries()) this.#reply(one, answers[at] ?? {});
    } catch (thrown) {
      if (!isOfRows(toPerceptError(thrown))) throw thrown;
      // one by one, until the one that cannot be stored is found
      if (work.length > 1) this.#atOnce = 1;
      else if (work.length === 1) this.#refuse(thrown);
      else throw thrown;
    }
  }

  /** The first that waits cannot be stored. */
  #refuse(thrown: unknown): void {
    const one = this.#inbox.shift();
    this.#options.journal?.settle(one?.held);
    one?.reject(thrown);
  }

  async #turn(work: readonly Waiting[], orphans: readonly string[]): Promise<Decided> {
    const { store, name, policy, words } = this.#options;
    const hasLeft = (holder: string) => this.#hasLeft(holder);
    return await store.db.transaction().execute(async (trx) => {
      await lock(trx, store.kind, name);
      const began = performance.now();
      const now = await timeOf(trx, store.kind);
      this.#doubtful = [...this.#doubtful, now];
      const turn = new Turn({ trx, rows: this.#rows, worldRows: this.#world, policy, now, hasLeft });
      await turn.read(work.map(({ request }) => request));
      if (this.#wasPutBack(now)) await turn.clockBack(await this.#rows.ahead(trx, now + jumpMs));
      await this.#adopt(turn, await this.#rows.handedBy(trx, orphans));
      const answers: Answer[] = [];
      for (const { request } of work) answers.push(await turn.answer(request));
      await turn.tick();
      await save(trx, turn.entries, { name, policy, words, now, holder: this.#holder });
      await turn.finish();
      this.#clock = now - performance.now();
      return { turn, answers, began };
    });
  }

  /** Goes on with what a process that is gone had handed out, or was about to. */
  async #adopt(turn: Turn, handed: readonly { readonly alert: number; readonly number: number }[]): Promise<void> {
    await turn.readById(handed.map(({ alert }) => alert));
    for (const { alert, number } of handed) {
      const entry = turn.entries.find(({ id }) => id === alert);
      if (entry) turn.happen(entry, { type: 'orphan', number });
    }
  }

  async #orphans(): Promise<string[]> {
    if (performance.now() < this.#orphansAt) return [];
    const holders = await this.#rows.holders(this.#options.store.db);
    this.#orphansAt = performance.now() + orphansEveryMs;
    return holders.filter((holder) => this.#hasLeft(holder));
  }

  #hasLeft(holder: string): boolean {
    return holder === nobody || (holder !== this.#holder && isGone(holder));
  }

  /** A connection that broke during a commit leaves open what became of it: its notices may stand in the store as handed out. */
  async #settleDoubts(): Promise<void> {
    if (this.#doubtful.length === 0) return;
    await this.#rows.giveUpOf(this.#options.store.db, this.#doubtful, this.#holder);
    this.#doubtful = [];
    this.#orphansAt = 0;
  }

  /** @param began when it was decided, on the clock that never jumps */
  async #tell({ entries, handed }: Turn, began: number): Promise<void> {
    const { name, policy, words, hand, changed, signal } = this.#options;
    if (signal.aborted) {
      await this.#giveUp(handed.map(handedOf));
      return;
    }
    for (const entry of entries.filter(({ hasChanged }) => hasChanged))
      changed(viewOf(stored(entry), name, policy, words), entry.steps);
    const at = performance.now();
    const heldUp = at - began > policy.patience / 2;
    // another process may soon take it for unanswered, and hand it out before this one does; nobody does so a third time
    const kept = handed.filter(({ notice }) => heldUp && notice.attempts === 1);
    if (kept.length > 0) {
      await this.#giveUp(kept.map(handedOf)).catch(() => undefined);
      this.#orphansAt = 0;
    }
    const going = handed.filter((one) => !kept.includes(one));
    const notices = going.map(({ entry, notice }) => noticeOf(stored(entry), notice, name, policy, words));
    if (notices.length === 0) return;
    hand(notices);
    this.#lately = [...this.#onTheWay(), ...going.map((one) => ({ ...handedOf(one), at }))];
    for (const { notice, channel } of notices) {
      // it has left; a channel that tells nothing is taken at its word
      if (!policy.hasReceipts(channel)) this.#receipt(notice);
    }
  }

  async #giveUp(handed: readonly Pick<Handed, 'alert' | 'number'>[]): Promise<void> {
    await this.#rows.giveUp(this.#options.store.db, handed, this.#holder);
  }

  #onTheWay(): readonly Handed[] {
    return this.#lately.filter(({ at }) => performance.now() - at < onTheWayMs);
  }

  #receipt(notice: string): void {
    this.put({ type: 'delivery', notice, receipt: { ok: true, taken: false } }).catch((thrown: unknown) =>
      this.#options.onProblem(toPerceptError(thrown)),
    );
  }

  #reply({ resolve, reject }: Waiting, answer: Answer): void {
    if ('problem' in answer) {
      reject(answer.problem);
      return;
    }
    const { name, policy, words } = this.#options;
    const { entry, silence } = answer;
    resolve({
      ...(entry ? { alert: viewOf(stored(entry), name, policy, words) } : {}),
      ...(silence === undefined ? {} : { silence }),
    });
  }

  #wasPutBack(now: number): boolean {
    return this.#clock === undefined || now - performance.now() < this.#clock - jumpMs;
  }

  async #rest(ms: number): Promise<void> {
    const timer = new AbortController();
    const late = pause(ms, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([this.#woken.promise, late]);
    timer.abort();
  }
}

/** Not the store's fault: what cannot be stored. */
function isOfRows({ code }: PerceptError): boolean {
  return code === 'store-row-invalid' || code === 'unexpected';
}

function handedOf({ entry, notice }: Turn['handed'][number]): Omit<Handed, 'at'> {
  return { alert: entry.id ?? 0, number: notice.number };
}

function stored({ id = 0, key, body }: Entry): Stored {
  return { id, key, body };
}
