import type { Graph, Value } from '../onnx/graph.js';
import { type Network, outputsOf, shapesOf } from './network.js';

/** Parameter values by name. */
export type Values = Readonly<Record<string, Value>>;

interface Step {
  readonly input: Value;
  readonly output: Value;
  /** Where each maximum lay. */
  readonly indices?: Value;
}

/** What the network makes of `x`, layer by layer. @param indices whether pools are to remember where their maxima lay */
function steps(graph: Graph, network: Network, x: Value, values: Values, indices: boolean): Step[] {
  const done: Step[] = [];
  const shapes = shapesOf(network);
  let input = x;
  for (const [i, layer] of network.layers.entries()) {
    const step = ((): Step => {
      const weights = values[`w${i}`] as Value;
      const bias = values[`b${i}`] as Value;
      switch (layer.kind) {
        case 'conv':
          return { input, output: graph.op('Conv', [input, weights, bias], { pads: [1, 1, 1, 1] }) };
        case 'dense': {
          const flat = shapes[i]?.length === 1 ? input : graph.op('Flatten', [input]);
          return { input: flat, output: graph.op('Add', [graph.op('MatMul', [flat, weights]), bias]) };
        }
        case 'relu':
          return { input, output: graph.op('Relu', [input]) };
        case 'pool': {
          const [output, found] = graph.ops('MaxPool', [input], indices ? 2 : 1, {
            kernel_shape: [2, 2],
            strides: [2, 2],
          });
          return { input, output: output as Value, ...(found ? { indices: found } : {}) };
        }
      }
    })();
    done.push(step);
    input = step.output;
  }
  return done;
}

/** @param x [n, ...input] @returns [n, outputs] */
export function forward(graph: Graph, network: Network, x: Value, values: Values): Value {
  return steps(graph, network, x, values, false).at(-1)?.output ?? x;
}

export interface Gradients {
  /** Scalar: mean over the batch. */
  readonly loss: Value;
  /** By parameter name, each in its parameter's shape. */
  readonly gradients: Values;
}

/**
 * Loss and the gradient of every parameter, by reverse accumulation.
 * @param x [batch, ...input]
 * @param y [batch, outputs]: what should come out; with cross-entropy, the probability of each class
 */
export function backward(graph: Graph, network: Network, batch: number, x: Value, y: Value, values: Values): Gradients {
  const done = steps(graph, network, x, values, true);
  const shapes = shapesOf(network);
  const prediction = done.at(-1)?.output ?? x;
  const { loss, gradient } = lossOf(graph, network, batch, prediction, y);
  const gradients: Record<string, Value> = {};
  let error = gradient;
  for (let i = done.length - 1; i >= 0; i--) {
    const layer = network.layers[i];
    const { input, output, indices } = done[i] as Step;
    const shape = shapes[i] as readonly number[];
    const weights = values[`w${i}`] as Value;
    // nothing before the first layer is learned
    const first = i === 0;
    switch (layer?.kind) {
      case 'relu':
        // what comes out of a ReLU is its own mask
        error = graph.op('Mul', [error, graph.op('Sign', [output])]);
        break;
      case 'pool':
        error = graph.op('MaxUnpool', [error, indices as Value, graph.ints(batch, ...shape)], {
          kernel_shape: [2, 2],
          strides: [2, 2],
        });
        break;
      case 'dense': {
        gradients[`b${i}`] = graph.op('ReduceSum', [error, graph.ints(0)], { keepdims: 0 });
        gradients[`w${i}`] = graph.op('Gemm', [input, error], { transA: 1 });
        if (first) break;
        const back = graph.op('Gemm', [error, weights], { transB: 1 });
        error = shape.length === 1 ? back : graph.op('Reshape', [back, graph.ints(batch, ...shape)]);
        break;
      }
      case 'conv': {
        gradients[`b${i}`] = graph.op('ReduceSum', [error, graph.ints(0, 2, 3)], { keepdims: 0 });
        gradients[`w${i}`] = convWeights(graph, batch, input, shape, error, layer.channels);
        if (!first) error = graph.op('Conv', [error, mirrored(graph, weights)], { pads: [1, 1, 1, 1] });
        break;
      }
      case undefined:
        break;
    }
  }
  return { loss, gradients };
}

function lossOf(graph: Graph, network: Network, batch: number, prediction: Value, y: Value) {
  const count = batch * outputsOf(network);
  if (network.loss === 'mse') {
    const off = graph.op('Sub', [prediction, y]);
    const loss = graph.op('ReduceMean', [graph.op('Mul', [off, off])], { keepdims: 0 });
    return { loss, gradient: graph.op('Mul', [off, graph.scalar(2 / count)]) };
  }
  const logarithms = graph.op('LogSoftmax', [prediction], { axis: 1 });
  const sum = graph.op('ReduceSum', [graph.op('Mul', [y, logarithms])], { keepdims: 0 });
  const off = graph.op('Sub', [graph.op('Exp', [logarithms]), y]);
  return {
    loss: graph.op('Mul', [sum, graph.scalar(-1 / batch)]),
    gradient: graph.op('Mul', [off, graph.scalar(1 / batch)]),
  };
}

/** The gradient towards the input is a convolution with the weights mirrored and their channels exchanged. */
function mirrored(graph: Graph, weights: Value): Value {
  const exchanged = graph.op('Transpose', [weights], { perm: [1, 0, 2, 3] });
  const beforeAll = -(2 ** 31);
  return graph.op('Slice', [
    exchanged,
    graph.ints(-1, -1),
    graph.ints(beforeAll, beforeAll),
    graph.ints(2, 3),
    graph.ints(-1, -1),
  ]);
}

/**
 * The gradient of a convolution's weights as matrix products (im2col): one per position in the kernel, of what came in,
 * moved by that position, with the error. As one convolution with the error as its kernel it takes two to four times as long.
 */
function convWeights(
  graph: Graph,
  batch: number,
  input: Value,
  [channels = 0, height = 0, width = 0]: readonly number[],
  error: Value,
  outputs: number,
): Value {
  const area = height * width;
  const padded = graph.op('Pad', [input, graph.ints(0, 0, 1, 1, 0, 0, 1, 1)]);
  const moved = [0, 1, 2].flatMap((y) =>
    [0, 1, 2].map((x) =>
      graph.op('Slice', [padded, graph.ints(y, x), graph.ints(y + height, x + width), graph.ints(2, 3)]),
    ),
  );
  const errors = graph.op('Reshape', [error, graph.ints(batch, outputs, area)]);
  // few channels make thin products: then all positions go into one
  const columns = channels < 8 ? [graph.op('Concat', moved, { axis: 1 })] : moved;
  const sums = columns.map((column) => {
    const flat = graph.op('Reshape', [column, graph.ints(batch, -1, area)]);
    const each = graph.op('FusedMatMul', [errors, flat], { transB: 1 }, 'com.microsoft');
    return graph.op('ReduceSum', [each, graph.ints(0)], { keepdims: 0 });
  });
  const all = sums.length === 1 ? (sums[0] as Value) : graph.op('Concat', sums, { axis: 1 });
  const byPosition = graph.op('Reshape', [all, graph.ints(outputs, 9, channels)]);
  const byChannel = graph.op('Transpose', [byPosition], { perm: [0, 2, 1] });
  return graph.op('Reshape', [byChannel, graph.ints(outputs, channels, 3, 3)]);
}
