import { rollupWidths } from '../../store/schema.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Bucket widths that people count in; from a minute on, each is a multiple of a roll-up's. */
const widths = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 20, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14, 28].map((n) => n * day),
];

/** The smallest such width that cuts `range` ms into at most `points` buckets, one more for an unaligned end. */
export function bucketWidth(range: number, points: number): number {
  const least = range / Math.max(1, points - 1);
  const nice = widths.find((width) => width >= least);
  return nice ?? Math.ceil(least / (28 * day)) * 28 * day;
}

/** The coarsest roll-up from which buckets of this width can be put together; undefined: only single readings can. */
export function rollupFor(width: number): number | undefined {
  return rollupWidths.findLast((rollup) => width % rollup === 0);
}
