import { toPerceptError } from '../kit/index.js';
import { inferenceError } from './errors.js';
import type { HostOptions, ModelUser, UseOptions } from './host.js';
import type { Facts } from './protocol.js';
import type { Model } from './registry.js';
import { checkShape } from './shape.js';
import type { NamedTensor, Tensor } from './tensor.js';
import { ModelThread } from './thread.js';
import { type Job, Waiting } from './waiting.js';

/** A model with its thread and those who use it: they have their turns one after the other. */
export class SharedModel {
  readonly #model: Model;
  readonly #options: Required<HostOptions>;
  readonly #gone: () => void;
  readonly #users = new Set<User>();
  /** Those with something waiting, the one whose turn is next first. */
  readonly #turns = new Set<User>();
  #thread: ModelThread | undefined;
  #starting: Promise<Facts> | undefined;
  #working = false;
  #closed = false;
  #linger: NodeJS.Timeout | undefined;

  /** @param gone told when nobody uses it any more and its thread is to end */
  constructor(model: Model, options: Required<HostOptions>, gone: () => void) {
    this.#model = model;
    this.#options = options;
    this.#gone = gone;
  }

  async join(model: Model, options: UseOptions): Promise<ModelUser> {
    clearTimeout(this.#linger);
    const user = new User(model, options, this);
    // counted before it is loaded, so that nobody ends it meanwhile
    this.#users.add(user);
    try {
      user.facts = await this.#started();
      checkShape(model.card, user.facts);
      return user;
    } catch (thrown) {
      this.leave(user);
      throw thrown;
    }
  }

  leave(user: User): void {
    this.#users.delete(user);
    this.#turns.delete(user);
    if (this.#users.size > 0) return;
    const end = (): void => void this.close();
    this.#linger = setTimeout(end, this.#options.lingerMs).unref();
  }

  wantsTurn(user: User): void {
    this.#turns.add(user);
    void this.#work();
  }

  async close(): Promise<void> {
    clearTimeout(this.#linger);
    this.#closed = true;
    this.#gone();
    await this.#starting?.catch(() => undefined);
    await this.#thread?.close();
    this.#thread = undefined;
    this.#starting = undefined;
  }

  #started(): Promise<Facts> {
    this.#starting ??= this.#start().catch((thrown: unknown) => {
      // the next who asks tries again
      this.#starting = undefined;
      throw thrown;
    });
    return this.#starting;
  }

  async #start(): Promise<Facts> {
    const bytes = await this.#model.bytes();
    const { threads, runtimes } = this.#options;
    const thread = new ModelThread({ model: this.#model.card.name, threads, runtimes }, (detail) =>
      this.#died(thread, detail),
    );
    const facts = await thread.start(bytes);
    this.#thread = thread;
    return facts;
  }

  #died(thread: ModelThread, detail: string): void {
    // one that dies while it loads has told so to who waits for it
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    this.#starting = undefined;
    this.#tell(inferenceError('model-worker-died', { model: this.#model.card.name, detail }));
    if (this.#users.size > 0 && !this.#closed) this.#started().catch((thrown: unknown) => this.#tell(thrown));
  }

  #tell(thrown: unknown): void {
    for (const user of [...this.#users]) user.options.onTrouble?.(toPerceptError(thrown));
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    for (let job = this.#next(); job; job = this.#next()) await this.#do(job);
    this.#working = false;
  }

  #next(): Job | undefined {
    for (const user of this.#turns) {
      this.#turns.delete(user);
      const job = user.waiting.next();
      // to the end of the line
      if (user.waiting.size > 0) this.#turns.add(user);
      if (job) return job;
    }
    return undefined;
  }

  async #run(job: Job): Promise<readonly NamedTensor[]> {
    if (!this.#closed) await this.#started();
    if (!this.#thread) throw inferenceError('model-released', { model: this.#model.card.name });
    return await this.#thread.run(job.inputs);
  }

  async #do(job: Job): Promise<void> {
    try {
      job.resolve(await this.#run(job));
    } catch (thrown) {
      job.reject(thrown);
    }
  }
}

class User implements ModelUser {
  readonly model: Model;
  readonly options: UseOptions;
  readonly waiting: Waiting;
  readonly #shared: SharedModel;
  readonly #running = new Set<Promise<unknown>>();
  #released = false;
  #done = 0;
  #failed = 0;
  facts: Facts = { runtime: '', inputs: [], outputs: [] };

  constructor(model: Model, options: UseOptions, shared: SharedModel) {
    this.model = model;
    this.options = options;
    this.#shared = shared;
    this.waiting = new Waiting(model.card.name, options);
  }

  get counts() {
    const { skipped, refused, size } = this.waiting;
    return { done: this.#done, failed: this.#failed, skipped, refused, waiting: size };
  }

  async run(inputs: readonly Tensor[]): Promise<readonly NamedTensor[] | undefined> {
    if (this.#released) throw inferenceError('model-released', { model: this.model.card.name });
    const result = this.waiting.add(inputs);
    this.#running.add(result);
    this.#shared.wantsTurn(this);
    try {
      const outputs = await result;
      if (outputs) this.#done++;
      return outputs;
    } catch (thrown) {
      this.#failed++;
      throw thrown;
    } finally {
      this.#running.delete(result);
    }
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    this.waiting.clear();
    await Promise.allSettled(this.#running);
    this.#shared.leave(this);
  }
}
