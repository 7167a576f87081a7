import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Failure } from './protocol.js';

/** What both builds of ONNX Runtime offer. */
export interface Runtime {
  readonly name: string;
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof OrtTensor;
}

/** The native one first; the one in WebAssembly runs everywhere, two to four times slower. */
export const usualRuntimes = ['onnxruntime-node', 'onnxruntime-web'] as const;

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

/** Runtimes put a stack or a list of all nodes behind it. */
export function firstLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return (text.split('\n')[0] ?? '').slice(0, 300);
}

/** @throws RuntimeFailure of kind `unreadable` */
export async function openSession(runtime: Runtime, bytes: Uint8Array, threads: number): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(bytes, {
      executionProviders: [runtime.name === 'onnxruntime-web' ? 'wasm' : 'cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
    });
  } catch (thrown) {
    throw new RuntimeFailure('unreadable', firstLine(thrown));
  }
}
