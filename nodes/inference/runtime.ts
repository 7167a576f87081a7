import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { within } from './guard.js';
import type { Failure, Port } from './protocol.js';

export type Tensors = Record<string, OrtTensor>;

/** What both builds of ONNX Runtime offer. */
export interface Runtime {
  readonly name: string;
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof OrtTensor;
}

/** The native one first; the one in WebAssembly runs everywhere, two to four times slower. */
export const usualRuntimes = ['onnxruntime-node', 'onnxruntime-web'] as const;
export const wasmRuntime = usualRuntimes[1];

/** Goes through `names` until one loads. @throws RuntimeFailure of kind `no-runtime` with every reason */
export function loadRuntime(names: readonly string[]): Runtime {
  const reasons: string[] = [];
  for (const name of names) {
    try {
      const loaded = require(name) as Omit<Runtime, 'name'> & typeof import('onnxruntime-node');
      // its warnings are about what others exported, and would come once a model
      loaded.env.logLevel = 'error';
      loaded.env.wasm.numThreads = 1;
      return { name, InferenceSession: loaded.InferenceSession, Tensor: loaded.Tensor };
    } catch (thrown) {
      reasons.push(`${name}: ${firstLine(thrown)}`);
    }
  }
  throw new RuntimeFailure('no-runtime', reasons.join('; '));
}

export class RuntimeFailure extends Error {
  readonly kind: Failure['kind'];

  constructor(kind: Failure['kind'], detail: string) {
    super(detail);
    this.kind = kind;
  }
}

/** Runtimes put a stack or a list of all nodes behind it; the full stop is the sentence's around it. */
export function firstLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return (text.split('\n')[0] ?? '').slice(0, 300).replace(/[.\s]+$/, '');
}

/** A model in a thread. Every call of the runtime shows at the gate that the thread is inside. */
export class Session {
  readonly #session: InferenceSession;
  readonly #gate: Int32Array;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];

  /** @throws RuntimeFailure of kind `unreadable` */
  static async open(runtime: Runtime, bytes: Uint8Array, threads: number, gate: Int32Array): Promise<Session> {
    try {
      const session = await within(gate, () =>
        runtime.InferenceSession.create(bytes, {
          executionProviders: [runtime.name === wasmRuntime ? 'wasm' : 'cpu'],
          intraOpNumThreads: threads,
          interOpNumThreads: 1,
          executionMode: 'sequential',
          graphOptimizationLevel: 'all',
        }),
      );
      return new Session(session, gate);
    } catch (thrown) {
      throw new RuntimeFailure('unreadable', firstLine(thrown));
    }
  }

  private constructor(session: InferenceSession, gate: Int32Array) {
    this.#session = session;
    this.#gate = gate;
    this.inputs = session.inputMetadata.map(portOf);
    this.outputs = session.outputMetadata.map(portOf);
  }

  /** @param into where the native runtime is to write its results */
  async run(feeds: Tensors, into?: Tensors): Promise<Tensors> {
    const session = this.#session;
    return await within(this.#gate, () => (into ? session.run(feeds, into) : session.run(feeds)));
  }

  /** Once only: a second time throws. */
  async release(): Promise<void> {
    await within(this.#gate, () => this.#session.release());
  }
}

function portOf(meta: InferenceSession.ValueMetadata): Port {
  return meta.isTensor
    ? { name: meta.name, type: meta.type, shape: meta.shape }
    : { name: meta.name, type: 'not a tensor', shape: [] };
}
