import { clocks, column, type PackedBatch } from './packed.js';
import { rollupWidths } from './schema.js';

/** What the inserted readings of one batch add to one stretch of one series. */
export interface RollupDelta {
  /** Index into the batch's series. */
  readonly series: number;
  readonly width: number;
  readonly start: number;
  count: number;
  min: number;
  max: number;
  sum: number;
  last: number;
  lastTime: number;
  lastSequence: number;
}

/** What the inserted rows of one batch add to one source. */
export interface SourceDelta {
  readonly source: string;
  stored: number;
  /** Distinct instants at which something arrived. */
  arrivals: number;
  firstReceived: number;
  lastReceived: number;
  lastTime: number;
  clock: (typeof clocks)[number];
  lag: number;
  clockOffset: number | null;
}

const widths = rollupWidths.length;

/**
 * Sums the rows that were new, in memory, so that a batch touches each stretch once.
 * @param ids the new rows' ids, 0 for rows that were there already
 */
export function rollupDeltas(batch: PackedBatch, ids: Float64Array): RollupDelta[] {
  const series = column(batch, 'series');
  const times = column(batch, 'time');
  const values = column(batch, 'value');
  const sequences = column(batch, 'sequence');
  const found: RollupDelta[] = [];
  const cells: Map<number, RollupDelta>[] = [];
  for (let i = 0; i < batch.count; i++) {
    if (ids[i] === 0) continue;
    const of = series[i] as number;
    const time = times[i] as number;
    const value = values[i] as number;
    for (let w = 0; w < widths; w++) {
      const width = rollupWidths[w] as number;
      const start = Math.floor(time / width) * width;
      let cell = cells[of * widths + w];
      if (!cell) {
        cell = new Map();
        cells[of * widths + w] = cell;
      }
      const delta = cell.get(start);
      if (delta) add(delta, value, time, sequences[i] as number);
      else {
        const first = { series: of, width, start, ...one(value, time, sequences[i] as number) };
        cell.set(start, first);
        found.push(first);
      }
    }
  }
  return found;
}

function one(value: number, time: number, sequence: number) {
  return { count: 1, min: value, max: value, sum: value, last: value, lastTime: time, lastSequence: sequence };
}

function add(delta: RollupDelta, value: number, time: number, sequence: number): void {
  delta.count++;
  delta.sum += value;
  if (value < delta.min) delta.min = value;
  if (value > delta.max) delta.max = value;
  if (time < delta.lastTime || (time === delta.lastTime && sequence < delta.lastSequence)) return;
  delta.last = value;
  delta.lastTime = time;
  delta.lastSequence = sequence;
}

/** @param recordings ids of the batch's recordings, null for those that were there already */
export function sourceDeltas(
  batch: PackedBatch,
  ids: Float64Array,
  recordings: readonly (number | null)[],
): SourceDelta[] {
  const bySource = new Map<string, SourceDelta>();
  const series = column(batch, 'series');
  const times = column(batch, 'time');
  const received = column(batch, 'receivedAt');
  const clock = column(batch, 'clock');
  for (let i = 0; i < batch.count; i++) {
    if (ids[i] === 0) continue;
    const { source } = batch.series[series[i] as number] as { source: string };
    arrive(bySource, source, times[i] as number, received[i] as number, clocks[clock[i] as number] ?? 'none');
  }
  for (const [i, recording] of batch.recordings.entries()) {
    if (recordings[i] === null) continue;
    arrive(bySource, recording.source, recording.time, recording.receivedAt, recording.clock);
  }
  for (const { source, offset } of batch.clockOffsets) {
    const delta = bySource.get(source);
    if (delta) delta.clockOffset = offset;
  }
  return [...bySource.values()];
}

function arrive(
  bySource: Map<string, SourceDelta>,
  source: string,
  time: number,
  receivedAt: number,
  clock: SourceDelta['clock'],
): void {
  const lag = receivedAt - time;
  const delta = bySource.get(source);
  if (!delta) {
    bySource.set(source, {
      source,
      stored: 1,
      arrivals: 1,
      firstReceived: receivedAt,
      lastReceived: receivedAt,
      lastTime: time,
      clock,
      lag,
      clockOffset: null,
    });
    return;
  }
  delta.stored++;
  if (receivedAt !== delta.lastReceived) delta.arrivals++;
  if (receivedAt < delta.firstReceived) delta.firstReceived = receivedAt;
  if (time > delta.lastTime) delta.lastTime = time;
  if (receivedAt < delta.lastReceived) return;
  delta.lastReceived = receivedAt;
  delta.clock = clock;
  delta.lag = lag;
}

/** How far `n` arrivals move the smoothed distance between arrivals: each by a tenth. */
export function smoothing(n: number): number {
  return 1 - 0.9 ** n;
}
