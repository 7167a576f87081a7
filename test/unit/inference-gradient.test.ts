import assert from 'node:assert/strict';
import test from 'node:test';
import * as ort from 'onnxruntime-node';
import { Graph } from '../../dist/inference/onnx/graph.js';
import { stepSizes } from '../../dist/inference/train/adam.js';
import { inferenceModel } from '../../dist/inference/train/export.js';
import { backward } from '../../dist/inference/train/gradient.js';
import { forwardModel, stepsModel } from '../../dist/inference/train/graphs.js';
import { type Network, outputsOf, parametersOf, product, shapesOf, vgg } from '../../dist/inference/train/network.js';
import { rateIn, usualOptions } from '../../dist/inference/train/options.js';
import { Random } from '../../dist/inference/train/random.js';
import { referenceLoss } from '../support/reference-network.ts';

type Arrays = Record<string, Float32Array>;

const relu = { kind: 'relu' } as const;
const pool = { kind: 'pool' } as const;
const networks: Record<string, Network> = {
  'a dense layer': { input: [5], layers: [{ kind: 'dense', units: 3 }], loss: 'mse' },
  'dense layers with ReLU': {
    input: [6],
    layers: [{ kind: 'dense', units: 8 }, relu, { kind: 'dense', units: 4 }],
    loss: 'mse',
  },
  'softmax and cross-entropy': {
    input: [6],
    layers: [{ kind: 'dense', units: 8 }, relu, { kind: 'dense', units: 4 }],
    loss: 'cross-entropy',
  },
  'a convolution': {
    input: [2, 6, 8],
    layers: [
      { kind: 'conv', channels: 3 },
      { kind: 'dense', units: 2 },
    ],
    loss: 'mse',
  },
  'convolutions of few and of many channels, and a pool': {
    input: [1, 8, 6],
    layers: [
      { kind: 'conv', channels: 9 },
      relu,
      { kind: 'conv', channels: 4 },
      pool,
      relu,
      { kind: 'dense', units: 3 },
    ],
    loss: 'mse',
  },
  'a whole VGG': vgg({ classes: 3, height: 8, width: 16, channels: [3, 4, 10], hidden: [12, 7] }),
};
const batch = 3;

function filled(network: Network, seed: number): Arrays {
  const random = new Random(seed);
  const numbers = (count: number, size: number) => Float32Array.from({ length: count }, () => size * random.normal());
  const y = numbers(batch * outputsOf(network), 1);
  if (network.loss === 'cross-entropy') for (const i of y.keys()) y[i] = i % outputsOf(network) === 1 ? 1 : 0;
  const arrays: Arrays = { x: numbers(batch * product(network.input), 1), y };
  for (const { name, dims, fanIn } of parametersOf(network)) {
    arrays[name] = numbers(product(dims), fanIn === 0 ? 0.1 : Math.sqrt(2 / fanIn));
  }
  return arrays;
}

function feeds(session: ort.InferenceSession, arrays: Arrays): Record<string, ort.Tensor> {
  return Object.fromEntries(
    session.inputMetadata.map((meta) => {
      const shape = meta.isTensor
        ? meta.shape.map((size) => (typeof size === 'string' ? (size === 'count' ? 1 : batch) : size))
        : [];
      if (meta.name === 'count') return [meta.name, new ort.Tensor('int64', BigInt64Array.of(1n), [])];
      return [meta.name, new ort.Tensor('float32', arrays[meta.name] ?? new Float32Array(product(shape)), shape)];
    }),
  );
}

function gradientModel(network: Network): Buffer {
  const graph = new Graph('gradients');
  const x = graph.input('x', [batch, ...network.input]);
  const y = graph.input('y', [batch, outputsOf(network)]);
  const parameters = parametersOf(network);
  const values = Object.fromEntries(parameters.map(({ name, dims }) => [name, graph.input(name, dims)]));
  const { loss, gradients } = backward(graph, network, batch, x, y, values);
  graph.output('loss', loss, []);
  for (const { name, dims } of parameters) graph.output(`d${name}`, gradients[name] ?? '', dims);
  return graph.encode();
}

for (const [name, network] of Object.entries(networks)) {
  test(`the gradients of ${name} are what finite differences give`, async (t) => {
    const session = await ort.InferenceSession.create(gradientModel(network), { intraOpNumThreads: 1 });
    t.after(() => session.release());
    const arrays = filled(network, 7);
    const exact = Object.fromEntries(Object.entries(arrays).map(([key, values]) => [key, Float64Array.from(values)]));
    const found = await session.run(feeds(session, arrays));
    assert.ok(Math.abs(Number(found['loss']?.data[0]) - referenceLoss(network, batch, exact)) < 1e-4);
    const random = new Random(3);
    for (const { name: parameter, dims } of parametersOf(network)) {
      const values = exact[parameter] as Float64Array;
      const gradient = found[`d${parameter}`]?.data as Float32Array;
      assert.equal(gradient.length, product(dims));
      const scale = Math.max(...gradient.map(Math.abs), 1e-3);
      for (let trial = 0; trial < 12; trial++) {
        const at = Math.floor(random.uniform() * values.length);
        const expected = slopeAt(values, at, () => referenceLoss(network, batch, exact));
        const off = Math.abs(expected - (gradient[at] as number)) / scale;
        assert.ok(off < 1e-3, `${parameter}[${at}]: ${gradient[at]}, by differences ${expected}`);
      }
    }
  });
}

