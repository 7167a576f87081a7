import { toPerceptError } from '../kit/index.js';
import type { Batch, Committed } from './store.js';

interface Waiting {
  readonly batch: Batch;
  readonly resolve: (committed: Committed) => void;
  readonly reject: (reason: unknown) => void;
}

const rowsPerGroup = 5_000;

/**
 * Puts the batches that wait while one transaction is on its way to disk into the next one: one fsync for all of them.
 * Each batch stays all or nothing: if a group is refused for one batch's rows, its batches are tried one by one.
 */
export class GroupCommit {
  readonly #run: (batch: Batch) => Promise<Committed>;
  #waiting: Waiting[] = [];
  #working: Promise<void> | undefined;

  constructor(run: (batch: Batch) => Promise<Committed>) {
    this.#run = run;
  }

  commit(batch: Batch): Promise<Committed> {
    const { promise, resolve, reject } = Promise.withResolvers<Committed>();
    this.#waiting.push({ batch, resolve, reject });
    this.#working ??= this.#work();
    return promise;
  }

  /** Resolves when nothing is on its way any more. */
  async idle(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    // let callers of the same turn join the first group
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#take();
      if (!(await this.#tryAll(group))) for (const one of group) await this.#tryOne(one);
    }
    this.#working = undefined;
  }

  #take(): Waiting[] {
    let rows = 0;
    let n = 0;
    while (n < this.#waiting.length && (n === 0 || rows < rowsPerGroup)) {
      rows += this.#waiting[n]?.batch.readings.length ?? 0;
      n++;
    }
    return this.#waiting.splice(0, n);
  }

  async #tryAll(group: readonly Waiting[]): Promise<boolean> {
    try {
      share(group, await this.#run(merge(group)));
      return true;
    } catch (thrown) {
      if (group.length > 1 && toPerceptError(thrown).code === 'store-row-invalid') return false;
      for (const one of group) one.reject(thrown);
      return true;
    }
  }

  async #tryOne(one: Waiting): Promise<void> {
    try {
      one.resolve(await this.#run(one.batch));
    } catch (thrown) {
      one.reject(thrown);
    }
  }
}

function merge(group: readonly Waiting[]): Batch {
  const first = group[0];
  if (first && group.length === 1) return first.batch;
  const merged: Required<Batch> = {
    readings: group.flatMap(({ batch }) => batch.readings),
    recordings: group.flatMap(({ batch }) => batch.recordings ?? []),
    deadLetters: group.flatMap(({ batch }) => batch.deadLetters ?? []),
    clockOffsets: group.flatMap(({ batch }) => batch.clockOffsets ?? []),
    redriven: group.flatMap(({ batch }) => batch.redriven ?? []),
  };
  return merged;
}

function share(group: readonly Waiting[], all: Committed): void {
  const at = { readings: 0, recordings: 0, deadLetters: 0 };
  const next = <T>(list: readonly T[], key: keyof typeof at, n: number): readonly T[] => {
    at[key] += n;
    return list.slice(at[key] - n, at[key]);
  };
  for (const { batch, resolve } of group) {
    resolve({
      readings: next(all.readings, 'readings', batch.readings.length),
      recordings: next(all.recordings, 'recordings', batch.recordings?.length ?? 0),
      deadLetters: next(all.deadLetters, 'deadLetters', batch.deadLetters?.length ?? 0),
    });
  }
}
