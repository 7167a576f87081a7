import { Graph, type Value } from '../onnx/graph.js';
import { adam } from './adam.js';
import { backward, forward, type Values } from './gradient.js';
import { type Network, outputsOf, type Parameter, parametersOf } from './network.js';

/**
 * One step of training as a model: in go `x` [batch, ...input], `y` [batch, outputs], `rate`, `epsilon`, and each
 * parameter with its two moments; out come `loss` and the same again, named `….next`.
 */
export function stepModel(network: Network, batch: number): Buffer {
  const graph = new Graph('step');
  const x = graph.input('x', [batch, ...network.input]);
  const y = graph.input('y', [batch, outputsOf(network)]);
  const sizes = { rate: graph.input('rate', []), epsilon: graph.input('epsilon', []) };
  const parameters = parametersOf(network);
  const values = inputs(graph, parameters);
  const { loss, gradients } = backward(graph, network, batch, x, y, values);
  graph.output('loss', loss, []);
  for (const { name, dims } of parameters) adam(graph, name, dims, gradients[name] as Value, sizes);
  return graph.encode();
}

/** In go `x` [n, ...input] and the parameters, out comes `prediction` [n, outputs], before any softmax. */
export function forwardModel(network: Network): Buffer {
  const graph = new Graph('forward');
  const x = graph.input('x', ['n', ...network.input]);
  const values = inputs(graph, parametersOf(network));
  graph.output('prediction', forward(graph, network, x, values), ['n', outputsOf(network)]);
  return graph.encode();
}

function inputs(graph: Graph, parameters: readonly Parameter[]): Values {
  return Object.fromEntries(parameters.map(({ name, dims }) => [name, graph.input(name, dims)]));
}
