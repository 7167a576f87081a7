import { type Runtime, Session, type Tensors, wasmRuntime } from '../runtime.js';
import { keptShape, stepSizes } from './adam.js';
import { momentNames, next, stepsModel } from './graphs.js';
import { type Network, outputsOf, parametersOf, product } from './network.js';
import type { State } from './state.js';

export interface StepperOptions {
  readonly batch: number;
  readonly threads: number;
  readonly gate: Int32Array;
}

/**
 * Takes steps of training. What a run gives is what the next one takes: the native runtime writes to one of two places by
 * turns, since fresh memory for all parameters and moments takes longer to get than to fill.
 */
export class Stepper {
  readonly #runtime: Runtime;
  readonly #session: Session;
  readonly #network: Network;
  readonly #batch: number;
  #kept: Tensors = {};
  #spare: Tensors | undefined;

  static async open(runtime: Runtime, network: Network, state: State, options: StepperOptions): Promise<Stepper> {
    const { batch, threads, gate } = options;
    const session = await Session.open(runtime, stepsModel(network, batch), threads, gate);
    return new Stepper(runtime, session, network, batch, state);
  }

  private constructor(runtime: Runtime, session: Session, network: Network, batch: number, state: State) {
    this.#runtime = runtime;
    this.#session = session;
    this.#network = network;
    this.#batch = batch;
    for (const { name, dims, values } of this.#parts(state)) {
      this.#kept[name] = new runtime.Tensor('float32', values, [...keptShape(dims)]);
    }
    if (runtime.name !== wasmRuntime) this.#spare = this.#likeKept();
  }

  /**
   * @param x [count, batch, ...input]
   * @param y [count, batch, outputs]
   * @param first number of the first step, from 1
   * @returns the loss before each step
   */
  async run(x: Float32Array, y: Float32Array, first: number, learningRate: number): Promise<Float32Array> {
    const { Tensor } = this.#runtime;
    const width = product(this.#network.input);
    const count = x.length / width / this.#batch;
    const sizes = Array.from({ length: count }, (_, i) => stepSizes(first + i, learningRate));
    const feeds = {
      ...this.#kept,
      count: new Tensor('int64', BigInt64Array.of(BigInt(count)), []),
      x: new Tensor('float32', x, [count, this.#batch, ...this.#network.input]),
      y: new Tensor('float32', y, [count, this.#batch, outputsOf(this.#network)]),
      rate: new Tensor(
        'float32',
        Float32Array.from(sizes, ({ rate }) => rate),
        [count],
      ),
      epsilon: new Tensor(
        'float32',
        Float32Array.from(sizes, ({ epsilon }) => epsilon),
        [count],
      ),
    };
    const results = await this.#session.run(feeds, this.#places(count));
    if (this.#spare) this.#spare = this.#kept;
    const names = Object.keys(this.#kept);
    this.#kept = Object.fromEntries(names.map((name) => [name, results[name + next] as Tensors[string]]));
    return results['loss']?.data as Float32Array;
  }

  /** Writes where the parameters are now. */
  settle(state: State): void {
    for (const { name, values } of this.#parts(state)) {
      const { data } = this.#kept[name] as Tensors[string];
      if (data !== values) values.set(data as Float32Array);
    }
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  /** For all that comes out of `count` steps. */
  #places(count: number): Tensors | undefined {
    if (!this.#spare) return undefined;
    const places = Object.entries(this.#spare).map(([name, place]) => [name + next, place] as const);
    return {
      ...Object.fromEntries(places),
      loss: new this.#runtime.Tensor('float32', new Float32Array(count), [count]),
    };
  }

  #likeKept(): Tensors {
    const { Tensor } = this.#runtime;
    const entries = Object.entries(this.#kept).map(([name, { size, dims }]) => {
      return [name, new Tensor('float32', new Float32Array(size), dims)] as const;
    });
    return Object.fromEntries(entries);
  }

  *#parts(state: State): Generator<{ name: string; dims: readonly number[]; values: Float32Array }> {
    let at = 0;
    for (const { name, dims } of parametersOf(this.#network)) {
      const end = at + product(dims);
      for (const [i, moment] of momentNames.entries()) {
        yield { name: name + moment, dims, values: (state.moments[i] as Float32Array).subarray(at, end) };
      }
      at = end;
    }
  }
}
