/** What is prepared at once is used one after the other, in the order in which it came, each source for itself. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * @param prepared what is being prepared; where it fails, the next has its turn
   * @returns what `use` returned
   */
  async take<P, T>(source: string, prepared: Promise<P>, use: (value: P) => T): Promise<T> {
    const before = this.#last.get(source);
    // whoever waits hears of a failure; it must not count as unheard while others are waited for
    prepared.catch(() => undefined);
    const turn = Promise.resolve(before).then(async () => use(await prepared));
    const over = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(source, over);
    try {
      return await turn;
    } finally {
      if (this.#last.get(source) === over) this.#last.delete(source);
    }
  }
}
