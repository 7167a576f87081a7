import type { Session } from './sessions.js';

interface Open {
  readonly session: string;
  /** Whether whoever opened it may still be here. */
  readonly allowed: () => boolean;
  readonly close: () => void;
}

const lookMs = 30_000;

/** Sockets outlive the request that opened them; they end with their session. */
export class Live {
  readonly #open = new Set<Open>();
  readonly #timer = setInterval(() => this.#look(), lookMs).unref();

  /** @returns to be called when it has closed by itself */
  add(session: string, allowed: () => boolean, close: () => void): () => void {
    const one: Open = { session, allowed, close };
    this.#open.add(one);
    return () => this.#open.delete(one);
  }

  /** Everything that somebody who is no longer let in has open. */
  end(session: Session): void {
    for (const one of this.#open) if (one.session === session.id) this.#close(one);
    this.#look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const one of this.#open) if (!one.allowed()) this.#close(one);
  }

  #close(one: Open): void {
    this.#open.delete(one);
    one.close();
  }
}
