import type { Reading } from '../../kit/index.js';
import { mostTogether } from './together.js';

/** What a source measured at one instant. */
export interface SourceRow {
  readonly time: number;
  /** By quantity. */
  readonly values: ReadonlyMap<string, number>;
}

/** Instants that are looked at before it is settled which quantities belong together. */
const settling = 30;
/** Quantities of an instant that wait until then. */
const most = 8 * mostTogether;

/**
 * Readings of one source as rows: those of one instant together. Which quantities belong to the rows is settled by the first
 * of them; what comes up later belongs to none. A row is complete when it has all of them, or when the next begins.
 */
export class Rows {
  #names: readonly string[] | undefined;
  #first: Map<string, number>[] = [];
  #times: number[] = [];
  #time = Number.NaN;
  #values = new Map<string, number>();

  /** @param names as they were settled before a restart */
  constructor(names?: readonly string[]) {
    this.#names = names;
  }

  /** Undefined until they are settled. */
  get names(): readonly string[] | undefined {
    return this.#names;
  }

  belongs(quantity: string): boolean {
    return this.#names?.includes(quantity) ?? (this.#values.has(quantity) || this.#values.size < most);
  }

  /** @returns rows that are complete now; none before the names are settled, and then all that waited for it */
  take({ time, quantity, value }: Pick<Reading, 'time' | 'quantity' | 'value'>): SourceRow[] {
    const rows: SourceRow[] = [];
    if (this.#values.size > 0 && time !== this.#time) {
      // what is older than the row at hand would tear it apart
      if (time < this.#time) return rows;
      rows.push(...this.flush());
    }
    this.#time = time;
    this.#values.set(quantity, value);
    if (this.#names && this.#values.size === this.#names.length) rows.push(...this.flush());
    return rows;
  }

  /** The row at hand, complete or not. */
  flush(): SourceRow[] {
    if (this.#values.size === 0) return [];
    const row = { time: this.#time, values: this.#values };
    this.#values = new Map();
    if (this.#names) return [row];
    this.#times.push(row.time);
    this.#first.push(row.values);
    if (this.#first.length < settling) return [];
    const names = [...new Set(this.#first.flatMap((values) => [...values.keys()]))].sort();
    this.#names = names.slice(0, mostTogether);
    const waited = this.#first.map((values, at) => ({ time: this.#times[at] as number, values }));
    this.#first = [];
    this.#times = [];
    return waited;
  }
}
