import type { PerceptError } from '../kit/index.js';
import { storeError } from './errors.js';
import { clocks, columnCount, columns, type PackedBatch } from './packed.js';
import type { Batch, NewReading, NewRecording } from './store.js';

export function pack(batch: Batch): PackedBatch {
  const { readings } = batch;
  const count = readings.length;
  const packed = new Float64Array(columnCount * count);
  const series = new Index((r: NewReading) => `${r.source}\0${r.quantity}`);
  const units = new Index((unit: string) => unit);
  for (let i = 0; i < count; i++) {
    const r = readings[i] as NewReading;
    packed[i] = series.of(r);
    packed[columns.time * count + i] = r.time;
    packed[columns.sequence * count + i] = r.sequence;
    packed[columns.value * count + i] = r.value;
    packed[columns.receivedAt * count + i] = r.receivedAt;
    packed[columns.unit * count + i] = units.of(r.unit);
    packed[columns.clock * count + i] = clocks.indexOf(r.clock);
  }
  return {
    count,
    readings: packed,
    series: series.items.map(({ source, quantity }) => ({ source, quantity })),
    units: units.items,
    recordings: (batch.recordings ?? []).map((r) => ({ ...r, meta: JSON.stringify(r.meta) })),
    deadLetters: (batch.deadLetters ?? []).map((d) => ({
      ...d,
      topic: withoutNul(d.topic),
      reason: withoutNul(d.reason),
    })),
    clockOffsets: batch.clockOffsets ?? [],
    redriven: batch.redriven ?? [],
  };
}

class Index<T> {
  readonly items: T[] = [];
  readonly #at = new Map<string, number>();
  readonly #key: (item: T) => string;

  constructor(key: (item: T) => string) {
    this.#key = key;
  }

  of(item: T): number {
    const key = this.#key(item);
    const known = this.#at.get(key);
    if (known !== undefined) return known;
    this.#at.set(key, this.items.length);
    return this.items.push(item) - 1;
  }
}

/** Only what no database could hold exactly; everything else is the caller's to judge. */
export function rowProblem(batch: Batch, store: string): PerceptError | undefined {
  for (const r of [...batch.readings, ...(batch.recordings ?? [])]) {
    const detail = problemOf(r);
    if (detail) return storeError('store-row-invalid', { store, detail });
  }
  return undefined;
}

function problemOf(r: NewReading | NewRecording): string | undefined {
  if ('value' in r && !Number.isFinite(r.value)) return `value ${r.value} of ${name(r)} is not finite`;
  if (!Number.isFinite(r.time) || !Number.isFinite(r.receivedAt)) return `time of ${name(r)} is not finite`;
  if (!Number.isSafeInteger(r.sequence)) return `sequence ${r.sequence} of ${name(r)} is not a whole number`;
  if (r.source.includes('\0') || r.quantity.includes('\0')) return `the name ${name(r)} has a NUL character`;
  if ('unit' in r && r.unit.includes('\0')) return `the unit of ${name(r)} has a NUL character`;
  return undefined;
}

function name(r: { source: string; quantity: string }): string {
  return `${r.source}/${r.quantity}`.slice(0, 120).replaceAll('\0', '\u2400');
}

function withoutNul(text: string): string {
  return text.replaceAll('\0', '\u2400');
}
