import { type Detector, detectors, type Fitted, fitDetectors, type Scores, scoresOf } from './detectors.js';
import { type Matrix, matrixOf, pick, quantileOf, rowOf } from './matrix.js';

/** Where a detector's scores lie for normal sound: `(score - centre) / width` is 0 for usual and 1 for one in ten. */
export interface Usual {
  readonly centre: number;
  readonly width: number;
}

/** Some of the features, looked at together. */
export interface View {
  readonly columns: readonly number[];
  readonly fitted: Fitted;
  readonly usual: Readonly<Record<Detector, Usual>>;
}

/** Learned from normal sound alone. */
export interface Normal {
  /** Of each feature; the standard deviation with half a decibel in it, which no microphone resolves. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  readonly views: readonly View[];
  /** Fused scores of normal sound that the detectors had not seen, in the order in which it was heard. */
  readonly calibration: readonly number[];
}

/** Fewer stretches than this say nothing about what is usual. */
export const fewest = 20;
/** More than this are thinned out: they cost time with every second that is scored, and add little. */
export const mostRows = 2000;
const resolution = 0.5;
/** Neighbours in time sound alike, so halves are made of stretches this many to the whole, not of single rows. */
const stretches = 4;
const oneInTen = 0.9;

/**
 * @param rows features of normal sound, in the order in which it was heard; `fewest` at least
 * @param views columns that are looked at together; all of them unless said
 */
export function fitNormal(rows: readonly Float64Array[], views?: readonly (readonly number[])[]): Normal {
  const kept = thinned(rows);
  const { mean, deviation } = spreadOf(matrixOf(kept));
  const standard = kept.map((row) => standardised(row, mean, deviation));
  const columns = views ?? [[...mean.keys()]];
  const fitted = columns.map((own) => fitView(standard, own));
  return {
    mean,
    deviation,
    views: fitted.map(({ view }) => view),
    calibration: kept.map((_, i) => meanOf(fitted.map(({ unseen }) => unseen[i] as number))),
  };
}

/** With the scores of its rows by detectors that had not seen them. */
function fitView(standard: readonly Float64Array[], columns: readonly number[]): { view: View; unseen: number[] } {
  const rows = matrixOf(standard.map((row) => columnsOf(row, columns)));
  const unseen = scoresOfUnseen(rows);
  const usual = usualOf(unseen);
  return {
    view: { columns, fitted: fitDetectors(rows), usual },
    unseen: unseen.map((scores) => fuse(scores, usual)),
  };
}

/** 0 is usual, 1 what one stretch in ten reaches by one detector; beyond all limits for what was never heard. */
export function scoreOf({ mean, deviation, views }: Normal, features: Float64Array): number {
  const standard = standardised(features, mean, deviation);
  return meanOf(views.map(({ columns, fitted, usual }) => fuse(scoresOf(fitted, columnsOf(standard, columns)), usual)));
}

function columnsOf(row: Float64Array, columns: readonly number[]): Float64Array {
  return Float64Array.from(columns, (column) => row[column] as number);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How many standard deviations each feature is off. */
export function standardised(row: Float64Array, mean: Float64Array, deviation: Float64Array): Float64Array {
  return row.map((value, i) => (value - (mean[i] as number)) / (deviation[i] as number));
}

/** Strange is what every detector finds strange. */
function fuse(scores: Scores, usual: Readonly<Record<Detector, Usual>>): number {
  return Math.min(...detectors.map((name) => (scores[name] - usual[name].centre) / usual[name].width));
}

function thinned(rows: readonly Float64Array[]): readonly Float64Array[] {
  if (rows.length <= mostRows) return rows;
  return Array.from({ length: mostRows }, (_, i) => rows[Math.floor((i * rows.length) / mostRows)] as Float64Array);
}

function spreadOf(rows: Matrix): { mean: Float64Array; deviation: Float64Array } {
  const mean = new Float64Array(rows.columns);
  const squares = new Float64Array(rows.columns);
  for (let i = 0; i < rows.rows; i++)
    for (const [j, value] of rowOf(rows, i).entries()) (mean[j] as number) += value / rows.rows;
  for (let i = 0; i < rows.rows; i++)
    for (const [j, value] of rowOf(rows, i).entries())
      (squares[j] as number) += (value - (mean[j] as number)) ** 2 / rows.rows;
  return { mean, deviation: squares.map((square) => Math.sqrt(square + resolution ** 2)) };
}

/** Each row by detectors that were fitted without its stretch. */
function scoresOfUnseen(rows: Matrix): Scores[] {
  const indices = Array.from({ length: rows.rows }, (_, i) => i);
  const isEven = (i: number): boolean => Math.floor((i * stretches) / rows.rows) % 2 === 0;
  const [even, odd] = [true, false].map((wanted) =>
    fitDetectors(
      pick(
        rows,
        indices.filter((i) => isEven(i) === wanted),
      ),
    ),
  ) as [Fitted, Fitted];
  return indices.map((i) => scoresOf(isEven(i) ? odd : even, rowOf(rows, i)));
}

function usualOf(scores: readonly Scores[]): Record<Detector, Usual> {
  const of = (name: Detector): Usual => {
    const values = scores.map((each) => each[name]);
    const centre = quantileOf(values, 0.5);
    return { centre, width: Math.max(quantileOf(values, oneInTen) - centre, Number.EPSILON) };
  };
  return {
    neighbours: of('neighbours'),
    density: of('density'),
    mahalanobis: of('mahalanobis'),
    residual: of('residual'),
  };
}
