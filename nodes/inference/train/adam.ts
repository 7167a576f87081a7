import type { OnnxGraph } from '../onnx/encode.js';
import { Graph, type Value } from '../onnx/graph.js';
import { product } from './network.js';

/** As in the paper (arXiv 1412.6980) and as PyTorch has it. */
const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/** What fits into a core's second-level cache with all that is made of it: ten times fewer trips to memory. */
const piece = 16_384;

/** What each parameter and its moments are called among the inputs of a step; among its outputs with `next` behind it. */
export const momentNames = ['', '.first', '.second'] as const;
export const next = '.next';

interface Moments {
  readonly parameter: Value;
  readonly first: Value;
  readonly second: Value;
}

/**
 * One step of Adam: adds the moments as inputs, and the new parameter and moments as outputs. `first` and `second` hold the
 * sums without their factors (1 - beta), which are part of `stepSizes`. Shapes of large ones are of the pieces that they
 * are worked on in: only the order of the numbers counts.
 */
export function adam(graph: Graph, name: string, dims: readonly number[], gradient: Value, sizes: StepSizes): void {
  const count = product(dims);
  const pieces = piecesOf(count);
  const shape = pieces === 1 ? dims : [pieces, count / pieces];
  const [parameter, first, second] = momentNames.map((moment) =>
    moment === '' ? name : graph.input(name + moment, shape),
  ) as [Value, Value, Value];
  const names = momentNames.map((moment) => name + moment + next);
  if (pieces === 1) {
    const after = update(graph, { parameter, first, second }, gradient, sizes);
    for (const [i, value] of [after.parameter, after.first, after.second].entries()) {
      graph.output(names[i] as string, value, dims);
    }
    return;
  }
  const rows = (value: Value): Value => graph.op('Reshape', [value, graph.ints(...shape)]);
  const body = pieceOf(name, count / pieces, sizes);
  graph.outputs(names, 'Scan', [rows(parameter), first, second, rows(gradient)], { body, num_scan_inputs: 4 }, shape);
}

function pieceOf(name: string, width: number, sizes: StepSizes): OnnxGraph {
  const body = new Graph(`adam.${name}`);
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
