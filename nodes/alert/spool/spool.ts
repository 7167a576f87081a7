import { setTimeout as pause } from 'node:timers/promises';
import { type AlertNotice, type PerceptError, toPerceptError } from '../../kit/index.js';
import { newHolder } from '../../store/feed/holder.js';
import { type Channel, type Picture, SendProblem } from '../channels/channel.js';
import { type Tried, tryChannel } from '../channels/trial.js';
import type { ChannelHealth } from './health.js';
import { noticeOf } from './keys.js';
import { beginWork, Ledger, type LedgerOptions, type Told } from './ledger.js';
import type { SpoolRow } from './rows.js';
import type { Outcome } from './told.js';

export interface SpoolOptions extends LedgerOptions {
  /** After it is committed; the same may be told again after a crash. */
  readonly tell: (outcome: Outcome) => void;
  /** A channel did not take a notice; the spool goes on by itself. */
  readonly onTrouble: (problem: PerceptError, channel: Channel) => void;
  /** The store cannot be asked. */
  readonly onProblem: (problem: PerceptError) => void;
  readonly onChange?: () => void;
  /** What of a notice is made anew each time it is sent. */
  readonly finish?: (notice: AlertNotice) => AlertNotice;
  /** A picture to go with a notice. */
  readonly picture?: (notice: AlertNotice) => Promise<Picture | undefined>;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Notices on their way at one time. */
  readonly parallel?: number;
  /** ms; how often to look although nothing is known to be due. */
  readonly pollMs?: number;
}

const firstPauseMs = 200;
const longestPauseMs = 10_000;
const orphansEveryMs = 5_000;
const sweepEveryMs = 3_600_000;
/** Whatever a channel waits for, it ends before its lease does. */
const longestSendMs = 120_000;
/** Providers that are asked at one time what became of something: never in the way of what is to be sent. */
const mostAsking = 4;
const longestAskMs = 30_000;
/** Node-RED waits 10 s for a node to close. */
const closingMs = 6_000;

