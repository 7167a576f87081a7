import type { Batch, Committed, NewReading, Store } from '../../dist/store/store.js';

/** A store in memory with the promises of the real one, and a switch to make it fail. */
export class FakeStore implements Store {
  readonly db = undefined as never;
  readonly kind = 'sqlite';
  readonly label = 'memory';
  readonly batches: Batch[] = [];
  readonly readings = new Map<string, NewReading & { id: number }>();
  readonly deadLetters = new Map<number, NonNullable<Batch['deadLetters']>[number]>();
  /** Thrown instead of committing, as long as it returns something. */
  fails: (batch: Batch) => Error | undefined = () => undefined;
  /** Commits wait for it. */
  gate: Promise<void> = Promise.resolve();
  attempts = 0;
  #id = 0;

  async commit(batch: Batch): Promise<Committed> {
    this.attempts++;
    await this.gate;
    const error = this.fails(batch);
    if (error) throw error;
    this.batches.push(batch);
    for (const id of batch.redriven ?? []) this.deadLetters.delete(id);
    return {
      readings: batch.readings.map((reading) => {
        const key = [reading.source, reading.quantity, reading.time, reading.sequence].join('\0');
        if (this.readings.has(key)) return null;
        const id = ++this.#id;
        this.readings.set(key, { ...reading, id });
        return id;
      }),
      recordings: (batch.recordings ?? []).map(() => ++this.#id),
      deadLetters: (batch.deadLetters ?? []).map((letter) => {
        const id = ++this.#id;
        this.deadLetters.set(id, letter);
        return id;
      }),
    };
  }

  putFinding(): never {
    throw new Error('not part of the fake');
  }

  onRows(): () => void {
    return () => undefined;
  }
}
