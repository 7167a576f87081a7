import { dueAfter } from './instants.js';
import type { Outgoing, Publisher } from './publisher.js';

export interface DeliverySettings {
  /** ms between instants. */
  readonly interval: number;
  /** Instants that are caught up on at most. */
  readonly most: number;
  /** The last instant that is done with, UTC ms. */
  readonly after: number;
}

export interface DeliveryEvents {
  /** So many instants lie too far back; they were left out. */
  skipped(instants: number): void;
  failed(thrown: unknown): void;
}

/** Instants whose messages are made and sent in one go. */
const atOnce = 20;

/**
 * Everything that was ever due goes to the broker once, in order, as soon as it takes it. What waits is not kept: it is made
 * from its instant when its turn comes.
 */
export class Delivery {
  readonly #settings: DeliverySettings;
  readonly #publisher: Publisher;
  readonly #make: (time: number) => readonly Outgoing[];
  readonly #events: DeliveryEvents;
  #position: number;
  #busy = false;
  #stopped = false;

  constructor(
    settings: DeliverySettings,
    publisher: Publisher,
    make: (time: number) => readonly Outgoing[],
    events: DeliveryEvents,
  ) {
    this.#settings = settings;
    this.#publisher = publisher;
    this.#make = make;
    this.#events = events;
    this.#position = settings.after;
  }

  /** The last instant that the broker has answered for. */
  get position(): number {
    return this.#position;
  }

  /** Goes on where it stopped; does nothing while it is at it, or the broker is away. */
  wake(): void {
    if (this.#busy) return;
    this.#busy = true;
    this.#run()
      .catch((thrown: unknown) => {
        // what a lost connection cut off is made again at the next call
        if (!this.#stopped && this.#publisher.connected) this.#events.failed(thrown);
      })
      .finally(() => {
        this.#busy = false;
      });
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    const { interval, most } = this.#settings;
    while (!this.#stopped && this.#publisher.connected) {
      const { from, to, skipped } = dueAfter(this.#position, Date.now(), interval, most);
      if (skipped > 0) this.#events.skipped(skipped);
      if (from > to) return;
      const last = Math.min(to, from + (atOnce - 1) * interval);
      const messages: Outgoing[] = [];
      for (let time = from; time <= last; time += interval) messages.push(...this.#make(time));
      await this.#publisher.publish(messages);
      this.#position = last;
    }
  }
}
