/** Rows of equal length, one after the other. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

export function matrixOf(rows: readonly ArrayLike<number>[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const values = new Float64Array(rows.length * columns);
  for (const [i, row] of rows.entries()) values.set(row, i * columns);
  return { rows: rows.length, columns, values };
}

export function rowOf({ columns, values }: Matrix, row: number): Float64Array {
  return values.subarray(row * columns, (row + 1) * columns);
}

export function pick(matrix: Matrix, rows: readonly number[]): Matrix {
  return matrixOf(rows.map((row) => rowOf(matrix, row)));
}

export function meanOf({ rows, columns, values }: Matrix): Float64Array {
  const mean = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) (mean[i % columns] as number) += (values[i] as number) / rows;
  return mean;
}

export function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    sum += difference * difference;
  }
  return sum;
}

/** Of rows whose mean is `mean`; symmetric, columns times columns. */
export function covarianceOf(matrix: Matrix, mean: Float64Array): Matrix {
  const { rows, columns } = matrix;
  const values = new Float64Array(columns * columns);
  const centred = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const own = rowOf(matrix, row);
    for (let i = 0; i < columns; i++) centred[i] = (own[i] as number) - (mean[i] as number);
    for (let i = 0; i < columns; i++) {
      const factor = (centred[i] as number) / rows;
      for (let j = 0; j <= i; j++) (values[i * columns + j] as number) += factor * (centred[j] as number);
    }
  }
  for (let i = 0; i < columns; i++)
    for (let j = 0; j < i; j++) values[j * columns + i] = values[i * columns + j] as number;
  return { rows: columns, columns, values };
}

/** @param share from 0 to 1; between two values the line through them */
export function quantileOf(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  return below + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] as number) - below);
}
