import type { NamedTensor, Tensor } from './tensor.js';

export interface ThreadData {
  readonly bytes: Uint8Array;
  readonly gate: Int32Array;
  /** Intra-op threads of the runtime. */
  readonly threads: number;
  readonly runtimes: readonly string[];
}

/** What a model is, as it says itself. */
export interface Facts {
  /** The package that runs it. */
  readonly runtime: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export interface Port {
  readonly name: string;
  readonly type: string;
  /** A name where any size will do. */
  readonly shape: readonly (number | string)[];
}

/** One at a time: the next comes after the reply. */
export type Request = { readonly inputs: readonly Tensor[] } | 'close';

export type Reply =
  | { readonly facts: Facts }
  | { readonly outputs: readonly NamedTensor[] }
  | { readonly failure: Failure };

export interface Failure {
  readonly kind: 'no-runtime' | 'unreadable' | 'input';
  readonly detail: string;
}
