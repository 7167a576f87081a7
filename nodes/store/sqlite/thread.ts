import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PerceptError } from '../../kit/index.js';
import { storeError } from '../errors.js';
import { sqliteError } from './errors.js';
import { closeRequest, type Operation, type Operations, type Reply, type ThreadOptions } from './protocol.js';

interface Pending {
  readonly resolve: (answer: never) => void;
  readonly reject: (reason: unknown) => void;
}

/** A connection in a thread of its own. Started by the first request, and again after it died. */
export class Thread {
  readonly #options: ThreadOptions;
  readonly #store: string;
  readonly #refused: (problem: PerceptError) => void;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #closing = false;
  #count = 0;

  /** @param refused told what rejects a request */
  constructor(options: ThreadOptions, store: string, refused: (problem: PerceptError) => void = () => undefined) {
    this.#options = options;
    this.#store = store;
    this.#refused = refused;
  }

  /** Requests that have not been answered. */
  get load(): number {
    return this.#pending.size;
  }

  get running(): boolean {
    return this.#worker !== undefined;
  }

  request<O extends Operation>(
    op: O,
    args: Operations[O]['args'],
    moved: readonly ArrayBuffer[] = [],
  ): Promise<Operations[O]['answer']> {
    const { promise, resolve, reject } = Promise.withResolvers<Operations[O]['answer']>();
    const id = ++this.#count;
    const worker = this.#started();
    // only work that somebody waits for keeps the process alive
    if (this.#pending.size === 0) worker.ref();
    this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject });
    worker.postMessage({ id, op, ...args }, [...moved]);
    return promise;
  }

  /** After what is pending. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    this.#closing = true;
    worker.ref();
    worker.postMessage(closeRequest);
    await gone;
    this.#closing = false;
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(join(__dirname, 'worker.js'), {
      workerData: this.#options,
      name: `percept store ${this.#options.role}`,
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    worker.unref();
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (thrown) => this.#died(worker, thrown.message));
    worker.on('exit', (code) => this.#died(worker, `its thread ended with code ${code}`));
    this.#worker = worker;
    return worker;
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0 && !this.#closing) this.#worker?.unref();
    if (!('failure' in reply)) {
      pending?.resolve(reply.answer as never);
      return;
    }
    const problem = sqliteError(reply.failure, this.#store);
    pending?.reject(problem);
    this.#refused(problem);
  }

  #died(worker: Worker, detail: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const reason = storeError('store-unreachable', { store: this.#store, detail });
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(reason);
  }
}