/**
 * Keeps notices until a channel has taken them: from the store, so that a restart goes on where the process before it stood. A
 * row that was being sent when a process died is sent once more and marked, since it may have arrived.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #ledger: Ledger;
  readonly #holder = newHolder();
  readonly #sending = new Set<Promise<void>>();
  readonly #asking = new Set<Promise<void>>();
  /** Ends what is on its way. */
  readonly #end = new AbortController();
  #woken = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #orphansAt = Number.NEGATIVE_INFINITY;
  #sweepAt = Number.NEGATIVE_INFINITY;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#ledger = new Ledger(options);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when it is committed. @returns what became of it, where it was handed over before and is over */
  async take(notice: AlertNotice): Promise<Outcome | undefined> {
    return await this.#ledger.take(notice);
  }

  wake(): void {
    this.#woken.resolve();
  }

  async waiting(): Promise<number> {
    return await this.#ledger.waiting();
  }

  async health(): Promise<ChannelHealth[]> {
    return await this.#ledger.health();
  }

  /** Sends a test over a channel at once, past all that waits. Resolves when it is over, well or not. */
  async test(channel: Channel, notice: AlertNotice): Promise<Tried> {
    const tried = await tryChannel(channel, notice, this.#end.signal);
    await this.#ledger.tested(channel, notice, tried.error);
    return tried;
  }

  /** @param notice the name of one that no channel took; without it all. @returns how many are sent again */
  async resend(notice?: string): Promise<number> {
    const count = await this.#ledger.resend(notice);
    this.wake();
    return count;
  }

  /** After the signal was aborted: what is on its way may end, for a few seconds. */
  async close(): Promise<void> {
    await this.#running;
    const late = setTimeout(() => this.#end.abort(), closingMs);
    await Promise.all([...this.#sending, ...this.#asking]);
    clearTimeout(late);
  }

  async #run(): Promise<void> {
    const { signal } = this.#options;
    const leave = beginWork(this.#holder);
    const wake = () => this.wake();
    signal.addEventListener('abort', wake);
    let ms = firstPauseMs;
    while (!signal.aborted) {
      try {
        await this.#next();
        ms = firstPauseMs;
      } catch (thrown) {
        this.#options.onProblem(toPerceptError(thrown));
        await pause(ms, undefined, { signal }).catch(() => undefined);
        ms = Math.min(2 * ms, longestPauseMs);
      }
    }
    signal.removeEventListener('abort', wake);
    void Promise.all(this.#sending).then(leave);
  }

  async #next(): Promise<void> {
    const { parallel = 4, pollMs = 1_000, signal } = this.#options;
    // before looking: what comes from now on wakes again
    this.#woken = Promise.withResolvers();
    await this.#housekeeping();
    await this.#tell();
    const room = parallel - this.#sending.size;
    const claimed = room > 0 && !signal.aborted ? await this.#ledger.claim(this.#holder, room) : [];
    for (const { row, channel, earlier } of claimed) this.#launch(row, channel, earlier);
    if (claimed.length > 0) this.#options.onChange?.();
    const askAgain = await this.#askWhatIsDue();
    const rest = room > claimed.length ? Math.min(pollMs, await this.#ledger.rest()) : pollMs;
    if (claimed.length > 0 && room > claimed.length) return;
    await this.#rest(Math.max(10, Math.min(rest, askAgain)));
  }

  /** @returns ms until there is something to ask */
  async #askWhatIsDue(): Promise<number> {
    const room = mostAsking - this.#asking.size;
    const rest = room > 0 ? await this.#ledger.restOfReceipts() : Number.POSITIVE_INFINITY;
    if (rest > 0 || this.#options.signal.aborted) return rest;
    for (const { row, channel } of await this.#ledger.claimReceipts(room)) {
      const asking = this.#ask(row, channel).finally(() => {
        this.#asking.delete(asking);
        this.wake();
      });
      this.#asking.add(asking);
    }
    return 0;
  }

  async #rest(ms: number): Promise<void> {
    const waking = new AbortController();
    const waited = pause(ms, undefined, { signal: waking.signal }).catch(() => undefined);
    await Promise.race([waited, this.#woken.promise]);
    waking.abort();
  }

  async #housekeeping(): Promise<void> {
    const now = performance.now();
    if (now - this.#orphansAt > orphansEveryMs) {
      await this.#ledger.adopt();
      this.#orphansAt = now;
    }
    if (now - this.#sweepAt > sweepEveryMs) {
      await this.#ledger.sweep();
      this.#sweepAt = now;
    }
  }

  async #tell(): Promise<void> {
    const untold = await this.#ledger.untold();
    if (untold.length === 0 || this.#options.signal.aborted) return;
    for (const { outcome } of untold) this.#options.tell(outcome);
    await this.#ledger.told(untold.map(({ row }) => row));
    this.#options.onChange?.();
  }

  #launch(row: SpoolRow, channel: Channel, earlier: readonly string[]): void {
    const sending = this.#send(row, channel, earlier).finally(() => {
      this.#sending.delete(sending);
      this.wake();
    });
    this.#sending.add(sending);
  }

  async #send(row: SpoolRow, channel: Channel, earlier: readonly string[]): Promise<void> {
    const { finish, picture, onTrouble } = this.#options;
    const kept = { ...noticeOf(row), again: row.again === 1 };
    const notice = finish?.(kept) ?? kept;
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(longestSendMs)]);
    const parcel = {
      ...{ notice, earlier, key: row.key, thread: row.thread },
      // a picture that cannot be read keeps no notice back
      picture: async () => await picture?.(notice).catch(() => undefined),
    };
    try {
      const sent = await Promise.race([channel.send(parcel, signal), aborted(signal)]);
      await this.#settle(() => this.#ledger.delivered(row, sent));
    } catch (thrown) {
      const problem = thrown instanceof SendProblem ? thrown.problem : toPerceptError(thrown);
      const { failure, after } = thrown instanceof SendProblem ? thrown : { failure: 'unanswered' as const, after: 0 };
      onTrouble(problem, channel);
      await this.#settle(() => this.#ledger.failed(row, { failure, after, problem }));
    }
  }

  /** What has become of what the provider took; while it cannot be asked, it is asked later. */
  async #ask(row: SpoolRow, channel: Channel): Promise<void> {
    const signal = AbortSignal.any([this.#options.signal, AbortSignal.timeout(longestAskMs)]);
    let told: Told = { state: 'pending' };
    try {
      const asked = channel.receipt?.(row.reference, signal) ?? Promise.resolve(told);
      told = await Promise.race([asked, aborted(signal)]);
      if (told.state === 'missed') this.#options.onTrouble(told.problem, channel);
    } catch (thrown) {
      if (thrown instanceof SendProblem && thrown.failure === 'refused') {
        this.#options.onTrouble(thrown.problem, channel);
        told = { state: 'unknown' };
      }
    }
    const said = told;
    await this.#settle(() => this.#ledger.receipt(row, said));
  }

  /** What became of it is known here alone until it is stored. */
  async #settle(store: () => Promise<void>): Promise<void> {
    for (let ms = firstPauseMs; ; ms = Math.min(2 * ms, longestPauseMs)) {
      try {
        await store();
        return;
      } catch (thrown) {
        this.#options.onProblem(toPerceptError(thrown));
        // left as it is, the next process finds it as being sent
        if (this.#end.signal.aborted) return;
        await pause(ms, undefined, { signal: this.#end.signal }).catch(() => undefined);
      }
    }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
