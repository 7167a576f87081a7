import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { clocks, column, type PackedBatch, type PackedResult } from '../packed.js';
import { rollupDeltas, smoothing, sourceDeltas } from '../totals.js';

interface Series {
  readonly id: number;
  unit: string;
}

/** Writes batches, each in one transaction, on the connection of the writer thread. */
export class Committer {
  readonly #db: DatabaseSync;
  readonly #sql: Statements;
  readonly #series = new Map<string, Series>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#sql = prepare(db);
  }

  commit(batch: PackedBatch): PackedResult {
    this.#db.exec('begin immediate');
    try {
      const result = this.#write(batch);
      this.#db.exec('commit');
      return result;
    } catch (thrown) {
      // it may name series that are gone with the transaction
      this.#series.clear();
      rollback(this.#db);
      throw thrown;
    }
  }

  #write(batch: PackedBatch): PackedResult {
    const series = batch.series.map(({ source, quantity }) => this.#seriesOf(source, quantity));
    const readings = this.#readings(batch, series);
    const recordings = batch.recordings.map((r) => {
      const { changes, lastInsertRowid } = this.#sql.recording.run(
        r.source,
        r.quantity,
        r.kind,
        r.time,
        r.sequence,
        r.receivedAt,
        r.clock,
        r.key,
        r.bytes,
        r.sha256,
        r.meta,
      );
      return changes === 0 ? null : Number(lastInsertRowid);
    });
    const deadLetters = batch.deadLetters.map((d) =>
      Number(this.#sql.deadLetter.run(d.node, d.topic, d.payload, d.code, d.reason, d.receivedAt).lastInsertRowid),
    );
    for (const id of batch.redriven) this.#sql.redriven.run(id);
    this.#totals(batch, series, readings, recordings);
    return { readings, recordings, deadLetters };
  }

  #readings(batch: PackedBatch, series: readonly Series[]): Float64Array<ArrayBuffer> {
    const ids = new Float64Array(batch.count);
    const of = column(batch, 'series');
    const time = column(batch, 'time');
    const sequence = column(batch, 'sequence');
    const value = column(batch, 'value');
    const receivedAt = column(batch, 'receivedAt');
    const unit = column(batch, 'unit');
    const clock = column(batch, 'clock');
    const insert = this.#sql.reading;
    for (let i = 0; i < batch.count; i++) {
      const one = series[of[i] as number] as Series;
      const { changes, lastInsertRowid } = insert.run(
        one.id,
        time[i] as number,
        sequence[i] as number,
        value[i] as number,
        this.#unit(one, batch.units[unit[i] as number] ?? ''),
        receivedAt[i] as number,
        clocks[clock[i] as number] ?? 'none',
      );
      if (changes !== 0) ids[i] = Number(lastInsertRowid);
    }
    return ids;
  }

  #seriesOf(source: string, quantity: string): Series {
    const key = `${source}\0${quantity}`;
    const known = this.#series.get(key);
    if (known) return known;
    this.#sql.newSeries.run(source, quantity);
    const row = this.#sql.series.get(source, quantity) as { id: number; unit: string };
    const series = { id: row.id, unit: row.unit };
    this.#series.set(key, series);
    return series;
  }

  /** What the row keeps: nothing where it is the series' own unit. */
  #unit(series: Series, unit: string): string | null {
    if (series.unit === '' && unit !== '') {
      this.#sql.seriesUnit.run(unit, series.id);
      series.unit = unit;
    }
    return series.unit === unit ? null : unit;
  }

  #totals(
    batch: PackedBatch,
    series: readonly Series[],
    ids: Float64Array,
    recordings: readonly (number | null)[],
  ): void {
    for (const d of rollupDeltas(batch, ids)) {
      const { id } = series[d.series] as Series;
      this.#sql.rollup.run(id, d.width, d.start, d.count, d.min, d.max, d.sum, d.last, d.lastTime, d.lastSequence);
    }
    for (const d of sourceDeltas(batch, ids, recordings)) {
      const { arrivals, firstReceived: first, lastReceived: last } = d;
      const interval = arrivals > 1 ? (last - first) / (arrivals - 1) : 0;
      const weight = smoothing(arrivals);
      this.#sql.source.run(
        d.source,
        first,
        last,
        d.lastTime,
        d.stored,
        d.clock,
        d.lag,
        d.clockOffset,
        interval,
        arrivals,
        weight,
        arrivals,
      );
    }
  }
}

/** A failed statement may have ended the transaction already (full disk, I/O error). */
export function rollback(db: DatabaseSync): void {
  try {
    db.exec('rollback');
  } catch {
    // no transaction is open
  }
}

type Statements = Record<
  'reading' | 'recording' | 'deadLetter' | 'redriven' | 'newSeries' | 'series' | 'seriesUnit' | 'rollup' | 'source',
  StatementSync
>;

function prepare(db: DatabaseSync): Statements {
  return {
    reading: db.prepare(
      `insert into reading (series_id, time, sequence, value, unit, received_at, clock)
       values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    ),
    recording: db.prepare(
      `insert into recording (source, quantity, kind, time, sequence, received_at, clock, key, bytes, sha256, meta)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    ),
    deadLetter: db.prepare(
      'insert into dead_letter (node, topic, payload, code, reason, received_at) values (?, ?, ?, ?, ?, ?)',
    ),
    redriven: db.prepare('delete from dead_letter where id = ?'),
    newSeries: db.prepare(`insert into series (source, quantity, unit) values (?, ?, '') on conflict do nothing`),
    series: db.prepare('select id, unit from series where source = ? and quantity = ?'),
    seriesUnit: db.prepare(`update series set unit = ? where id = ? and unit = ''`),
    rollup: db.prepare(
      `insert into rollup (series_id, width, start, count, min, max, sum, last, last_time, last_sequence)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict do update set
         count = count + excluded.count,
         min = min(min, excluded.min),
         max = max(max, excluded.max),
         sum = sum + excluded.sum,
         last = case when (excluded.last_time, excluded.last_sequence) > (last_time, last_sequence)
           then excluded.last else last end,
         last_sequence = case when (excluded.last_time, excluded.last_sequence) > (last_time, last_sequence)
           then excluded.last_sequence else last_sequence end,
         last_time = max(last_time, excluded.last_time)`,
    ),
    source: db.prepare(
      `insert into source (source, first_received, last_received, last_time, stored, clock, lag, clock_offset, interval)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict do update set
         first_received = min(first_received, excluded.first_received),
         interval = case when excluded.last_received <= last_received then interval
           when interval = 0 then (excluded.last_received - last_received) / ?
           else interval + ? * ((excluded.last_received - last_received) / ? - interval) end,
         clock = case when excluded.last_received >= last_received then excluded.clock else clock end,
         lag = case when excluded.last_received >= last_received then excluded.lag else lag end,
         clock_offset = case when excluded.last_received >= last_received then excluded.clock_offset
           else clock_offset end,
         last_received = max(last_received, excluded.last_received),
         last_time = max(last_time, excluded.last_time),
         stored = stored + excluded.stored`,
    ),
  };
}
