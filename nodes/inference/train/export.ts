import { Graph, type Value } from '../onnx/graph.js';
import { forward } from './gradient.js';
import { type Network, outputsOf, type Parameter, parametersOf, product } from './network.js';

/** What of a parameter is small stays as it is. */
const smallest = 1_024;

/**
 * The network with its parameters as a model to be run: `x` [n, ...input] to `y` [n, outputs]. Weights are 8-bit integers
 * with a scale per output; the runtime turns them into floats when it loads them, so that it runs as fast as with floats.
 */
export function inferenceModel(network: Network, parameters: Float32Array): Buffer {
  const graph = new Graph('model');
  const x = graph.input('x', ['n', ...network.input]);
  const values: Record<string, Value> = {};
  let at = 0;
  for (const parameter of parametersOf(network)) {
    const count = product(parameter.dims);
    values[parameter.name] = constant(graph, parameter, parameters.subarray(at, at + count));
    at += count;
  }
  graph.output('y', forward(graph, network, x, values), ['n', outputsOf(network)]);
  return graph.encode();
}

function constant(graph: Graph, { name, dims, fanIn }: Parameter, values: Float32Array): Value {
  if (fanIn === 0 || values.length < smallest) return graph.constant(name, values, dims);
  // weights of a convolution begin with their output, those of a dense layer end with it
  const first = dims.length === 4;
  const outputs = (first ? dims[0] : dims[1]) as number;
  const outputOf = (i: number): number => (first ? Math.floor(i / (values.length / outputs)) : i % outputs);
  const scales = new Float32Array(outputs);
  for (const [i, value] of values.entries())
    scales[outputOf(i)] = Math.max(scales[outputOf(i)] as number, Math.abs(value));
  for (const [i, largest] of scales.entries()) scales[i] = largest / 127 || 1;
  const bytes = Int8Array.from(values, (value, i) => Math.round(value / (scales[outputOf(i)] as number)));
  const whole = graph.op('Cast', [graph.constant(`${name}.int8`, bytes, dims)], { to: 1 });
  const scale = graph.constant(`${name}.scale`, scales, first ? [outputs, 1, 1, 1] : [outputs]);
  return graph.op('Mul', [whole, scale]);
}
