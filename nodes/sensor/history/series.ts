import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../store/schema.js';
import type { Store } from '../../store/store.js';
import type { ChartSeries, Points, SeriesAnswer } from './answers.js';
import { findingsIn } from './findings.js';
import type { Patterns } from './matching.js';
import type { Range } from './range.js';
import { matchingSeries, type Series } from './select.js';
import { bucketWidth, rollupFor } from './width.js';

export interface SeriesAsk {
  readonly range: Range | 'all';
  /** Patterns, see `matcher`. */
  readonly sources: Patterns;
  readonly quantities: Patterns;
  /** Points in the whole chart. */
  readonly points: number;
}

interface Bucket {
  readonly series_id: number;
  readonly start: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly last: number;
}

/** More lines than this can't be told apart, and each would get too few points. */
const maxSeries = 100;
/** Single readings that one chart may read; beyond, minutes have to do. */
const maxRead = 200_000;
const minute = 60_000;

/**
 * Stored readings as a chart. Few readings are given as they are; more are put into buckets, read from single readings
 * where the range is short and from the roll-ups where it is long, so that a year costs no more than a day.
 */
export async function seriesAnswer(store: Store, ask: SeriesAsk): Promise<SeriesAnswer> {
  const matching = await matchingSeries(store.db, ask);
  const drawn = matching.slice(0, maxSeries);
  const range = ask.range === 'all' ? await wholeRange(store.db, drawn) : ask.range;
  const { width, buckets } = await bucketsOf(store, drawn, range, ask.points);
  return {
    kind: 'series',
    ...range,
    width,
    series: chartSeries(drawn, buckets),
    leftOut: matching.length - drawn.length,
    findings: await findingsIn(store.db, { ...ask, range, limit: 500, newestFirst: false }),
  };
}

async function wholeRange(db: Kysely<Database>, series: readonly Series[]): Promise<Range> {
  // a series at a time, so that each end is one step in the index
  const ends = await Promise.all(
    series.map(({ id }) =>
      sql<{ from: number | null; to: number | null }>`
        select (select min(time) from reading where series_id = ${id}) as "from",
          (select max(time) from reading where series_id = ${id}) as "to"`.execute(db),
    ),
  );
  const rows = ends.flatMap((end) => end.rows);
  const from = Math.min(...rows.flatMap((row) => row.from ?? []));
  const to = Math.max(...rows.flatMap((row) => row.to ?? []));
  return Number.isFinite(from) ? { from, to: Math.max(to, from + 1) } : { from: 0, to: 1 };
}

async function bucketsOf(
  store: Store,
  series: readonly Series[],
  range: Range,
  points: number,
): Promise<{ width: number; buckets: readonly Bucket[] }> {
  if (series.length === 0) return { width: 0, buckets: [] };
  const ids = series.map(({ id }) => id);
  if (!(await hasMoreThan(store.db, ids, range, points))) {
    return { width: 0, buckets: await singleReadings(store.db, ids, range) };
  }
  const width = bucketWidth(range.to - range.from, Math.max(2, Math.floor(points / series.length)));
  const rollup = rollupFor(width);
  if (rollup !== undefined) return { width, buckets: await fromRollups(store, ids, range, width, rollup) };
  if (await hasMoreThan(store.db, ids, range, maxRead)) {
    return { width: minute, buckets: await fromRollups(store, ids, range, minute, minute) };
  }
  return { width, buckets: await fromReadings(store, ids, range, width) };
}

/** Counts no further than it must. */
async function hasMoreThan(db: Kysely<Database>, ids: number[], range: Range, limit: number): Promise<boolean> {
  let left = limit;
  for (const id of ids) {
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from (
        select 1 as one from reading where series_id = ${id} and time >= ${range.from} and time <= ${range.to}
        limit ${left + 1}
      ) as few`.execute(db);
    left -= Number(rows[0]?.n);
    if (left < 0) return true;
  }
  return false;
}

async function singleReadings(db: Kysely<Database>, ids: number[], range: Range): Promise<Bucket[]> {
  const rows = await db
    .selectFrom('reading')
    .select(['series_id', 'time', 'value'])
    .where('series_id', 'in', ids)
    .where('time', '>=', range.from)
    .where('time', '<=', range.to)
    .orderBy('series_id')
    .orderBy('time')
    .orderBy('sequence')
    .execute();
  return rows.map(({ series_id, time, value }) => {
    return { series_id, start: time, min: value, max: value, mean: value, last: value };
  });
}

async function fromReadings(store: Store, ids: number[], range: Range, width: number): Promise<Bucket[]> {
  const { rows } = await sql<Bucket>`
    select b.*, (
      select r.value from reading r
      where r.series_id = b.series_id and r.time >= b.start and r.time < b.start + ${width} and r.time <= ${range.to}
      order by r.time desc, r.sequence desc limit 1
    ) as last
    from (
      select series_id, ${startOf(store, 'time', width)} as start,
        min(value) as min, max(value) as max, avg(value) as mean
      from reading
      where series_id in (${sql.join(ids)}) and time >= ${range.from} and time <= ${range.to}
      group by 1, 2
    ) as b
    order by b.series_id, b.start`.execute(store.db);
  return rows;
}

async function fromRollups(
  store: Store,
  ids: number[],
  range: Range,
  width: number,
  rollup: number,
): Promise<Bucket[]> {
  const from = Math.floor(range.from / width) * width;
  const { rows } = await sql<Bucket>`
    select b.*, (
      select r.last from rollup r
      where r.series_id = b.series_id and r.width = ${rollup} and r.start >= b.start and r.start < b.start + ${width}
        and r.start <= ${range.to}
      order by r.start desc limit 1
    ) as last
    from (
      select series_id, ${startOf(store, 'start', width)} as start,
        min(min) as min, max(max) as max, sum(sum) / sum(count) as mean
      from rollup
      where series_id in (${sql.join(ids)}) and width = ${rollup} and start >= ${from} and start <= ${range.to}
      group by 1, 2
    ) as b
    order by b.series_id, b.start`.execute(store.db);
  return rows;
}

/** The start of the bucket that a time falls into; a cast truncates in SQLite and rounds in PostgreSQL. */
function startOf(store: Store, column: string, width: number): RawBuilder<number> {
  const time = sql.ref(column);
  return store.kind === 'sqlite'
    ? sql`cast(${time} / ${sql.lit(width)} as integer) * ${sql.lit(width)}`
    : sql`floor(${time} / ${sql.lit(width)}) * ${sql.lit(width)}`;
}

function chartSeries(series: readonly Series[], buckets: readonly Bucket[]): ChartSeries[] {
  const points = new Map<number, Points>(
    series.map(({ id }) => [id, { time: [], min: [], max: [], mean: [], last: [] }]),
  );
  for (const bucket of buckets) {
    const of = points.get(Number(bucket.series_id));
    of?.time.push(Number(bucket.start));
    of?.min.push(bucket.min);
    of?.max.push(bucket.max);
    of?.mean.push(Number(bucket.mean));
    of?.last.push(bucket.last);
  }
  return series.flatMap(({ id, source, quantity, unit }) => {
    const of = points.get(id);
    return of ? [{ source, quantity, unit, points: of }] : [];
  });
}
