import { setTimeout as pause } from 'node:timers/promises';
import { type PerceptError, toPerceptError } from '../kit/index.js';
import type { StoreState } from './handle.js';

const firstPauseMs = 500;
const longestPauseMs = 15_000;
const longestQuietMs = 5_000;

/** Opens something that may be down: once, or again and again with growing pauses. Tells what it stands at. */
export class Opening {
  readonly #open: () => Promise<void>;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<(state: StoreState) => void>();
  #first: Promise<void> | undefined;
  #patience: Promise<void> | undefined;
  #state: StoreState = { open: false };
  #asked = 0;

  constructor(open: () => Promise<void>) {
    this.#open = open;
  }

  get state(): StoreState {
    return this.#state;
  }

  /** The outcome of the first attempt, which this starts. */
  once(): Promise<void> {
    this.#first ??= this.#try();
    return this.#first;
  }

  /** Starts trying until it works or `stop` is called. */
  patiently(): Promise<void> {
    this.#patience ??= this.#retry();
    return this.#patience;
  }

  async #retry(): Promise<void> {
    await this.once().catch(() => undefined);
    let ms = firstPauseMs;
    while (!this.#state.open) {
      await pause(ms, undefined, { ref: false, signal: this.#abort.signal }).catch(() => undefined);
      if (this.#abort.signal.aborted) return;
      await this.#try().catch(() => undefined);
      ms = Math.min(2 * ms, longestPauseMs);
    }
  }

  /** For every operation: waits for the first attempt, then throws the reason of the last. */
  async ready(): Promise<void> {
    this.#asked = performance.now();
    if (this.#state.open) return;
    if (!this.#state.problem) return this.once();
    throw this.#state.problem;
  }

  /** Resolves when nothing has asked for `ready` for `quietMs` from now on. */
  async quiet(quietMs: number): Promise<void> {
    const began = performance.now();
    for (;;) {
      // a long silence before says nothing about what others write when they close
      const since = Math.max(this.#asked, began);
      const left = Math.min(since + quietMs, began + longestQuietMs) - performance.now();
      if (left <= 0) return;
      await pause(left);
    }
  }

  listen(listener: (state: StoreState) => void): () => void {
    // each registration has its own end
    const own = (state: StoreState) => listener(state);
    this.#listeners.add(own);
    own(this.#state);
    return () => this.#listeners.delete(own);
  }

  stop(): void {
    this.#abort.abort();
  }

  async #try(): Promise<void> {
    try {
      await this.#open();
      this.#become({ open: true });
    } catch (thrown) {
      const problem: PerceptError = toPerceptError(thrown);
      this.#become({ open: false, problem });
      throw problem;
    }
  }

  #become(state: StoreState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}
