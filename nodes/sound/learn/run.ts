import type { Card } from '../../inference/card.js';
import type { Progress, Trained } from '../../inference/train/options.js';
import { cardOfTrained } from '../../inference/train/publish.js';
import { type Training, train } from '../../inference/train/training.js';
import { cardOfNormal, heardAs, type Numbered, namingOfAutoencoder, namingOfVgg } from './card.js';
import type { NetworkExamples } from './collected.js';
import { conditionsOf, type Gathered, gather, type Places } from './gather.js';
import type { Job } from './job.js';
import { errorsOf, networkOf, optionsOf } from './network.js';

export interface RunHooks {
  readonly gathered: (share: number) => void;
  readonly trained: (progress: Progress) => void;
  /** Asked when it is known that something was made of it. */
  readonly numbered: () => Promise<Numbered>;
}

export interface RunPlaces extends Places {
  readonly checkpoint: string;
  readonly checkpointMs: number;
}

/** What was made, ready to be published. */
export interface Learned {
  readonly card: Card;
  readonly bytes: Buffer;
  readonly gathered: Gathered;
}

/** One learning from its recordings to a model with a card. */
export class Run {
  readonly job: Job;
  readonly #places: RunPlaces;
  readonly #hooks: RunHooks;
  readonly #abort = new AbortController();
  #training: Training | undefined;

  constructor(job: Job, places: RunPlaces, hooks: RunHooks) {
    this.job = job;
    this.#places = places;
    this.#hooks = hooks;
  }

  /** @throws PerceptError `learn-…`, `training-…`, `store-…`, `bucket-…`, `sound-thread`, `model-…` */
  async result(): Promise<Learned> {
    const began = performance.now();
    const { signal } = this.#abort;
    const gathered = await gather(this.job, this.#places, signal, this.#hooks.gathered);
    const seconds = (): number => (performance.now() - began) / 1000;
    const { made } = gathered;
    if (made.kind === 'normal') {
      const numbered = await this.#hooks.numbered();
      return { ...(await cardOfNormal(this.job, gathered, made.model, seconds(), numbered)), gathered };
    }
    return { ...(await this.#network(gathered, made.examples, seconds)), gathered };
  }

  /** Nothing of it is kept. */
  cancel(): void {
    this.#training?.cancel();
    this.#abort.abort();
  }

  /** After the present step; where it was is kept. */
  pause(): void {
    this.#training?.pause();
    this.#abort.abort();
  }

  async #network(gathered: Gathered, examples: NetworkExamples, seconds: () => number) {
    const { kind } = this.job;
    const conditions = conditionsOf(this.job);
    const network = networkOf(kind === 'vgg' ? 'vgg' : 'autoencoder', conditions.length);
    this.#abort.signal.throwIfAborted();
    const { x, y } = examples;
    this.#training = train({
      network,
      examples: y ? { x, y } : { x },
      options: optionsOf(this.job, examples),
      checkpoint: this.#places.checkpoint,
      checkpointMs: this.#places.checkpointMs,
      onProgress: this.#hooks.trained,
    });
    const trained: Trained = await this.#training.result;
    this.#training = undefined;
    const numbered = await this.#hooks.numbered();
    const bytes = Buffer.from(trained.model.buffer);
    if (kind === 'vgg') {
      const naming = namingOfVgg(this.job, gathered, conditions, seconds(), numbered);
      return { card: heardAs(gathered, await cardOfTrained(trained, network, naming)), bytes };
    }
    const draft = await cardOfTrained(trained, network, namingOfAutoencoder(this.job, gathered, [], 0, numbered));
    const errors = await errorsOf(draft, bytes, examples);
    const naming = namingOfAutoencoder(this.job, gathered, errors, seconds(), numbered);
    return { card: heardAs(gathered, await cardOfTrained(trained, network, naming)), bytes };
  }
}
