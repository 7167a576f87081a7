import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { soundError } from '../errors.js';
import type { Collected } from './collected.js';
import type { CollectingReply, CollectingRequest, CollectingThreadData } from './collecting-protocol.js';

/**
 * Recordings become what is learned from in a thread of its own, behind the event loop and apart from the thread that
 * listens: who learns an hour must not keep others from hearing. One question at a time.
 */
export class CollectingThread {
  readonly #worker: Worker;
  #pending: { resolve: (reply: CollectingReply) => void; reject: (reason: unknown) => void } | undefined;
  #ended: Error | undefined;

  constructor(data: CollectingThreadData) {
    this.#worker = new Worker(join(__dirname, 'collecting-worker.js'), { workerData: data, name: 'percept learning' });
    this.#worker.on('message', (reply: CollectingReply) => {
      const pending = this.#pending;
      this.#pending = undefined;
      pending?.resolve(reply);
    });
    this.#worker.on('error', (thrown) => this.#died(thrown instanceof Error ? thrown.message : String(thrown)));
    this.#worker.on('exit', (code) => this.#died(`code ${code}`));
  }

  /**
   * @param bytes a WAV file; handed over where they fill their ArrayBuffer
   * @param time ms UTC of its first sample
   * @returns stretches so far
   * @throws PerceptError `sound-fft`, `sound-thread`
   */
  async take(bytes: Buffer, time: number): Promise<number> {
    const own = bytes.buffer.byteLength === bytes.byteLength ? bytes : new Uint8Array(bytes);
    const reply = await this.#ask({ bytes: own, time }, own.buffer instanceof ArrayBuffer ? [own.buffer] : []);
    return 'stretches' in reply ? reply.stretches : 0;
  }

  /** @throws PerceptError `sound-fft`, `sound-thread` */
  async finish(): Promise<Collected> {
    const reply = await this.#ask('finish');
    if ('collected' in reply) return reply.collected;
    throw soundError('sound-thread', { detail: 'it gave no answer' });
  }

  /** At once: it runs nothing that must not be stopped. What is asked is rejected. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #ask(request: CollectingRequest, moved: ArrayBuffer[] = []): Promise<CollectingReply> {
    if (this.#ended) throw this.#ended;
    const { promise, resolve, reject } = Promise.withResolvers<CollectingReply>();
    this.#pending = { resolve, reject };
    this.#worker.postMessage(request, moved);
    const reply = await promise;
    if (!('failure' in reply)) return reply;
    const { code, detail } = reply.failure;
    throw code === 'sound-fft' ? soundError('sound-fft', { detail }) : soundError('sound-thread', { detail });
  }

  #died(detail: string): void {
    this.#ended ??= soundError('sound-thread', { detail });
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(this.#ended);
  }
}
