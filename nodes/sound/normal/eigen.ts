import { type Matrix, matrixOf } from './matrix.js';

export interface Eigen {
  /** Descending. */
  readonly values: Float64Array;
  /** One vector a row, in the order of `values`. */
  readonly vectors: Matrix;
}

const mostTurns = 60;

/**
 * Of a symmetric matrix: Householder's reduction to three diagonals, then QL with implicit shifts (Golub & Van Loan,
 * Matrix Computations, 8.3). Work grows with the cube of the size: 200 columns take some ten milliseconds.
 */
export function eigenOf({ columns: n, values }: Matrix): Eigen {
  const { diagonal, beside, vectors } = tridiagonal(values.slice(), n);
  for (let l = 0; l < n; l++) settle(diagonal, beside, vectors, n, l);
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (i, j) => (diagonal[j] as number) - (diagonal[i] as number),
  );
  return {
    values: Float64Array.from(order, (i) => diagonal[i] as number),
    vectors: matrixOf(order.map((i) => vectors.subarray(i * n, (i + 1) * n))),
  };
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** `beside[i]` is left of and above `diagonal[i]`; the first is 0. */
  readonly beside: Float64Array;
  /** Row i takes the i-th coordinate of the reduced matrix back. */
  readonly vectors: Float64Array;
}

/** @param a is overwritten */
function tridiagonal(a: Float64Array, n: number): Tridiagonal {
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let k = 0; k < n - 2; k++) {
    const mirror = mirrorOf(a, n, k);
    if (!mirror) continue;
    reflect(a, n, k + 1, mirror);
    reflectRows(vectors, n, k + 1, mirror);
  }
  return {
    diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i] as number),
    beside: Float64Array.from({ length: n }, (_, i) => (i === 0 ? 0 : (a[i * n + i - 1] as number))),
    vectors,
  };
}

/** A unit vector whose reflection leaves of column k nothing below the row k + 1; undefined where that is so already. */
function mirrorOf(a: Float64Array, n: number, k: number): Float64Array | undefined {
  const v = Float64Array.from({ length: n - k - 1 }, (_, i) => a[(k + 1 + i) * n + k] as number);
  const [first = 0] = v;
  const length = Math.hypot(...v);
  if (length === 0 || length === Math.abs(first)) return undefined;
  v[0] = first + (first >= 0 ? length : -length);
  const own = Math.hypot(...v);
  return v.map((value) => value / own);
}

/** From both sides: a - 2vpᵀ - 2pvᵀ + 4(vᵀp)vvᵀ with p = av. */
function reflect(a: Float64Array, n: number, from: number, v: Float64Array): void {
  const p = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < v.length; j++) sum += (a[i * n + from + j] as number) * (v[j] as number);
    p[i] = sum;
  }
  let along = 0;
  for (let j = 0; j < v.length; j++) along += (v[j] as number) * (p[from + j] as number);
  for (let j = 0; j < v.length; j++) (p[from + j] as number) -= along * (v[j] as number);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < v.length; j++) {
      (a[i * n + from + j] as number) -= 2 * (p[i] as number) * (v[j] as number);
      if (i < from) a[(from + j) * n + i] = a[i * n + from + j] as number;
    }
    if (i < from) continue;
    const factor = 2 * (v[i - from] as number);
    for (let j = 0; j < v.length; j++) (a[i * n + from + j] as number) -= factor * (p[from + j] as number);
  }
}

function reflectRows(m: Float64Array, n: number, from: number, v: Float64Array): void {
  const sums = new Float64Array(n);
  for (let i = 0; i < v.length; i++)
    for (let j = 0; j < n; j++) (sums[j] as number) += (v[i] as number) * (m[(from + i) * n + j] as number);
  for (let i = 0; i < v.length; i++) {
    const factor = 2 * (v[i] as number);
    for (let j = 0; j < n; j++) (m[(from + i) * n + j] as number) -= factor * (sums[j] as number);
  }
}

/** Turns until what is beside the diagonal at l is nothing. */
function settle(d: Float64Array, e: Float64Array, vectors: Float64Array, n: number, l: number): void {
  for (let turn = 0; turn < mostTurns; turn++) {
    let m = l;
    while (m < n - 1 && !isNothing(d, e, m)) m++;
    if (m === l) return;
    turnOnce(d, e, vectors, n, l, m);
  }
}

function isNothing(d: Float64Array, e: Float64Array, m: number): boolean {
  return Math.abs(e[m + 1] as number) <= Number.EPSILON * (Math.abs(d[m] as number) + Math.abs(d[m + 1] as number));
}

/** One QL step from m up to l, with Wilkinson's shift. */
function turnOnce(d: Float64Array, e: Float64Array, vectors: Float64Array, n: number, l: number, m: number): void {
  const next = e[l + 1] as number;
  const half = ((d[l + 1] as number) - (d[l] as number)) / (2 * next);
  const root = Math.hypot(half, 1);
  let g = (d[m] as number) - (d[l] as number) + next / (half + (half >= 0 ? root : -root));
  let [sin, cos, moved] = [1, 1, 0];
  for (let i = m - 1; i >= l; i--) {
    const f = sin * (e[i + 1] as number);
    const b = cos * (e[i + 1] as number);
    const r = Math.hypot(f, g);
    if (i + 2 < n) e[i + 2] = r;
    if (r === 0) {
      (d[i + 1] as number) -= moved;
      if (m + 1 < n) e[m + 1] = 0;
      return;
    }
    sin = f / r;
    cos = g / r;
    g = (d[i + 1] as number) - moved;
    const t = ((d[i] as number) - g) * sin + 2 * cos * b;
    moved = sin * t;
    d[i + 1] = g + moved;
    g = cos * t - b;
    turnRows(vectors, n, i, sin, cos);
  }
  (d[l] as number) -= moved;
  e[l + 1] = g;
  if (m + 1 < n) e[m + 1] = 0;
}

function turnRows(vectors: Float64Array, n: number, i: number, sin: number, cos: number): void {
  for (let k = 0; k < n; k++) {
    const [x, y] = [vectors[i * n + k] as number, vectors[(i + 1) * n + k] as number];
    vectors[(i + 1) * n + k] = sin * x + cos * y;
    vectors[i * n + k] = cos * x - sin * y;
  }
}
