/** Share of the values that are the tail, and the fewest that tell its shape. */
const share = 0.1;
const fewest = 10;
/** Heavier ones have no variance: what a few dozen values say of them is chance. */
const heaviest = 0.5;

/**
 * How the largest values thin out: a generalised Pareto distribution through them (peaks over threshold), by probability-
 * weighted moments (Hosking & Wallis, 1987), never with an end.
 * @param sorted ascending
 * @returns the share of the tail that lies beyond a value in it
 */
export function tailOf(sorted: Float64Array): (value: number) => number {
  const count = Math.min(sorted.length, Math.max(fewest, Math.floor(share * sorted.length)));
  const from = sorted[Math.max(0, sorted.length - count - 1)] as number;
  const [first, second] = momentsOf(sorted.subarray(-count), from);
  // values that are all the same have no tail
  const shape = first > 2 * second ? Math.min(heaviest, Math.max(0, 2 - first / (first - 2 * second))) : 0;
  const scale = Math.max(first * (1 - shape), Number.EPSILON);
  return (value) => {
    const x = Math.max(0, value - from) / scale;
    return shape < 1e-6 ? Math.exp(-x) : (1 + shape * x) ** (-1 / shape);
  };
}

/** Of what lies over `from`: the mean, and the mean weighted by the share of values that are larger. */
function momentsOf(values: Float64Array, from: number): [number, number] {
  let [first, second] = [0, 0];
  for (const [i, value] of values.entries()) {
    first += (value - from) / values.length;
    second += ((value - from) * (values.length - 1 - i)) / (values.length * Math.max(1, values.length - 1));
  }
  return [first, second];
}
