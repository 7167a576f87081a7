import type { Part } from './state.js';

/**
 * One way of looking at one channel. `measure` gives how far this row is from what was usual, in a unit of its own (only
 * its rank and its tail matter), undefined while it can't tell; `learn` makes the row part of what is usual. A row that
 * belongs to a finding is measured and not learnt.
 */
export interface Statistic extends Part {
  measure(value: number, time: number): number | undefined;
  learn(): void;
  /** There was a gap: the next row doesn't continue the last one. */
  resume?(): void;
}

/** Rows that what is usual is remembered over. */
export const memory = 4000;
/** Part of what feedback allowed that is left after each row: half of it after a hundred thousand. */
export const fading = 0.5 ** 1e-5;
