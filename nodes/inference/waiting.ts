import { inferenceError } from './errors.js';
import type { UseOptions } from './host.js';
import type { NamedTensor, Tensor } from './tensor.js';

export interface Job {
  readonly inputs: readonly Tensor[];
  readonly resolve: (outputs: readonly NamedTensor[] | undefined) => void;
  readonly reject: (reason: unknown) => void;
}

const usualRoom = 64;

/** One user's inputs that have not had their turn. Bounded, and it counts what it does not keep. */
export class Waiting {
  readonly #model: string;
  readonly #policy: UseOptions['policy'];
  readonly #room: number;
  readonly #jobs: Job[] = [];
  skipped = 0;
  refused = 0;

  constructor(model: string, { policy, room = usualRoom }: UseOptions) {
    this.#model = model;
    this.#policy = policy;
    this.#room = room;
  }

  get size(): number {
    return this.#jobs.length;
  }

  /** @throws PerceptError `model-busy` when `room` are waiting */
  add(inputs: readonly Tensor[]): Promise<readonly NamedTensor[] | undefined> {
    if (this.#policy === 'newest') this.#skip();
    else if (this.#jobs.length >= this.#room) {
      this.refused++;
      throw inferenceError('model-busy', { model: this.#model, waiting: this.#jobs.length });
    }
    const { promise, resolve, reject } = Promise.withResolvers<readonly NamedTensor[] | undefined>();
    this.#jobs.push({ inputs, resolve, reject });
    return promise;
  }

  next(): Job | undefined {
    return this.#jobs.shift();
  }

  clear(): void {
    for (const job of this.#jobs.splice(0)) job.reject(inferenceError('model-released', { model: this.#model }));
  }

  #skip(): void {
    for (const job of this.#jobs.splice(0)) {
      this.skipped++;
      job.resolve(undefined);
    }
  }
}
