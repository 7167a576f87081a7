import { trainingError } from './errors.js';

/** What a layer does; a convolution is 3 x 3 and keeps the size, a pool halves it, a dense layer flattens first. */
export type Layer =
  | { readonly kind: 'conv'; readonly channels: number }
  | { readonly kind: 'dense'; readonly units: number }
  | { readonly kind: 'relu' }
  | { readonly kind: 'pool' };

export interface Network {
  /** Of one example: [channels, height, width], or [width]. */
  readonly input: readonly number[];
  readonly layers: readonly Layer[];
  /** Mean squared error, or cross-entropy over the softmax of the outputs. */
  readonly loss: 'mse' | 'cross-entropy';
}

export interface VggOptions {
  readonly classes: number;
  readonly height?: number;
  readonly width?: number;
  readonly channels?: readonly number[];
  readonly hidden?: readonly number[];
  readonly loss?: Network['loss'];
}

/**
 * The original system's network: (two convolutions and a pool) three times, three hidden layers, one output per class,
 * after VGG (arXiv 1409.1556). The pool comes before the second ReLU: the result is the same and a quarter of the work.
 */
export function vgg({ classes, ...options }: VggOptions): Network {
  const { height = 48, width = 64, channels = [16, 32, 64], hidden = [1024, 1024, 1024], loss = 'mse' } = options;
  const relu = { kind: 'relu' } as const;
  const blocks = channels.flatMap((count): Layer[] => {
    const conv = { kind: 'conv', channels: count } as const;
    return [conv, relu, conv, { kind: 'pool' }, relu];
  });
  const dense = hidden.flatMap((units): Layer[] => [{ kind: 'dense', units }, relu]);
  return { input: [1, height, width], layers: [...blocks, ...dense, { kind: 'dense', units: classes }], loss };
}

/** Learns to repeat what goes in through a narrow middle; what it cannot repeat is new to it. */
export function autoencoder({ width, hidden = [128, 128], code = 8 }: AutoencoderOptions): Network {
  const relu = { kind: 'relu' } as const;
  const units = [...hidden, code, ...hidden.toReversed()];
  const layers = units.flatMap((count): Layer[] => [{ kind: 'dense', units: count }, relu]);
  return { input: [width], layers: [...layers, { kind: 'dense', units: width }], loss: 'mse' };
}

export interface AutoencoderOptions {
  readonly width: number;
  readonly hidden?: readonly number[];
  readonly code?: number;
}

/** One array of numbers that is learned. */
export interface Parameter {
  readonly name: string;
  readonly dims: readonly number[];
  /** Inputs that each output is summed from; 0 for a bias. */
  readonly fanIn: number;
}

/** Weights and biases in the order in which they lie in a checkpoint. @throws PerceptError `training-bad-network` */
export function parametersOf(network: Network): Parameter[] {
  const shapes = shapesOf(network);
  return network.layers.flatMap((layer, i) => {
    const from = shapes[i] as readonly number[];
    if (layer.kind === 'conv') {
      const fanIn = 9 * (from[0] as number);
      return pair(i, [layer.channels, from[0] as number, 3, 3], fanIn, layer.channels);
    }
    if (layer.kind === 'dense') return pair(i, [product(from), layer.units], product(from), layer.units);
    return [];
  });
}

function pair(layer: number, dims: readonly number[], fanIn: number, outputs: number): Parameter[] {
  return [
    { name: `w${layer}`, dims, fanIn },
    { name: `b${layer}`, dims: [outputs], fanIn: 0 },
  ];
}

/** What goes into each layer and, last, what comes out. @throws PerceptError `training-bad-network` */
export function shapesOf({ input, layers }: Network): (readonly number[])[] {
  const shapes: (readonly number[])[] = [input];
  for (const layer of layers) shapes.push(after(layer, shapes.at(-1) as readonly number[]));
  if (layers.at(-1)?.kind !== 'dense') {
    throw trainingError('training-bad-network', { detail: 'it has to end with a dense layer' });
  }
  return shapes;
}

function after(layer: Layer, shape: readonly number[]): readonly number[] {
  if (layer.kind === 'relu') return shape;
  if (layer.kind === 'dense') return [layer.units];
  const [channels, height, width] = shape;
  if (channels === undefined || height === undefined || width === undefined || shape.length !== 3) {
    throw trainingError('training-bad-network', {
      detail: `a ${layer.kind} needs [channels, height, width], not [${shape}]`,
    });
  }
  if (layer.kind === 'conv') return [layer.channels, height, width];
  if (height % 2 === 1 || width % 2 === 1) {
    throw trainingError('training-bad-network', { detail: `a pool cannot halve ${height} x ${width}` });
  }
  return [channels, height / 2, width / 2];
}

export function outputsOf(network: Network): number {
  return product(shapesOf(network).at(-1) as readonly number[]);
}

export function product(dims: readonly number[]): number {
  return dims.reduce((all, size) => all * size, 1);
}
