import { maxSequence } from '../decode/message.js';
import type { Run } from './outbox-file.js';
import type { Row } from './row.js';

const columns = 8;
/** Few sizes, so that few statements are prepared. */
const chunkSizes = [256, 64, 16, 4, 1] as const;
const seriesRemembered = 10_000;

/** Puts readings into the tables, within a transaction of the caller's. */
export class OutboxWriter {
  readonly #run: Run;
  readonly #series = new Map<string, number>();

  constructor(run: Run) {
    this.#run = run;
  }

  /**
   * @param firstId of the first row; the others follow
   * @returns how many were new: the rest is in the outbox already
   */
  async insert(rows: readonly Row[], firstId: number, epoch: number): Promise<number> {
    let inserted = 0;
    for (let at = 0; at < rows.length; ) {
      const size = chunkSizes.find((one) => one <= rows.length - at) ?? 1;
      const values: (string | number)[] = [];
      for (let i = at; i < at + size; i++) {
        const { source, quantity, unit, time, sequence, value, priority } = rows[i] as Row;
        const id = firstId + i;
        const numbered = sequence ?? id % maxSequence;
        values.push(priority, id, await this.#seriesOf(source, quantity), unit, time, numbered, value, epoch);
      }
      inserted += (await this.#run(insertOf(size), ...values)).changes;
      at += size;
    }
    return inserted;
  }

  /** After a transaction that did not end well: it may have named series that are gone. */
  forget(): void {
    this.#series.clear();
  }

  /** Names that nothing waits for any more: a flood of them must not fill the disk. */
  async tidy(): Promise<void> {
    if (this.#series.size < seriesRemembered) return;
    this.forget();
    await this.#run('delete from series where not exists (select 1 from outbox where series_id = series.id)');
  }

  async #seriesOf(source: string, quantity: string): Promise<number> {
    const key = `${source}\0${quantity}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const { rows } = await this.#run(
      `insert into series (source, quantity) values (?, ?)
       on conflict do update set source = excluded.source returning id`,
      source,
      quantity,
    );
    const id = Number(rows[0]?.['id']);
    this.#series.set(key, id);
    return id;
  }
}

function insertOf(rows: number): string {
  const row = `(${Array(columns).fill('?').join(', ')})`;
  return `insert into outbox (priority, id, series_id, unit, time, sequence, value, epoch)
    values ${Array(rows).fill(row).join(', ')} on conflict do nothing`;
}
