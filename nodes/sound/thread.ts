import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type SoundErrorCode, soundError } from './errors.js';
import type { NormalModel } from './normal/model.js';
import { closeRequest, type Failure, type Operation, type Operations, type Reply } from './protocol.js';

interface Pending {
  readonly resolve: (answer: never) => void;
  readonly reject: (reason: unknown) => void;
}

/** Where sound is transformed and learned, off the event loop. Started by the first request, and again after it died. */
export class SoundThread {
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #count = 0;

  /** @throws PerceptError `sound-not-a-number`, `sound-fft`, `sound-thread` */
  analyse(args: Operations['analyse']['args']): Promise<Operations['analyse']['answer']> {
    // a copy, since messages share their bytes, and of no more than is needed: a view would take all that it is a view of
    const samples = Buffer.from(new Uint8Array(args.pcm.samples).buffer);
    return this.#request('analyse', { ...args, pcm: { ...args.pcm, samples } }, [samples.buffer]);
  }

  /** @throws PerceptError `sound-too-little`, `sound-thread` */
  learn(args: Operations['learn']['args']): Promise<NormalModel> {
    return this.#request('learn', args);
  }

  /** After what is pending. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    worker.postMessage(closeRequest);
    await gone;
  }

  #request<O extends Operation>(
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

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(join(__dirname, 'worker.js'), { name: 'percept sound' });
    worker.unref();
    worker.on('message', (reply: Reply) => this.#settle(worker, reply));
    worker.on('error', (thrown) => this.#died(worker, thrown instanceof Error ? thrown.message : String(thrown)));
    worker.on('exit', (code) => this.#died(worker, `its thread ended with code ${code}`));
    this.#worker = worker;
    return worker;
  }

  #settle(worker: Worker, reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) worker.unref();
    if ('failure' in reply) pending?.reject(problemOf(reply.failure));
    else pending?.resolve(reply.answer as never);
  }

  #died(worker: Worker, detail: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(soundError('sound-thread', { detail }));
  }
}

function problemOf({ code, params, message }: Failure): Error {
  return code ? soundError(code as SoundErrorCode, params as never) : new Error(message);
}

let shared: SoundThread | undefined;
let holders = 0;

/** The one thread of all nodes; it ends with the last of them. */
export function holdThread(): { thread: SoundThread; release: () => Promise<void> } {
  shared ??= new SoundThread();
  const thread = shared;
  holders++;
  return {
    thread,
    release: async () => {
      holders--;
      if (holders > 0) return;
      shared = undefined;
      await thread.close();
    },
  };
}
