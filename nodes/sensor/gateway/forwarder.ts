import { setTimeout as sleep } from 'node:timers/promises';
import type { PerceptError } from '../../kit/index.js';
import { Asking } from './asking.js';
import { Link, type LinkEvents, type LinkOptions } from './link.js';
import type { Outbox } from './outbox.js';
import { Pace } from './pace.js';

export interface ForwarderOptions extends LinkOptions {
  /** Readings per message. */
  readonly batchCount: number;
  /** How often the far side is asked for its time, ms; 0: never. */
  readonly clockMs: number;
}

export type LinkState = 'connecting' | 'up' | 'down' | 'cut';

export interface ForwarderEvents extends Omit<LinkEvents, 'up'> {
  link(state: LinkState): void;
  /** The link could not be made or broke, or the broker refuses; the next attempt follows by itself. */
  trouble(error: PerceptError): void;
}

const firstDelay = 250;
const longestDelay = 15_000;

/**
 * Empties the outbox over a link that comes and goes. At least once on the wire, in order: after a break it begins with the
 * first batch that was not acknowledged, and the key of each reading makes a repeat harmless at the far end.
 */
export class Forwarder {
  readonly #outbox: Outbox;
  readonly #options: ForwarderOptions;
  readonly #events: ForwarderEvents;
  readonly #asking: Asking;
  readonly #pace: Pace;
  readonly #stop = new AbortController();
  /** Aborted to end a pause between two attempts. */
  #pause = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #link: Link | undefined;
  /** While the line is cut: resolved by joining it. */
  #joined: PromiseWithResolvers<void> | undefined;

  constructor(outbox: Outbox, options: ForwarderOptions, events: ForwarderEvents) {
    this.#outbox = outbox;
    this.#options = options;
    this.#events = events;
    this.#pace = new Pace(options.batchCount);
    this.#asking = new Asking(options.clientId, options.clockMs, (clock) => {
      // it is measured again before long
      outbox.measured(clock).catch(() => undefined);
    });
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#pause.abort();
    this.#joined?.resolve();
    await this.#link?.close();
    await this.#running;
  }

  /** There is something new in the outbox. */
  wake(): void {
    this.#link?.wake();
  }

  /** The clock of this box was set. */
  async stepped(ms: number): Promise<void> {
    this.#asking.forget();
    await this.#outbox.stepped(ms);
  }

  /** Ends the connection and makes none until `join`. */
  async cut(): Promise<void> {
    if (this.#joined) return;
    this.#joined = Promise.withResolvers();
    this.#pause.abort();
    this.#events.link('cut');
    await this.#link?.close();
  }

  join(): void {
    this.#joined?.resolve();
    this.#joined = undefined;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let delay = firstDelay;
    while (!signal.aborted) {
      if (this.#joined) {
        await this.#joined.promise;
        delay = firstDelay;
        continue;
      }
      this.#events.link('connecting');
      const { error, progress } = await this.#connected();
      if (signal.aborted) return;
      if (this.#joined) continue;
      this.#events.link('down');
      this.#events.trouble(error);
      if (progress) delay = firstDelay;
      this.#pause = new AbortController();
      // jitter, so that a fleet does not come back in one instant
      await sleep(delay * (0.75 + Math.random() / 2), undefined, { signal: this.#pause.signal }).catch(() => undefined);
      delay = Math.min(longestDelay, delay * 2);
    }
  }

  async #connected(): Promise<Awaited<Link['ended']>> {
    const parts = { outbox: this.#outbox, asking: this.#asking, pace: this.#pace };
    this.#link = new Link(parts, this.#options, {
      up: () => this.#events.link('up'),
      sent: (batch) => this.#events.sent(batch),
      letter: (row, id, reason) => this.#events.letter(row, id, reason),
    });
    const end = await this.#link.ended;
    this.#link = undefined;
    return end;
  }
}
