import { type Runtime, Session, type Tensors } from '../runtime.js';
import type { ExampleSet } from './examples.js';
import { type Network, outputsOf, parametersOf, product } from './network.js';

export interface Score {
  /** Mean over the examples, by the network's own measure. */
  readonly loss: number;
  /** Share of the examples whose largest output is the right one; absent where there is nothing to be right about. */
  readonly accuracy?: number;
}

export interface ScorerOptions {
  readonly threads: number;
  readonly gate: Int32Array;
}

const batch = 64;

/** Tries a model on examples. */
export class Scorer {
  readonly #runtime: Runtime;
  readonly #session: Session;
  readonly #network: Network;

  /** @param model from `forwardModel` or `inferenceModel` */
  static async open(runtime: Runtime, network: Network, model: Buffer, options: ScorerOptions): Promise<Scorer> {
    return new Scorer(runtime, network, await Session.open(runtime, model, options.threads, options.gate));
  }

  private constructor(runtime: Runtime, network: Network, session: Session) {
    this.#runtime = runtime;
    this.#network = network;
    this.#session = session;
  }

  /** @param parameters for a model that does not hold them; one behind the other */
  async score(examples: ExampleSet, rows: Uint32Array, parameters?: Float32Array, classes = false): Promise<Score> {
    let loss = 0;
    let right = 0;
    for (let at = 0; at < rows.length; at += batch) {
      const some = rows.subarray(at, at + batch);
      const { x, y } = examples.gather(some);
      const prediction = await this.#predict(some.length, x, parameters);
      for (let i = 0; i < some.length; i++) {
        const [from, to] = [i * outputsOf(this.#network), (i + 1) * outputsOf(this.#network)];
        const [guess, wanted] = [prediction.subarray(from, to), y.subarray(from, to)];
        loss += this.#network.loss === 'mse' ? meanSquare(guess, wanted) : crossEntropy(guess, wanted);
        if (largest(guess) === largest(wanted)) right++;
      }
    }
    const mean = loss / rows.length;
    return classes ? { loss: mean, accuracy: right / rows.length } : { loss: mean };
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  async #predict(count: number, x: Float32Array, parameters?: Float32Array): Promise<Float32Array> {
    const { Tensor } = this.#runtime;
    const feeds = { x: new Tensor('float32', x, [count, ...this.#network.input]), ...this.#values(parameters) };
    const results = await this.#session.run(feeds);
    return results[this.#session.outputs[0]?.name ?? '']?.data as Float32Array;
  }

  #values(parameters: Float32Array | undefined): Tensors {
    if (!parameters) return {};
    let at = 0;
    const entries = parametersOf(this.#network).map(({ name, dims }) => {
      const values = parameters.subarray(at, at + product(dims));
      at += values.length;
      return [name, new this.#runtime.Tensor('float32', values, [...dims])] as const;
    });
    return Object.fromEntries(entries);
  }
}

function meanSquare(guess: Float32Array, wanted: Float32Array): number {
  let sum = 0;
  for (const [i, value] of guess.entries()) sum += (value - (wanted[i] as number)) ** 2;
  return sum / guess.length;
}

function crossEntropy(guess: Float32Array, wanted: Float32Array): number {
  const top = Math.max(...guess);
  const total = Math.log(guess.reduce((sum, value) => sum + Math.exp(value - top), 0)) + top;
  return guess.reduce((sum, value, i) => sum + (wanted[i] as number) * (total - value), 0);
}

function largest(values: Float32Array): number {
  return values.reduce((best, value, i) => (value > (values[best] as number) ? i : best), 0);
}
