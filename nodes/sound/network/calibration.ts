import { type Static, Type } from 'typebox';
import type { Card } from '../../inference/card.js';
import { fewest } from '../normal/fit.js';
import type { Shares } from './classes.js';
import { normal } from './conditions.js';

/** What a network takes one machine for while all is well with it. */
export const Calibration = Type.Object({
  /** Of the model; another one has to be calibrated anew. */
  version: Type.String(),
  labels: Type.Array(Type.String()),
  /** Of each label, the share that nine of ten normal stretches stay under. */
  usual: Type.Array(Type.Number()),
  /** Scores of normal stretches that `usual` was not taken from, in the order in which they were heard. */
  scores: Type.Array(Type.Number(), { minItems: fewest }),
  /** Of each stretch. */
  seconds: Type.Number({ exclusiveMinimum: 0 }),
  /** ms UTC */
  learnedAt: Type.Number(),
});
export type Calibration = Static<typeof Calibration>;

/** Less beyond the usual is no word worth, however rare it is. */
export const leastExcess = 0.1;
const usualShare = 0.9;
const folds = 5;

/**
 * Learns from a machine's normal stretches, in their order: what was held back of them tells how far normal sound goes beyond
 * what the rest say is usual (cross-conformal: Vovk, 2015).
 * @param rows shares of each stretch; `fewest` at least
 */
export function calibrated(
  { version, labels }: Pick<Card, 'version' | 'labels'>,
  rows: readonly Shares[],
  seconds: number,
): Calibration {
  const size = Math.ceil(rows.length / folds);
  const scores = Array.from({ length: folds }, (_, i) => {
    const [from, to] = [i * size, (i + 1) * size];
    const usual = usualOf([...rows.slice(0, from), ...rows.slice(to)], labels.length);
    return rows.slice(from, to).map((shares) => excessOf(shares, usual, labels).score);
  }).flat();
  return { version, labels: [...labels], usual: usualOf(rows, labels.length), scores, seconds, learnedAt: Date.now() };
}

/** Whether it is of this model. */
export function isOf({ version, labels }: Calibration, card: Pick<Card, 'version' | 'labels'>): boolean {
  return version === card.version && labels.join('\0') === card.labels.join('\0');
}

/** The condition that goes furthest beyond what is usual for this machine, and how far: 0 to 1. */
export function excessOf(
  shares: Shares,
  usual: readonly number[],
  labels: readonly string[],
): { readonly score: number; readonly label: number } {
  let [score, label] = [0, labels.indexOf(normal)];
  for (const [i, share] of shares.entries()) {
    const beyond = share - (usual[i] ?? 0);
    if (labels[i] === normal || beyond <= score) continue;
    [score, label] = [beyond, i];
  }
  return { score, label };
}

function usualOf(rows: readonly Shares[], count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const sorted = rows.map((shares) => shares[i] ?? 0).sort((a, b) => a - b);
    return sorted[Math.floor(usualShare * (sorted.length - 1))] ?? 0;
  });
}
