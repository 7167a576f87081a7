import type { Tensor as OrtTensor } from 'onnxruntime-node';
import { type Runtime, Session, type Tensors, wasmRuntime } from '../runtime.js';
import { momentNames, next, stepSizes } from './adam.js';
import { stepModel } from './graphs.js';
import { type Network, outputsOf, parametersOf, product } from './network.js';
import type { State } from './state.js';

export interface StepperOptions {
  readonly batch: number;
  readonly threads: number;
  readonly gate: Int32Array;
}

/** Takes steps of training. Parameters go back and forth between two places: what is read is never what is written. */
export class Stepper {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly #runtime: Runtime;
  readonly #session: Session;
  readonly #examples: Tensors;
  /** What goes in and what comes out, for even steps and for odd ones. */
  readonly #turns: readonly (readonly [Tensors, Tensors])[];
  readonly #spare: State['moments'];
  #turn = 0;

  static async open(runtime: Runtime, network: Network, state: State, options: StepperOptions): Promise<Stepper> {
    const { batch, threads, gate } = options;
    const session = await Session.open(runtime, stepModel(network, batch), threads, gate);
    return new Stepper(runtime, session, network, batch, state);
  }

  private constructor(runtime: Runtime, session: Session, network: Network, batch: number, state: State) {
    this.#runtime = runtime;
    this.#session = session;
    this.x = new Float32Array(batch * product(network.input));
    this.y = new Float32Array(batch * outputsOf(network));
    this.#examples = { x: this.#tensor('x', this.x), y: this.#tensor('y', this.y) };
    this.#spare = state.moments.map(({ length }) => new Float32Array(length)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const here = state.moments;
    this.#turns = [
      [this.#views(network, here, ''), this.#views(network, this.#spare, next)],
      [this.#views(network, this.#spare, ''), this.#views(network, here, next)],
    ];
  }

  /** With what is in `x` and `y`. @param step from 1 @returns the loss before the step */
  async step(step: number, learningRate: number): Promise<number> {
    const [state, after] = this.#turns[this.#turn] as readonly [Tensors, Tensors];
    const { rate, epsilon } = stepSizes(step, learningRate);
    const loss = this.#tensor('loss', new Float32Array(1));
    const sizes = {
      rate: this.#tensor('rate', Float32Array.of(rate)),
      epsilon: this.#tensor('epsilon', Float32Array.of(epsilon)),
    };
    const feeds = { ...this.#examples, ...sizes, ...state };
    this.#turn = 1 - this.#turn;
    // the native runtime writes where it is told; the other one hands out arrays of its own
    if (this.#runtime.name !== wasmRuntime) {
      await this.#session.run(feeds, { ...after, loss });
      return onlyOf(loss);
    }
    const results = await this.#session.run(feeds);
    for (const [name, { data }] of Object.entries(after))
      (data as Float32Array).set(results[name]?.data as Float32Array);
    return onlyOf(results['loss']);
  }

  /** Where the parameters are now. */
  settle(state: State): void {
    if (this.#turn === 0) return;
    for (const [i, values] of state.moments.entries()) values.set(this.#spare[i] as Float32Array);
    this.#turn = 0;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  #views(network: Network, moments: State['moments'], suffix: string): Tensors {
    const views: Tensors = {};
    let at = 0;
    for (const { name, dims } of parametersOf(network)) {
      const end = at + product(dims);
      for (const [i, moment] of momentNames.entries()) {
        const port = name + moment + suffix;
        views[port] = this.#tensor(port, (moments[i] as Float32Array).subarray(at, end));
      }
      at = end;
    }
    return views;
  }

  #tensor(port: string, data: Float32Array): OrtTensor {
    const ports = [...this.#session.inputs, ...this.#session.outputs];
    const shape = ports.find(({ name }) => name === port)?.shape ?? [];
    return new this.#runtime.Tensor('float32', data, shape as number[]);
  }
}

function onlyOf(tensor: OrtTensor | undefined): number {
  return Number(tensor?.data[0]);
}
