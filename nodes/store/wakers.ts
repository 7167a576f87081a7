import type { Batch, Committed, FeedTable } from './store.js';

/** Who wants to know of new rows. */
export class Wakers {
  readonly #byTable = new Map<FeedTable, Set<() => void>>();

  get some(): boolean {
    return [...this.#byTable.values()].some((set) => set.size > 0);
  }

  add(table: FeedTable, wake: () => void): () => void {
    const set = this.#byTable.get(table) ?? new Set();
    this.#byTable.set(table, set);
    // the same function may be registered twice; each registration has its own end
    const own = () => wake();
    set.add(own);
    return () => set.delete(own);
  }

  wake(table: FeedTable): void {
    for (const wake of this.#byTable.get(table) ?? []) wake();
  }

  wakeAll(): void {
    for (const table of this.#byTable.keys()) this.wake(table);
  }
}

/** The tables in which a commit left new rows. */
export function tablesTouched(batch: Batch, committed: Committed): FeedTable[] {
  const touched: FeedTable[] = [];
  if (batch.readings.length > 0 && committed.readings.some((id) => id !== null)) touched.push('reading');
  if (committed.recordings.some((id) => id !== null)) touched.push('recording');
  if (committed.deadLetters.length > 0) touched.push('dead_letter');
  return touched;
}
