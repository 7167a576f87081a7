import type { Clock } from '../kit/index.js';
import type { ClockOffset, NewDeadLetter, NewRecording } from './store.js';

export const clocks = ['ok', 'ahead', 'behind', 'none'] as const satisfies readonly Clock[];

/** Columns of `PackedBatch.readings`, each `count` doubles long. */
export const columns = { series: 0, time: 1, sequence: 2, value: 3, receivedAt: 4, unit: 5, clock: 6 } as const;
export const columnCount = 7;

export interface PackedRecording extends Omit<NewRecording, 'meta'> {
  /** JSON */
  readonly meta: string;
}

/** A batch as it travels to a thread or a server: texts once, numbers as columns. */
export interface PackedBatch {
  readonly count: number;
  /** Column after column; `series`, `unit` and `clock` are indexes into the lists here. */
  readonly readings: Float64Array<ArrayBuffer>;
  readonly series: readonly { readonly source: string; readonly quantity: string }[];
  readonly units: readonly string[];
  readonly recordings: readonly PackedRecording[];
  readonly deadLetters: readonly NewDeadLetter[];
  readonly clockOffsets: readonly ClockOffset[];
  readonly redriven: readonly number[];
}

/** Row ids, 0 for what was there already. */
export interface PackedResult {
  readonly readings: Float64Array<ArrayBuffer>;
  readonly recordings: readonly (number | null)[];
  readonly deadLetters: readonly number[];
}

export function column(batch: PackedBatch, name: keyof typeof columns): Float64Array<ArrayBuffer> {
  return batch.readings.subarray(columns[name] * batch.count, (columns[name] + 1) * batch.count);
}
