import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { inferenceError } from './errors.js';
import { guardThread } from './guard.js';
import type { Facts, Failure, Reply, Request, ThreadData } from './protocol.js';
import { keepRuntimeSilent } from './telemetry.js';
import { forTransfer, type NamedTensor, type Tensor } from './tensor.js';

export interface ThreadOptions {
  /** The model's name. */
  readonly model: string;
  readonly threads: number;
  /** Packages to try, in this order. */
  readonly runtimes: readonly string[];
}

type Answer = Extract<Reply, { facts: unknown } | { outputs: unknown }>;

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/** A model in a thread of its own, one question at a time. */
export class ModelThread {
  readonly #options: ThreadOptions;
  readonly #died: (detail: string) => void;
  #worker: Worker | undefined;
  #pending: Pending | undefined;
  #closing: Promise<void> | undefined;

  /** @param died told once, when the thread ends without having been asked to; what was pending has been rejected */
  constructor(options: ThreadOptions, died: (detail: string) => void) {
    this.#options = options;
    this.#died = died;
  }

  /** @throws PerceptError `model-no-runtime`, `model-unreadable`, `model-worker-died` */
  async start(bytes: Buffer): Promise<Facts> {
    keepRuntimeSilent();
    const { gate, gone } = guardThread();
    const own = new Uint8Array(bytes);
    const { model, threads, runtimes } = this.#options;
    const worker = new Worker(join(__dirname, 'worker.js'), {
      workerData: { bytes: own, gate, threads, runtimes } satisfies ThreadData,
      transferList: [own.buffer],
      name: `percept model ${model}`,
    });
    this.#worker = worker;
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (thrown) => this.#ended(worker, thrown instanceof Error ? thrown.message : String(thrown)));
    worker.on('exit', (code) => {
      gone();
      this.#ended(worker, `code ${code}`);
    });
    return (await this.#answer<{ facts: Facts }>()).facts;
  }

  /** @throws PerceptError `model-bad-input`, `model-worker-died` */
  async run(inputs: readonly Tensor[]): Promise<readonly NamedTensor[]> {
    const { tensors, moved } = forTransfer(inputs);
    const answer = this.#answer<{ outputs: readonly NamedTensor[] }>();
    this.#worker?.postMessage({ inputs: tensors } satisfies Request, moved);
    return (await answer).outputs;
  }

  /** After what is going on: a thread that is stopped inside the runtime aborts the process. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.ref();
    worker.postMessage('close' satisfies Request);
    await gone;
  }

  #answer<A extends Answer>(): Promise<A> {
    const { promise, resolve, reject } = Promise.withResolvers<A>();
    this.#pending = { resolve: resolve as Pending['resolve'], reject };
    // only work that somebody waits for keeps the process alive
    this.#worker?.ref();
    return promise;
  }

  #settle(reply: Reply): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (!this.#closing) this.#worker?.unref();
    if ('failure' in reply) pending?.reject(this.#problem(reply.failure));
    else pending?.resolve(reply);
  }

  #problem({ kind, detail }: Failure): Error {
    const { model } = this.#options;
    switch (kind) {
      case 'no-runtime':
        return inferenceError('model-no-runtime', { detail });
      case 'unreadable':
        return inferenceError('model-unreadable', { model, detail });
      case 'input':
        return inferenceError('model-bad-input', { model, detail });
    }
  }

  #ended(worker: Worker, detail: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(inferenceError('model-worker-died', { model: this.#options.model, detail }));
    if (!this.#closing) this.#died(detail);
  }
}
