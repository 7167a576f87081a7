import type { OnnxGraph } from '../onnx/encode.js';
import { Graph, type Value } from '../onnx/graph.js';
import { product } from './network.js';

/** As in the paper (arXiv 1412.6980) and as PyTorch has it. */
const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/** What fits into a core's second-level cache with all that is made of it: ten times fewer trips to memory. */
const piece = 16_384;

/** A parameter, or one of its two moments: the sums that Adam keeps, without their factors (1 - beta). */
export interface Moments {
  readonly parameter: Value;
  readonly first: Value;
  readonly second: Value;
}

/** In which shape a parameter and its moments are kept: large ones in the pieces that they are worked on in. */
export function keptShape(dims: readonly number[]): readonly number[] {
  const pieces = piecesOf(product(dims));
  return pieces === 1 ? dims : [pieces, product(dims) / pieces];
}

/**
 * One step of Adam.
 * @param now in `keptShape(dims)`, as is the result
 * @param gradient in `dims`
 */
export function adam(graph: Graph, now: Moments, dims: readonly number[], gradient: Value, sizes: StepSizes): Moments {
  const shape = keptShape(dims);
  if (shape === dims) return update(graph, now, gradient, sizes);
  const body = pieceOf(now.parameter, shape[1] as number, sizes);
  const rows = graph.op('Reshape', [gradient, graph.ints(...shape)]);
  const scanned = [now.parameter, now.first, now.second, rows];
  const [parameter, first, second] = graph.ops('Scan', scanned, 3, { body, num_scan_inputs: 4 });
  return { parameter: parameter as Value, first: first as Value, second: second as Value };
}

function pieceOf(name: string, width: number, sizes: StepSizes): OnnxGraph {
  const body = new Graph(`${name}.adam`);
  const [parameter, first, second, slope] = ['parameter', 'first', 'second', 'gradient'].map((input) =>
    body.input(`${name}.${input}`, [width]),
  ) as [Value, Value, Value, Value];
  const after = update(body, { parameter, first, second }, slope, sizes);
  for (const value of [after.parameter, after.first, after.second]) body.expose(value, [width]);
  return body.build();
}

/** Inputs of the graph, from `stepSizes`. */
export interface StepSizes {
  readonly rate: Value;
  readonly epsilon: Value;
}

/** @param step from 1 */
export function stepSizes(step: number, rate: number): { rate: number; epsilon: number } {
  const first = (1 - beta1) / (1 - beta1 ** step);
  const second = Math.sqrt((1 - beta2) / (1 - beta2 ** step));
  return { rate: (rate * first) / second, epsilon: epsilon / second };
}

function update(graph: Graph, now: Moments, gradient: Value, sizes: StepSizes): Moments {
  const first = graph.op('Add', [graph.op('Mul', [now.first, graph.scalar(beta1)]), gradient]);
  const squared = graph.op('Mul', [gradient, gradient]);
  const second = graph.op('Add', [graph.op('Mul', [now.second, graph.scalar(beta2)]), squared]);
  const size = graph.op('Add', [graph.op('Sqrt', [second]), sizes.epsilon]);
  const change = graph.op('Mul', [graph.op('Div', [first, size]), sizes.rate]);
  return { parameter: graph.op('Sub', [now.parameter, change]), first, second };
}

/** In how many equal pieces of about `piece` numbers; 1 where it is small or does not divide. */
function piecesOf(count: number): number {
  if (count <= 2 * piece) return 1;
  const fewest = Math.ceil(count / (2 * piece));
  for (let pieces = Math.ceil(count / piece); pieces >= fewest; pieces--) if (count % pieces === 0) return pieces;
  for (let pieces = Math.ceil(count / piece); pieces <= 8 * fewest; pieces++) if (count % pieces === 0) return pieces;
  return 1;
}
