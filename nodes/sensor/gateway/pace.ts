/** How much is sent at a time: less after what the broker or the link could not take, more again as things go well. */
export class Pace {
  readonly #most: number;
  /** What the broker has shown to be too much, readings per message. */
  #ceiling: number;
  #count: number;
  #careful = false;

  /** @param most readings per message */
  constructor(most: number) {
    this.#most = most;
    this.#ceiling = most;
    this.#count = most;
  }

  /** Readings per message. */
  get count(): number {
    return this.#count;
  }

  /** Whether one message at a time is enough, so that a refusal tells which one it means. */
  get careful(): boolean {
    return this.#careful;
  }

  acknowledged(): void {
    this.#careful = false;
    this.#count = Math.min(this.#ceiling, this.#count * 2);
  }

  /** The connection ended, and nothing that was sent over it arrived. */
  stuck(): void {
    this.#careful = true;
    this.#count = Math.max(1, Math.floor(this.#count / 2));
  }

  /** @param count readings that were too much for one message */
  tooMuch(count = this.#count): void {
    this.#careful = true;
    this.#count = Math.max(1, Math.floor(Math.min(count, this.#count) / 2));
    this.#ceiling = this.#count;
  }

  refused(): void {
    this.#careful = true;
  }

  /** The fault was that of one reading, not of the size. */
  cleared(): void {
    this.#ceiling = this.#most;
  }
}
