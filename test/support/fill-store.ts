import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../dist/store/open.js';
import { rollupWidths } from '../../dist/store/schema.js';

export interface Filling {
  readonly rows: number;
  readonly series: number;
  /** ms up to now over which the rows are spread evenly. */
  readonly span: number;
}

export function sourceName(i: number): string {
  return `plant/machine-${i}`;
}

interface Cell {
  start: number;
  count: number;
  min: number;
  max: number;
  sum: number;
  last: number;
  lastTime: number;
}

/**
 * Many rows in little time: into the tables that the store has made, past its safeguards, but with the same rows and
 * roll-ups as if they had come in one after the other.
 */
export async function fillStore(url: string, { rows, series, span }: Filling): Promise<{ from: number; to: number }> {
  await (await openStore({ url })).close();
  const to = Math.floor(Date.now() / 60_000) * 60_000;
  const from = to - span;
  const db = new DatabaseSync(url);
  db.exec(
    'pragma synchronous = off; pragma journal_mode = off; pragma locking_mode = exclusive; pragma cache_size = -500000',
  );
  const insertSeries = db.prepare(`insert into series (id, source, quantity, unit) values (?, ?, 'temperature', '°C')`);
  const insertSource = db.prepare(
    `insert into source (source, first_received, last_received, last_time, stored, clock, lag, interval)
     values (?, ?, ?, ?, ?, 'ok', 50, ?)`,
  );
  const insertReading = db.prepare(
    `insert into reading (series_id, time, sequence, value, unit, received_at, clock) values (?, ?, 0, ?, null, ?, 'ok')`,
  );
  const insertRollup = db.prepare(
    `insert into rollup (series_id, width, start, count, min, max, sum, last, last_time, last_sequence)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
  );
  const step = (span * series) / rows;
  const perSeries = Math.floor(rows / series);
  const cells = Array.from({ length: series }, () => rollupWidths.map(() => newCell(Number.NaN)));
  const flush = (s: number, w: number, { start, count, min, max, sum, last, lastTime }: Cell): void => {
    if (count > 0) insertRollup.run(s + 1, rollupWidths[w] as number, start, count, min, max, sum, last, lastTime);
  };

  db.exec('begin');
  for (let s = 0; s < series; s++) {
    insertSeries.run(s + 1, sourceName(s));
    insertSource.run(sourceName(s), from, to, to, perSeries, step);
  }
  for (let i = 0; i < perSeries; i++) {
    const time = Math.floor(from + i * step);
    for (let s = 0; s < series; s++) {
      const value = 60 + s + 10 * Math.sin(time / 14_000_000) + ((i * 7919) % 100) / 50;
      insertReading.run(s + 1, time, value, time + 50);
      for (let w = 0; w < rollupWidths.length; w++) {
        const width = rollupWidths[w] as number;
        const start = Math.floor(time / width) * width;
        const own = cells[s] as Cell[];
        let cell = own[w] as Cell;
        if (cell.start !== start) {
          flush(s, w, cell);
          cell = newCell(start);
          own[w] = cell;
        }
        cell.count++;
        cell.sum += value;
        if (value < cell.min) cell.min = value;
        if (value > cell.max) cell.max = value;
        cell.last = value;
        cell.lastTime = time;
      }
    }
    if (i % 100_000 === 99_999) db.exec('commit; begin');
  }
  for (const [s, own] of cells.entries()) for (const [w, cell] of own.entries()) flush(s, w, cell);
  db.exec('commit; pragma journal_mode = wal');
  db.close();
  return { from, to };
}

function newCell(start: number): Cell {
  const { POSITIVE_INFINITY: infinity } = Number;
  return { start, count: 0, min: infinity, max: -infinity, sum: 0, last: 0, lastTime: 0 };
}
