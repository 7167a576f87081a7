import { type Eigen, eigenOf } from './eigen.js';
import { covarianceOf, type Matrix, matrixOf, meanOf, pick, quantileOf, rowOf, squaredDistance } from './matrix.js';

export const detectors = ['neighbours', 'density', 'mahalanobis', 'residual'] as const;
export type Detector = (typeof detectors)[number];
/** Larger is stranger; in no unit. */
export type Scores = Readonly<Record<Detector, number>>;

/** Directions in which rows differ from `mean`. */
export interface Directions {
  readonly mean: Float64Array;
  /** One unit vector a row. */
  readonly vectors: Matrix;
  /** Of each: the variance along it, or the furthest that counts as explained. */
  readonly reach: Float64Array;
}

/** All that is known of the normal rows. */
export interface Fitted {
  readonly rows: Matrix;
  /** Neighbours that are asked. */
  readonly k: number;
  /** How far the k neighbours of each row are, on average. */
  readonly reach: Float64Array;
  readonly shape: Directions;
  readonly main: Directions;
}

/**
 * How much of the normal rows a state must fill to count as normal by itself. A share and not a number of neighbours: a
 * machine heard for an hour may have stood still for some minutes of it, and that is no proof that standing still is as
 * normal as running. (The mass of the distance to a measure: Chazal, Cohen-Steiner & Mérigot, 2011.)
 */
const mass = 0.1;
/** Share of the variance that is explained, and of the rows that count, for the residual. */
const explained = 0.9;
const core = 0.9;

/** @param rows normal ones, standardised */
export function fitDetectors(rows: Matrix): Fitted {
  const k = Math.max(1, Math.floor(mass * rows.rows));
  const reach = Float64Array.from({ length: rows.rows }, (_, i) => {
    const distances = distancesTo(rows, rowOf(rows, i));
    distances[i] = Number.POSITIVE_INFINITY;
    return meanOfLeast(distances, k);
  });
  return { rows, k, reach, shape: shapeOf(rows), main: mainOf(rows, reach) };
}

/**
 * The distance to the neighbours; the same in units of how far those are from their own (Wilkinghoff, "Local density-based
 * anomaly score normalization", 2025); Mahalanobis' distance; and what the main directions don't explain.
 */
export function scoresOf({ rows, k, reach, shape, main }: Fitted, features: Float64Array): Scores {
  const distances = distancesTo(rows, features);
  const relative = distances.map((distance, i) => distance / Math.max(reach[i] as number, Number.EPSILON));
  return {
    neighbours: meanOfLeast(distances, k),
    density: meanOfLeast(relative, k),
    mahalanobis: Math.sqrt(sizeOf(shape, features) / rows.columns),
    residual: Math.sqrt(unexplained(main, features) / rows.columns),
  };
}

function distancesTo(rows: Matrix, features: Float64Array): Float64Array {
  const distances = new Float64Array(rows.rows);
  for (let i = 0; i < rows.rows; i++) distances[i] = Math.sqrt(squaredDistance(rowOf(rows, i), features));
  return distances;
}

function meanOfLeast(distances: Float64Array, k: number): number {
  const least = distances.toSorted().subarray(0, k);
  return least.reduce((sum, distance) => sum + distance, 0) / k;
}

/** Covariance shrunk towards a sphere by as much as its own uncertainty asks for: Ledoit & Wolf, 2004. */
function shapeOf(rows: Matrix): Directions {
  const mean = meanOf(rows);
  const covariance = covarianceOf(rows, mean);
  const { values, vectors } = eigenOf(covariance);
  const average = values.reduce((sum, value) => sum + value, 0) / rows.columns;
  const shrinkage = shrinkageOf(rows, mean, covariance, average);
  return { mean, vectors, reach: values.map((value) => (1 - shrinkage) * value + shrinkage * average) };
}

function shrinkageOf(rows: Matrix, mean: Float64Array, covariance: Matrix, average: number): number {
  const { columns } = rows;
  const squares = covariance.values.reduce((sum, value) => sum + value * value, 0);
  const spread = squares - columns * average ** 2;
  // Σ |x xᵀ - S|² over the rows is Σ |x|⁴ - n |S|²
  let fourth = 0;
  for (let row = 0; row < rows.rows; row++) fourth += squaredDistance(rowOf(rows, row), mean) ** 2;
  const uncertainty = (fourth / rows.rows - squares) / rows.rows;
  return spread > 0 ? Math.min(1, Math.max(0, uncertainty / spread)) : 1;
}

/** Of the rows that have neighbours: a few strange ones among the normal must not be what is explained best. */
function mainOf(rows: Matrix, reach: Float64Array): Directions {
  const limit = quantileOf(reach, core);
  const typical = pick(
    rows,
    [...reach.keys()].filter((i) => (reach[i] as number) <= limit),
  );
  const mean = meanOf(typical);
  const eigen = eigenOf(covarianceOf(typical, mean));
  const kept = directionsFor(eigen);
  const vectors = matrixOf(Array.from({ length: kept }, (_, i) => rowOf(eigen.vectors, i)));
  const furthest = new Float64Array(kept);
  for (let row = 0; row < typical.rows; row++) {
    for (const [i, along] of projections({ mean, vectors }, rowOf(typical, row)).entries())
      furthest[i] = Math.max(furthest[i] as number, Math.abs(along));
  }
  return { mean, vectors, reach: furthest };
}

function directionsFor({ values }: Eigen): number {
  const total = values.reduce((sum, value) => sum + value, 0);
  let kept = 0;
  for (let sum = 0; kept < values.length && sum < explained * total; kept++) sum += values[kept] as number;
  return kept;
}

/** Squared, each direction in units of its variance. */
function sizeOf(directions: Directions, features: Float64Array): number {
  return projections(directions, features).reduce(
    (sum, along, i) => sum + along ** 2 / (directions.reach[i] as number),
    0,
  );
}

/**
 * Squared: what lies beside the main directions, and along them what goes further than anything normal did. Without the
 * second a machine that is louder all over would be explained, because loudness is what varies most.
 */
function unexplained(main: Directions, features: Float64Array): number {
  let left = squaredDistance(features, main.mean);
  for (const [i, along] of projections(main, features).entries()) {
    const within = Math.min(Math.abs(along), main.reach[i] as number);
    left += (Math.abs(along) - within) ** 2 - along ** 2;
  }
  return Math.max(0, left);
}

function projections({ mean, vectors }: Pick<Directions, 'mean' | 'vectors'>, features: Float64Array): Float64Array {
  return Float64Array.from({ length: vectors.rows }, (_, i) => {
    const vector = rowOf(vectors, i);
    let along = 0;
    for (let j = 0; j < vector.length; j++)
      along += (vector[j] as number) * ((features[j] as number) - (mean[j] as number));
    return along;
  });
}
