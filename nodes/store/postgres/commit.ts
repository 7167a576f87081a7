import type { Client } from 'pg';
import { clocks, column, type PackedBatch, type PackedResult } from '../packed.js';
import { rollupDeltas, smoothing, sourceDeltas } from '../totals.js';
import * as sql from './statements.js';

interface Series {
  readonly id: number;
  unit: string;
}

/** Writes batches on one connection. What it remembers of the database dies with that connection. */
export class Committer {
  readonly #client: Client;
  readonly #series = new Map<string, Series>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** After it rejects, `rollback` or end the connection. @param channels to notify once, within the transaction */
  async commit(batch: PackedBatch, channels: (result: PackedResult) => readonly string[]): Promise<void> {
    await this.#client.query(sql.begin);
    const result = await this.#write(batch);
    await this.#client.query([...channels(result).map((name) => `notify ${name};`), 'commit'].join(' '));
  }

  async rollback(): Promise<void> {
    // it may name series that are gone with the transaction
    this.#series.clear();
    await this.#client.query('rollback');
  }

  async #write(batch: PackedBatch): Promise<PackedResult> {
    const series = await this.#seriesOf(batch);
    const readings = await this.#readings(batch, series);
    const recordings = await this.#recordings(batch);
    const deadLetters = await this.#deadLetters(batch);
    if (batch.redriven.length > 0) await this.#client.query(sql.redriven, [numbers(batch.redriven)]);
    await this.#totals(batch, series, readings, recordings);
    return { readings, recordings, deadLetters };
  }

  async #seriesOf(batch: PackedBatch): Promise<Series[]> {
    const unknown = batch.series.filter((s) => !this.#series.has(key(s)));
    if (unknown.length > 0) {
      const names = [unknown.map((s) => s.source), unknown.map((s) => s.quantity)];
      await this.#client.query(sql.newSeries, names);
      const { rows } = await this.#client.query(sql.series, names);
      for (const row of rows) this.#series.set(key(row), { id: row.id, unit: row.unit });
    }
    return batch.series.map((s) => this.#series.get(key(s)) as Series);
  }

  async #readings(batch: PackedBatch, series: readonly Series[]): Promise<Float64Array<ArrayBuffer>> {
    const ids = new Float64Array(batch.count);
    if (batch.count === 0) return ids;
    const units = await this.#units(batch, series);
    const seriesIds = column(batch, 'series').map((of) => (series[of] as Series).id);
    const times = column(batch, 'time');
    const sequences = column(batch, 'sequence');
    const { rows } = await this.#client.query<{ id: number; series_id: number; time: number; sequence: number }>({
      name: 'percept-readings',
      text: sql.readings,
      values: [
        numbers(seriesIds),
        numbers(times),
        numbers(sequences),
        numbers(column(batch, 'value')),
        units,
        numbers(column(batch, 'receivedAt')),
        `{${Array.from(column(batch, 'clock'), (c) => clocks[c] ?? 'none').join(',')}}`,
      ],
    });
    // new rows come back in the order they were given, repeats left out
    let i = 0;
    for (const row of rows) {
      while (seriesIds[i] !== row.series_id || times[i] !== row.time || sequences[i] !== row.sequence) {
        if (++i >= batch.count) throw new Error('the server returned rows in another order');
      }
      ids[i++] = row.id;
    }
    return ids;
  }

  /** What each row keeps: nothing where it is the series' own unit. */
  async #units(batch: PackedBatch, series: readonly Series[]): Promise<readonly (string | null)[]> {
    const of = column(batch, 'series');
    const unit = column(batch, 'unit');
    const kept: (string | null)[] = [];
    for (let i = 0; i < batch.count; i++) {
      const one = series[of[i] as number] as Series;
      const stated = batch.units[unit[i] as number] ?? '';
      if (one.unit === '' && stated !== '') {
        await this.#client.query(sql.seriesUnit, [stated, one.id]);
        one.unit = stated;
      }
      kept.push(one.unit === stated ? null : stated);
    }
    return kept;
  }

  async #recordings({ recordings }: PackedBatch): Promise<(number | null)[]> {
    if (recordings.length === 0) return [];
    const { rows } = await this.#client.query<{ id: number; n: number }>(sql.recordings, [JSON.stringify(recordings)]);
    const byPlace = new Map(rows.map(({ n, id }) => [n, id]));
    return recordings.map((_, i) => byPlace.get(i + 1) ?? null);
  }

  async #deadLetters({ deadLetters }: PackedBatch): Promise<number[]> {
    if (deadLetters.length === 0) return [];
    const { rows } = await this.#client.query<{ id: number }>(sql.deadLetters, [
      deadLetters.map((d) => d.node),
      deadLetters.map((d) => d.topic),
      deadLetters.map((d) => d.payload),
      deadLetters.map((d) => d.code),
      deadLetters.map((d) => d.reason),
      numbers(deadLetters.map((d) => d.receivedAt)),
    ]);
    return rows.map(({ id }) => id);
  }

  async #totals(
    batch: PackedBatch,
    series: readonly Series[],
    ids: Float64Array,
    recordings: readonly (number | null)[],
  ): Promise<void> {
    const rollups = rollupDeltas(batch, ids);
    if (rollups.length > 0) {
      await this.#client.query({
        name: 'percept-rollups',
        text: sql.rollups,
        values: [
          numbers(rollups.map((d) => (series[d.series] as Series).id)),
          ...(['width', 'start', 'count', 'min', 'max', 'sum', 'last', 'lastTime', 'lastSequence'] as const).map(
            (name) => numbers(rollups.map((d) => d[name])),
          ),
        ],
      });
    }
    const sources = sourceDeltas(batch, ids, recordings);
    if (sources.length === 0) return;
    await this.#client.query({
      name: 'percept-sources',
      text: sql.sources,
      values: [
        sources.map((d) => d.source),
        ...(['firstReceived', 'lastReceived', 'lastTime', 'stored'] as const).map((name) =>
          numbers(sources.map((d) => d[name])),
        ),
        sources.map((d) => d.clock),
        numbers(sources.map((d) => d.lag)),
        sources.map((d) => d.clockOffset),
        numbers(sources.map((d) => (d.arrivals > 1 ? (d.lastReceived - d.firstReceived) / (d.arrivals - 1) : 0))),
        numbers(sources.map((d) => d.arrivals)),
        numbers(sources.map((d) => smoothing(d.arrivals))),
      ],
    });
  }
}

function key({ source, quantity }: { source: string; quantity: string }): string {
  return `${source}\0${quantity}`;
}

/** An array literal; much faster than letting pg quote each number. */
function numbers(values: ArrayLike<number> & { join(separator: string): string }): string {
  return `{${values.join(',')}}`;
}
