import { type Network, parametersOf, product } from './network.js';
import type { CurvePoint } from './options.js';
import { Random } from './random.js';

/** Everything that training goes on from. */
export interface State {
  /** Parameters, first and second moments, each with the parameters one behind the other. */
  readonly moments: readonly [Float32Array, Float32Array, Float32Array];
  /** The parameters of the best epoch. */
  readonly best: Float32Array;
  readonly at: Position;
}

export interface Position {
  /** Epochs that are complete. */
  epoch: number;
  /** Steps of the present epoch that are done, and the sum of their losses. */
  step: number;
  lossSum: number;
  /** Steps in all. */
  steps: number;
  curve: CurvePoint[];
  bestScore: number;
  bestEpoch: number;
}

/** Weights as He et al. (arXiv 1502.01852) begin with them, but the last ones smaller: first guesses are near 0. Biases are 0. */
export function firstState(network: Network, seed: number): State {
  const parameters = parametersOf(network);
  const count = parameters.reduce((all, { dims }) => all + product(dims), 0);
  const values = new Float32Array(count);
  const random = new Random(seed);
  let at = 0;
  const last = parameters.findLast(({ fanIn }) => fanIn > 0);
  for (const parameter of parameters) {
    const { dims, fanIn } = parameter;
    const size = parameter === last ? 0.1 : 1;
    const deviation = fanIn === 0 ? 0 : size * Math.sqrt(2 / fanIn);
    for (const end = at + product(dims); at < end; at++) values[at] = deviation * random.normal();
  }
  return {
    moments: [values, new Float32Array(count), new Float32Array(count)],
    best: values.slice(),
    at: {
      epoch: 0,
      step: 0,
      lossSum: 0,
      steps: 0,
      curve: [],
      bestScore: Number.POSITIVE_INFINITY,
      bestEpoch: 0,
    },
  };
}
