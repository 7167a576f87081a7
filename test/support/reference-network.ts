import { type Network, shapesOf } from '../../dist/inference/train/network.js';

/** Numbers that `parametersOf` names, in double precision. */
export type Reference = Readonly<Record<string, Float64Array>>;

/** The loss of a network over a batch, by plain loops in double precision: what the graphs are held against. */
export function referenceLoss(network: Network, batch: number, values: Reference): number {
  const { x, y } = values as { x: Float64Array; y: Float64Array };
  let sum = 0;
  for (let i = 0; i < batch; i++) {
    const out = predict(network, x.subarray((i * x.length) / batch, ((i + 1) * x.length) / batch), values);
    const wanted = y.subarray((i * y.length) / batch, ((i + 1) * y.length) / batch);
    sum += network.loss === 'mse' ? meanSquare(out, wanted) : crossEntropy(out, wanted);
  }
  return sum / batch;
}

function predict(network: Network, x: Float64Array, values: Reference): Float64Array {
  const shapes = shapesOf(network);
  return network.layers.reduce((input, layer, i) => {
    const [channels = 0, height = 0, width = 0] = shapes[i] ?? [];
    const weights = values[`w${i}`] ?? new Float64Array();
    const bias = values[`b${i}`] ?? new Float64Array();
    if (layer.kind === 'relu') return input.map((value) => Math.max(0, value));
    if (layer.kind === 'pool') return pool(input, channels, height, width);
    if (layer.kind === 'conv') return conv(input, [channels, height, width], weights, bias);
    return dense(input, weights, bias);
  }, x);
}

function dense(input: Float64Array, weights: Float64Array, bias: Float64Array): Float64Array {
  return bias.map((first, unit) =>
    input.reduce((sum, value, k) => sum + value * (weights[k * bias.length + unit] ?? 0), first),
  );
}

function pool(input: Float64Array, channels: number, height: number, width: number): Float64Array {
  const out = new Float64Array(input.length / 4).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < input.length; i++) {
    const [column, row, channel] = [i % width, Math.floor(i / width) % height, Math.floor(i / width / height)];
    const to = (channel * (height / 2) + (row >> 1)) * (width / 2) + (column >> 1);
    out[to] = Math.max(out[to] ?? 0, input[i] ?? 0);
  }
  return out.subarray(0, (channels * height * width) / 4);
}

function conv(
  input: Float64Array,
  [channels, height, width]: readonly [number, number, number],
  weights: Float64Array,
  bias: Float64Array,
): Float64Array {
  const out = new Float64Array(bias.length * height * width);
  for (let i = 0; i < out.length; i++) {
    const [column, row, to] = [i % width, Math.floor(i / width) % height, Math.floor(i / width / height)];
    let sum = bias[to] ?? 0;
    for (let k = 0; k < 9 * channels; k++) {
      const [x, y, from] = [column + (k % 3) - 1, row + (Math.floor(k / 3) % 3) - 1, Math.floor(k / 9)];
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      sum += (input[(from * height + y) * width + x] ?? 0) * (weights[to * 9 * channels + k] ?? 0);
    }
    out[i] = sum;
  }
  return out;
}

function meanSquare(out: Float64Array, wanted: Float64Array): number {
  return out.reduce((sum, value, i) => sum + (value - (wanted[i] ?? 0)) ** 2, 0) / out.length;
}

function crossEntropy(out: Float64Array, wanted: Float64Array): number {
  const total = Math.log(out.reduce((sum, value) => sum + Math.exp(value), 0));
  return out.reduce((sum, value, i) => sum + (wanted[i] ?? 0) * (total - value), 0);
}
