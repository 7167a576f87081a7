/** Ids must appear in the order they were given out, or a feed's cursor would pass one that is not committed yet. */
const commitLock = 7_365_726_345;
const lockSql = `select pg_advisory_xact_lock(${commitLock})`;
export const begin = `begin; ${lockSql}`;
export const lock = lockSql;

/** Settings of the connection that writes: it must not hold the lock when its process is gone. */
export function session(busyMs: number): string {
  return `set lock_timeout = ${busyMs}; set idle_in_transaction_session_timeout = 30000`;
}

export const newSeries = `
  insert into series (source, quantity, unit)
  select source, quantity, '' from unnest($1::text[], $2::text[]) as k (source, quantity)
  on conflict do nothing`;

export const series = `
  select id, source, quantity, unit
  from series join unnest($1::text[], $2::text[]) as k (source, quantity) using (source, quantity)`;

export const seriesUnit = `update series set unit = $1 where id = $2 and unit = ''`;

export const readings = `
  insert into reading (series_id, time, sequence, value, unit, received_at, clock)
  select series_id, time, sequence, value, unit, received_at, clock
  from unnest($1::bigint[], $2::float8[], $3::bigint[], $4::float8[], $5::text[], $6::float8[], $7::text[])
    with ordinality as r (series_id, time, sequence, value, unit, received_at, clock, n)
  order by n
  on conflict do nothing
  returning id, series_id, time, sequence`;

/** $1: a JSON array; the answer tells the place in it, counted from 1. */
export const recordings = `
  with given as (
    select n, r.* from json_array_elements($1::json) with ordinality as e (item, n),
      json_to_record(item) as r (
        source text, quantity text, kind text, time float8, sequence bigint, "receivedAt" float8, clock text,
        key text, bytes bigint, sha256 text, meta text)
  ), added as (
    insert into recording (source, quantity, kind, time, sequence, received_at, clock, key, bytes, sha256, meta)
    select source, quantity, kind, time, sequence, "receivedAt", clock, key, bytes, sha256, meta from given order by n
    on conflict do nothing
    returning id, source, quantity, time, sequence
  )
  select added.id, min(n) as n from added join given using (source, quantity, time, sequence) group by added.id`;

export const deadLetters = `
  insert into dead_letter (node, topic, payload, code, reason, received_at)
  select node, topic, payload, code, reason, received_at
  from unnest($1::text[], $2::text[], $3::bytea[], $4::text[], $5::text[], $6::float8[])
    with ordinality as d (node, topic, payload, code, reason, received_at, n)
  order by n
  returning id`;

export const redriven = 'delete from dead_letter where id = any ($1::bigint[])';

export const rollups = `
  insert into rollup (series_id, width, start, count, min, max, sum, last, last_time, last_sequence)
  select * from unnest($1::bigint[], $2::bigint[], $3::float8[], $4::bigint[], $5::float8[], $6::float8[], $7::float8[],
    $8::float8[], $9::float8[], $10::bigint[])
  on conflict (series_id, width, start) do update set
    count = rollup.count + excluded.count,
    min = least(rollup.min, excluded.min),
    max = greatest(rollup.max, excluded.max),
    sum = rollup.sum + excluded.sum,
    last = case when (excluded.last_time, excluded.last_sequence) > (rollup.last_time, rollup.last_sequence)
      then excluded.last else rollup.last end,
    last_sequence = case when (excluded.last_time, excluded.last_sequence) > (rollup.last_time, rollup.last_sequence)
      then excluded.last_sequence else rollup.last_sequence end,
    last_time = greatest(rollup.last_time, excluded.last_time)`;

/** $10: arrivals, $11: how far they move the smoothed interval. */
export const sources = `
  with given as (
    select * from unnest($1::text[], $2::float8[], $3::float8[], $4::float8[], $5::bigint[], $6::text[], $7::float8[],
      $8::float8[], $9::float8[], $10::float8[], $11::float8[])
      as g (source, first_received, last_received, last_time, stored, clock, lag, clock_offset, interval, arrivals, weight)
  )
  insert into source as s (source, first_received, last_received, last_time, stored, clock, lag, clock_offset, interval)
  select g.source, least(o.first_received, g.first_received), greatest(o.last_received, g.last_received),
    greatest(o.last_time, g.last_time), g.stored,
    case when g.last_received < o.last_received then o.clock else g.clock end,
    case when g.last_received < o.last_received then o.lag else g.lag end,
    case when g.last_received < o.last_received then o.clock_offset else g.clock_offset end,
    case when o.source is null then g.interval
      when g.last_received <= o.last_received then o.interval
      when o.interval = 0 then (g.last_received - o.last_received) / g.arrivals
      else o.interval + g.weight * ((g.last_received - o.last_received) / g.arrivals - o.interval) end
  from given g left join source o on o.source = g.source
  on conflict (source) do update set
    first_received = excluded.first_received, last_received = excluded.last_received, last_time = excluded.last_time,
    stored = s.stored + excluded.stored, clock = excluded.clock, lag = excluded.lag,
    clock_offset = excluded.clock_offset, interval = excluded.interval`;
