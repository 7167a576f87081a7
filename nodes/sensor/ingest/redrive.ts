import type { Store } from '../../store/store.js';
import type { Ingest } from './ingest.js';
import type { Outcome } from './item.js';

/** Payloads are kept whole and may be large. */
const page = 50;

export interface RedriveFrom {
  readonly store: Store;
  readonly node: string;
  readonly ingest: Ingest;
  readonly signal: AbortSignal;
}

/**
 * Drives dead letters of one node through again with the settings of today. What works is stored and the dead letter
 * removed in one transaction; what still fails stays. One run at a time, so that no letter is driven twice.
 */
export class Redriver {
  readonly #from: RedriveFrom;
  #last: Promise<void> = Promise.resolve();

  constructor(from: RedriveFrom) {
    this.#from = from;
  }

  /** @param which ids, or true for all of the node's */
  async run(which: true | readonly number[], each: (outcome: Outcome) => void): Promise<void> {
    const run = this.#last.then(() => this.#pages(which, each));
    this.#last = run.catch(() => undefined);
    await run;
  }

  async #pages(which: true | readonly number[], each: (outcome: Outcome) => void): Promise<void> {
    if (which !== true && which.length === 0) return;
    let after = 0;
    while (!this.#from.signal.aborted) {
      const rows = await this.#page(which, after);
      const last = rows.at(-1);
      if (!last) return;
      after = Number(last.id);
      for (const outcome of await Promise.all(rows.map((row) => this.#one(row)))) {
        if (outcome) each(outcome);
      }
    }
  }

  #page(which: true | readonly number[], after: number): Promise<Letter[]> {
    const query = this.#from.store.db
      .selectFrom('dead_letter')
      .select(['id', 'topic', 'payload', 'received_at'])
      .where('node', '=', this.#from.node)
      .where('id', '>', after)
      .orderBy('id')
      .limit(page);
    return (which === true ? query : query.where('id', 'in', [...which])).execute();
  }

  #one({ id, topic, payload, received_at }: Letter): Promise<Outcome | undefined> {
    const arrival = { topic, payload: Buffer.from(payload), receivedAt: Number(received_at) };
    return new Promise((resolve) =>
      this.#from.ingest.take(arrival, { comesAgain: true, redriven: Number(id) }, resolve),
    );
  }
}

interface Letter {
  readonly id: number;
  readonly topic: string;
  readonly payload: Buffer;
  readonly received_at: number;
}
