import { tailOf } from './tail.js';

/** When an alarm begins: evidence adds up until normal sound would do so only as often as was allowed. */
export interface Rule {
  /** A stretch above it is strange by itself: one normal stretch in a hundred is. */
  readonly threshold: number;
  /** Of the evidence that has added up: from here on it is an alarm. */
  readonly limit: number;
  /** Stretches in a row that must speak against it until it is over. */
  readonly quiet: number;
  /** What a stretch of this score says: above 0 for something strange, below for nothing. */
  evidence(score: number): number;
}

const day = 86_400;
const shown = 0.01;
/** Of the bet κ pᵏ⁻¹ on small p: it wins where p is below a thirteenth. */
const kappa = 0.1;
/** So many stretches at least: a knock is none of the machine's faults, and not the last of its kind. */
const fewest = 3;
const leastQuiet = 5;

/**
 * The rule that normal sound breaks `perDay` times a day at most. How rare a score is follows from those of normal sound that
 * the detectors had not seen (a conformal p-value: Vovk, Gammerman & Shafer, 2005), beyond the largest of them from their
 * tail. A bet on small p turns it into an e-value, and their running product, begun anew whenever it has lost, reaches c
 * once in c stretches at the earliest (e-detectors: Shin, Ramdas & Rinaldo, 2023; the bet: Shafer, 2021). So one that is
 * strange beyond all counts for much, and what is a little strange for half a minute is found as well. What lasts longer
 * than a stretch would count again and again: the root by as many stretches as scores stay alike mends that, since a
 * geometric mean of e-values is no larger than their mean.
 * @param calibration scores of normal sound in the order in which it was heard
 * @param seconds of each stretch
 */
export function ruleFor(calibration: readonly number[], seconds: number, perDay: number): Rule {
  const rarity = rarityOf(calibration);
  const limit = Math.max(1, Math.log(day / (perDay * seconds)));
  const bet = (score: number): number => Math.log(kappa) - (1 - kappa) * Math.log(rarity(score));
  const alike = alikeFor(calibration.map(bet));
  const sorted = calibration.toSorted((a, b) => b - a);
  const rank = Math.max(1, Math.floor(shown * (calibration.length + 1)));
  return {
    threshold: sorted[rank - 1] as number,
    limit,
    quiet: Math.max(leastQuiet, Math.ceil(alike)),
    evidence: (score) => Math.min(bet(score) / alike, limit / fewest),
  };
}

/** For judges that know a threshold and no more: so many stretches above it as are below it, and `fewest`. */
export function plainRule(threshold: number): Rule {
  const evidence = (score: number): number => (score > threshold ? 1 : -1);
  return { threshold, limit: fewest, quiet: leastQuiet, evidence };
}

/** With which probability normal sound scores as much; never 0. */
function rarityOf(calibration: readonly number[]): (score: number) => number {
  const sorted = Float64Array.from(calibration).sort();
  const largest = sorted.at(-1) as number;
  const tail = tailOf(sorted);
  const least = 1 / (sorted.length + 1);
  return (score) => {
    if (score > largest) return Math.max(Number.MIN_VALUE, (least * tail(score)) / tail(largest));
    return (countFrom(sorted, score) + 1) * least;
  };
}

/** How many are as large, at least. */
function countFrom(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return sorted.length - low;
}

/** For how many stretches values stay alike: the sum of their autocorrelation, as far as it is more than chance. */
function alikeFor(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const off = values.map((value) => value - mean);
  const variance = off.reduce((sum, value) => sum + value * value, 0);
  const chance = 2 / Math.sqrt(values.length);
  let alike = 1;
  for (let lag = 1; lag < values.length / 4; lag++) {
    let together = 0;
    for (let i = lag; i < off.length; i++) together += (off[i] as number) * (off[i - lag] as number);
    if (!(together > chance * variance)) break;
    alike += (2 * together) / variance;
  }
  return alike;
}
