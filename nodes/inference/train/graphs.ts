import { Graph, type Port, type Value } from '../onnx/graph.js';
import { adam, keptShape } from './adam.js';
import { backward, forward, type Values } from './gradient.js';
import { type Network, outputsOf, type Parameter, parametersOf } from './network.js';

/** What each parameter and its moments are called among the inputs of `stepsModel`; among its outputs with `next` behind it. */
export const momentNames = ['', '.first', '.second'] as const;
export const next = '.next';

/**
 * Steps of training as a model. In go `count`, `x` [count, batch, ...input], `y` [count, batch, outputs], `rate` and
 * `epsilon` [count] from `stepSizes`, and each parameter with its moments; out come `loss` [count] and the parameters and
 * moments after the last step. Several in one go, since whatever leaves the runtime is copied.
 */
export function stepsModel(network: Network, batch: number): Buffer {
  const graph = new Graph('steps');
  const parameters = parametersOf(network);
  const count = graph.input('count', [], 'int64');
  graph.input('x', ['count', batch, ...network.input]);
  graph.input('y', ['count', batch, outputsOf(network)]);
  graph.input('rate', ['count']);
  graph.input('epsilon', ['count']);
  const kept = parameters.flatMap(({ name, dims }) =>
    momentNames.map((moment): Port => ({ name: name + moment, dims: keptShape(dims) })),
  );
  for (const { name, dims } of kept) graph.input(name, dims);
  const results = kept.map(({ name, dims }): Port => ({ name: name + next, dims }));
  const inputs = [count, '', ...kept.map(({ name }) => name)];
  graph.outputs([...results, { name: 'loss', dims: ['count'] }], 'Loop', inputs, {
    body: oneStep(network, batch, parameters),
  });
  return graph.encode();
}

function oneStep(network: Network, batch: number, parameters: readonly Parameter[]) {
  const graph = new Graph('step');
  const step = graph.input('step.number', [], 'int64');
  const goesOn = graph.input('step.goes-on', [], 'bool');
  const [x, y, rate, epsilon] = ['x', 'y', 'rate', 'epsilon'].map((all) => graph.op('Gather', [all, step])) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const moments = parameters.map(({ name, dims }) => {
    const [parameter, first, second] = momentNames.map((moment) =>
      graph.input(`step.${name}${moment}`, keptShape(dims)),
    ) as [Value, Value, Value];
    return { parameter, first, second };
  });
  const values = Object.fromEntries(
    parameters.map(({ name, dims }, i) => [
      name,
      graph.op('Reshape', [moments[i]?.parameter as Value, graph.ints(...dims)]),
    ]),
  );
  const { loss, gradients } = backward(graph, network, batch, x, y, values);
  const after = parameters.map(({ name, dims }, i) =>
    adam(graph, moments[i] as (typeof moments)[number], dims, gradients[name] as Value, { rate, epsilon }),
  );
  graph.output('step.went-on', goesOn, [], 'bool');
  for (const [i, { parameter, first, second }] of after.entries()) {
    const shape = keptShape(parameters[i]?.dims ?? []);
    for (const value of [parameter, first, second]) graph.expose(value, shape);
  }
  graph.output('step.loss', loss, []);
  return graph.build();
}

/** In go `x` [n, ...input] and the parameters, out comes `prediction` [n, outputs], before any softmax. */
export function forwardModel(network: Network): Buffer {
  const graph = new Graph('forward');
  const x = graph.input('x', ['n', ...network.input]);
  const values: Values = Object.fromEntries(
    parametersOf(network).map(({ name, dims }) => [name, graph.input(name, dims)]),
  );
  graph.output('prediction', forward(graph, network, x, values), ['n', outputsOf(network)]);
  return graph.encode();
}
