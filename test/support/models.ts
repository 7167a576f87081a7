import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Card } from '../../dist/inference/card.js';
import { Graph } from '../../dist/inference/onnx/graph.js';
import type { Model } from '../../dist/inference/registry.js';
import { float32, type Tensor } from '../../dist/inference/tensor.js';
import { dataFolder } from './data.ts';

type Cleaning = { after: (clean: () => void) => void };

export function temporaryFolder(t: Cleaning): string {
  const path = mkdtempSync(join(tmpdir(), 'percept-models-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A card that fits these bytes. */
export function cardFor(bytes: Buffer, changes: Partial<Card> = {}): Card {
  return {
    name: 'tiny',
    version: '1',
    about: 'For a test.',
    sha256: sha256(bytes),
    bytes: bytes.length,
    input: { shape: [1, 4], layout: 'matrix', mean: [0], scale: [1] },
    output: { decoder: 'classes', activation: 'none' },
    labels: ['one'],
    threshold: 0.5,
    licence: 'Apache-2.0',
    source: 'made by a test',
    ...changes,
  };
}

/** Path of a real model among the recordings, for tests that `needs('data')`. */
export function realModel(name: string): string {
  const path = join(dataFolder() ?? '', 'models', `${name}.onnx`);
  if (!existsSync(path)) throw new Error(`${path} is not there`);
  return path;
}

/** `y = x * factor` for `size` numbers; `work` matrix products of 512 x 512 on the way make it slow. */
export function tinyModel({ size = 4, factor = 2, work = 0 } = {}): Buffer {
  const graph = new Graph('tiny');
  let value = graph.op('Mul', [graph.input('x', [1, size]), graph.scalar(factor)]);
  if (work > 0) {
    const square = graph.op('Expand', [graph.scalar(0.001), graph.ints(512, 512)]);
    let product = square;
    for (let i = 0; i < work; i++) product = graph.op('MatMul', [product, square]);
    const nothing = graph.op('Mul', [graph.op('ReduceMax', [product], { keepdims: 0 }), graph.scalar(0)]);
    value = graph.op('Add', [value, nothing]);
  }
  graph.output('y', value, [1, size]);
  return graph.encode();
}

/** A model in memory, as the registry would give it. */
export function inMemory(bytes: Buffer, changes: Partial<Card> = {}): Model {
  return { card: cardFor(bytes, changes), place: 'memory', bytes: () => Promise.resolve(bytes) };
}

export function numbers(...values: readonly number[]): Tensor {
  return float32(Float32Array.from(values), [1, values.length]);
}
