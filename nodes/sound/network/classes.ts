import type { Card } from '../../inference/card.js';
import { inWords, normal, off } from './conditions.js';
import { say } from './texts.js';

/** How likely each label is, by its index. */
export type Shares = readonly number[];

/**
 * A network that learned ones and zeros by mean squared error gives the share of each class itself, apart from noise below
 * zero (the mean of what was to come out is what makes that error least); others say how theirs is to be had.
 */
export function sharesOf(outputs: ArrayLike<number>, activation: 'none' | 'softmax' | 'sigmoid'): Shares {
  const values = Array.from(outputs, Number);
  if (activation === 'sigmoid') return values.map((value) => 1 / (1 + Math.exp(-value)));
  const largest = Math.max(...values);
  const parts = values.map((value) => (activation === 'softmax' ? Math.exp(value - largest) : Math.max(0, value)));
  const all = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => (all > 0 ? part / all : 1 / values.length));
}

export interface Told {
  /** How sure it is that this is not normal, 0 to 1. */
  readonly score: number;
  /** Most likely of all, and how likely. */
  readonly condition: string;
  readonly sure: number;
  /** It stands still, and that is all. */
  readonly isOff: boolean;
  reasons(): string[];
}

/**
 * The same by what is usual for the machine: a condition that it is always taken for is none.
 * @param label of the condition that goes furthest beyond that
 * @param score how far
 */
export function toldBeyond(
  shares: Shares,
  { labels }: Pick<Card, 'labels'>,
  { score, label }: { readonly score: number; readonly label: number },
  usual: readonly number[],
): Told {
  const share = shares[label] ?? 0;
  const condition = labels[label] ?? normal;
  return {
    score,
    condition,
    sure: share,
    isOff: condition === off,
    reasons: () => [
      say('beyond', {
        condition: inWords(condition),
        share: Math.round(100 * share),
        usual: Math.round(100 * (usual[label] ?? 0)),
      }),
    ],
  };
}

/** Worth a word beside the most likely one. */
const remarkable = 0.1;
const mostReasons = 3;

export function toldBy(shares: Shares, { labels }: Pick<Card, 'labels'>): Told {
  const ranked = shares
    .map((share, i) => ({ share, label: labels[i] ?? String(i + 1) }))
    .sort((a, b) => b.share - a.share);
  const strange = ranked.filter(({ label }) => label !== normal);
  const usual = ranked.find(({ label }) => label === normal);
  const [first = { label: normal, share: 1 }] = ranked;
  return {
    score: usual ? 1 - usual.share : first.share,
    condition: first.label,
    sure: first.share,
    isOff: strange[0]?.label === off,
    reasons: () =>
      strange
        .filter(({ share }, i) => i === 0 || share >= remarkable)
        .slice(0, mostReasons)
        .map(({ label, share }, i) =>
          say(i === 0 ? 'sure' : 'or', { condition: inWords(label), share: Math.round(100 * share) }),
        ),
  };
}