function slopeAt(values: Float64Array, at: number, loss: () => number): number {
  const before = values[at] as number;
  const step = 1e-6;
  values[at] = before + step;
  const above = loss();
  values[at] = before - step;
  const below = loss();
  values[at] = before;
  return (above - below) / (2 * step);
}

test('a step is one of Adam, also where the parameter is worked on in pieces', async (t) => {
  const network: Network = { input: [300], layers: [{ kind: 'dense', units: 200 }], loss: 'mse' };
  const open = async (model: Buffer) => {
    const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1 });
    t.after(() => session.release());
    return session;
  };
  const [stepper, slopes] = [await open(stepsModel(network, batch)), await open(gradientModel(network))];
  const arrays = filled(network, 1);
  const expected = { value: [...(arrays['w0'] as Float32Array)], first: 0, second: 0 };
  const watched = 31_337;
  let value = expected.value[watched] as number;
  for (let step = 1; step <= 5; step++) {
    const slope = Number((await slopes.run(feeds(slopes, arrays)))['dw0']?.data[watched]);
    expected.first = 0.9 * expected.first + 0.1 * slope;
    expected.second = 0.999 * expected.second + 0.001 * slope ** 2;
    const first = expected.first / (1 - 0.9 ** step);
    const second = expected.second / (1 - 0.999 ** step);
    value -= (0.01 * first) / (Math.sqrt(second) + 1e-8);
    const { rate, epsilon } = stepSizes(step, 0.01);
    Object.assign(arrays, { rate: Float32Array.of(rate), epsilon: Float32Array.of(epsilon) });
    const after = await stepper.run(feeds(stepper, arrays));
    for (const name of ['w0', 'w0.first', 'w0.second', 'b0', 'b0.first', 'b0.second']) {
      arrays[name] = after[`${name}.next`]?.data as Float32Array;
    }
    assert.ok(Math.abs((arrays['w0']?.[watched] ?? 0) - value) < 1e-5, `step ${step}`);
  }
});

test('the model that is exported gives what the network gives, in a quarter of the bytes', async (t) => {
  const network = vgg({ classes: 5, height: 16, width: 16, channels: [8, 8, 8], hidden: [256, 256] });
  const arrays = filled(network, 2);
  const parameters = Float32Array.from(
    parametersOf(network).flatMap(({ name }) => [...(arrays[name] as Float32Array)]),
  );
  const model = inferenceModel(network, parameters);
  assert.ok(model.length < parameters.byteLength / 3);
  const predictions: Float32Array[] = [];
  for (const bytes of [forwardModel(network), model]) {
    const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1 });
    t.after(() => session.release());
    const results = await session.run(feeds(session, arrays));
    predictions.push(results[session.outputNames[0] ?? '']?.data as Float32Array);
  }
  const [exact, small] = predictions as [Float32Array, Float32Array];
  const size = Math.max(...exact.map(Math.abs));
  for (const [i, value] of exact.entries())
    assert.ok(Math.abs(value - (small[i] ?? 0)) < 0.02 * size, `${value} ${small[i]}`);
});

test('the rate stays level, or falls along a cosine from what was asked for to nothing', () => {
  const rates = (course: 'level' | 'cosine') =>
    [0, 4, 8].map((epoch) => rateIn({ ...usualOptions, rate: 0.01, epochs: 8, course }, epoch).toFixed(5));
  assert.deepEqual(rates('level'), ['0.01000', '0.01000', '0.01000']);
  assert.deepEqual(rates('cosine'), ['0.01000', '0.00500', '0.00000']);
});

test('a network that cannot be built says why', () => {
  assert.throws(() => shapesOf({ input: [1, 6, 7], layers: [pool], loss: 'mse' }), /cannot halve 6 x 7/);
  assert.throws(() => shapesOf({ input: [7], layers: [relu], loss: 'mse' }), /end with a dense layer/);
  assert.throws(() => shapesOf({ input: [7], layers: [{ kind: 'conv', channels: 2 }], loss: 'mse' }), /conv needs/);
});

test('the same seed gives the same numbers, another one others, and they are spread as they should be', () => {
  const numbers = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 10_000 }, () => random.normal());
  };
  const [once, again, other] = [numbers(1), numbers(1), numbers(2)];
  assert.deepEqual(once, again);
  assert.notDeepEqual(once, other);
  const mean = once.reduce((sum, value) => sum + value, 0) / once.length;
  const variance = once.reduce((sum, value) => sum + (value - mean) ** 2, 0) / once.length;
  assert.ok(Math.abs(mean) < 0.04 && Math.abs(variance - 1) < 0.06, `${mean} ${variance}`);
  const order = new Random(1).order(100);
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, i) => i),
  );
  assert.notDeepEqual(
    [...order],
    [...order].sort((a, b) => a - b),
  );
});
