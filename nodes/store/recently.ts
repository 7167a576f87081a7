/** What happened within a time, by name: pages ask again and again for what somebody looks at once. Of too many, the oldest go. */
export class Recently {
  readonly #last = new Map<string, number>();
  readonly #ms: number;
  readonly #most: number;

  constructor(ms: number, most: number) {
    this.#ms = ms;
    this.#most = most;
  }

  /** @returns whether it did not happen within this time before; only then it counts from now. @param now ms UTC */
  isNew(name: string, now: number): boolean {
    const last = this.#last.get(name);
    // a clock that was put back begins anew
    if (last !== undefined && now >= last && now - last < this.#ms) return false;
    this.#last.delete(name);
    const oldest = this.#last.keys().next();
    if (this.#last.size >= this.#most && !oldest.done) this.#last.delete(oldest.value);
    this.#last.set(name, now);
    return true;
  }
}
