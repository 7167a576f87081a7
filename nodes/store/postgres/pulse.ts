/**
 * Tells a server that hangs from one that is busy: while somebody waits for an answer, it is asked for a sign of life.
 * TCP does not tell, since the kernel under a stopped server goes on acknowledging; nor does a time-out, since a query
 * may be slow with good reason.
 */
export class Pulse {
  readonly #everyMs: number;
  readonly #alive: () => Promise<boolean>;
  readonly #silent: (ms: number) => void;
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param everyMs how long to wait for an answer, ms, before asking
   * @param alive resolves to whether there was a sign of life; never rejects
   * @param silent told for how long there was none, ms: ends what is being waited for
   */
  constructor(everyMs: number, alive: () => Promise<boolean>, silent: (ms: number) => void) {
    this.#everyMs = everyMs;
    this.#alive = alive;
    this.#silent = silent;
  }

  /** Watches over `work` until it is settled. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting++ === 0) this.#ask();
    try {
      return await work();
    } finally {
      if (--this.#waiting === 0) clearTimeout(this.#timer);
    }
  }

  #ask(): void {
    const since = performance.now();
    const timer = setTimeout(async () => {
      const alive = await this.#alive();
      // others may have begun to wait meanwhile
      if (this.#timer !== timer) return;
      if (!alive) this.#silent(performance.now() - since);
      if (this.#waiting > 0) this.#ask();
    }, this.#everyMs);
    this.#timer = timer;
  }
}
