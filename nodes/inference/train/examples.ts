import { trainingError } from './errors.js';
import { type Network, outputsOf, product } from './network.js';
import type { Normal } from './options.js';

/** What to learn from, row by row. */
export interface Examples {
  /** [count, ...input] */
  readonly x: Float32Array;
  /** [count, outputs]; absent when the input itself is to come out. */
  readonly y?: Float32Array;
}

/** Fewer cannot be told apart from noise. */
const fewest = 16;

/** The examples as the network sees them: normalised, in two parts, one of them in an order of its own. */
export class ExampleSet {
  readonly #examples: Examples;
  readonly #width: number;
  readonly #outputs: number;
  readonly normal: Normal;
  /** Rows that are learned from: the first ones. */
  readonly learned: number;
  readonly count: number;

  /** @throws PerceptError `training-too-little`, `training-bad-data` */
  constructor(network: Network, examples: Examples, validation: number) {
    this.#examples = examples;
    this.#width = product(network.input);
    this.#outputs = outputsOf(network);
    this.count = this.#countRows();
    this.learned = this.count - Math.floor(this.count * validation);
    this.normal = normalOf(examples.x.subarray(0, this.learned * this.#width));
  }

  /** The rows that are named, normalised. @returns x [rows, ...input], y [rows, outputs] */
  gather(rows: Uint32Array): { x: Float32Array; y: Float32Array } {
    const { mean, scale } = this.normal;
    const { x: source, y: wanted } = this.#examples;
    const [width, outputs] = [this.#width, this.#outputs];
    const x = new Float32Array(rows.length * width);
    for (const [i, row] of rows.entries()) {
      const move = width * (row - i);
      for (let to = i * width, end = to + width; to < end; to++) x[to] = ((source[to + move] as number) - mean) * scale;
    }
    if (!wanted) return { x, y: x };
    const y = new Float32Array(rows.length * outputs);
    for (const [i, row] of rows.entries()) y.set(wanted.subarray(row * outputs, (row + 1) * outputs), i * outputs);
    return { x, y };
  }

  #countRows(): number {
    const { x, y } = this.#examples;
    const count = Math.floor(x.length / this.#width);
    if (count < fewest) throw trainingError('training-too-little', { count, needed: fewest });
    const bad = (detail: string): Error => trainingError('training-bad-data', { detail });
    if (x.length !== count * this.#width) throw bad(`${x.length} numbers are no whole examples of ${this.#width}`);
    const outputs = y?.length ?? x.length;
    if (outputs !== count * this.#outputs)
      throw bad(`${count} examples want ${count * this.#outputs} outputs, not ${outputs}`);
    const odd = x.findIndex((value) => !Number.isFinite(value));
    if (odd !== -1) throw bad(`example ${Math.floor(odd / this.#width) + 1} holds ${x[odd]}`);
    if (y?.some((value) => !Number.isFinite(value))) throw bad('an output is not a number');
    return count;
  }
}

/** One mean and scale for all: what is louder in one band than in another is what the network is to see. */
function normalOf(values: Float32Array): Normal {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / values.length);
  return { mean, scale: deviation > 0 ? 1 / deviation : 1 };
}
