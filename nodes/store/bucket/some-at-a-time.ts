/** Work begins in the order in which it came, with so much of it under way at once. */
export class SomeAtATime {
  readonly #most: number;
  readonly #waiting: Array<() => void> = [];
  #underWay = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#underWay < this.#most) this.#underWay++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // whoever is next takes over the place
      if (next) next();
      else this.#underWay--;
    }
  }
}
