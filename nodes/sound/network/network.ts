import type { Card } from '../../inference/card.js';
import { type ModelHost, type ModelUser, models as sharedHost } from '../../inference/host.js';
import type { Model, Models } from '../../inference/registry.js';
import type { Tensor } from '../../inference/tensor.js';
import type { PerceptError } from '../../kit/index.js';
import { soundError } from '../errors.js';

/** A model by its name in the registry; without a version the one that is live there. */
export interface ModelName {
  readonly name: string;
  readonly version?: string | undefined;
}

type Numbers = ArrayLike<number | bigint>;
export type Run = (input: Tensor) => Promise<Numbers | undefined>;

/** A model that could not be loaded is tried again after so many ms: reading it is work. */
const patience = 5_000;

/**
 * A model as a node uses it: loaded with the first question, in the thread that all nodes share, and replaced by the version
 * that goes live.
 */
export class Network {
  readonly #models: Models;
  readonly #host: ModelHost;
  readonly #wanted: ModelName;
  readonly #onTrouble: (problem: PerceptError) => void;
  readonly #ignore: () => void;
  #held: Held | undefined;
  #closed = false;

  /** @param onTrouble told when the model's thread died and was replaced */
  constructor(models: Models, wanted: ModelName, onTrouble: (problem: PerceptError) => void, host = sharedHost) {
    this.#models = models;
    this.#host = host;
    this.#wanted = wanted;
    this.#onTrouble = onTrouble;
    this.#ignore = wanted.version === undefined ? models.watch(wanted.name, () => void this.#letGo()) : () => undefined;
  }

  /**
   * Asks the model; the same version for all that `ask` runs.
   * @throws PerceptError `model-…`, `sound-network-kind`
   */
  async with<T>(ask: (card: Card, run: Run) => Promise<T>): Promise<T> {
    const held = this.#current();
    const work = held.user.then((user) =>
      ask(user.model.card, async (input) => (await user.run([input]))?.[0]?.data as Numbers | undefined),
    );
    held.working.add(work);
    try {
      return await work;
    } finally {
      held.working.delete(work);
    }
  }

  /** @throws what `with` throws, without asking anything */
  async load(): Promise<Card> {
    return await this.with(async (card) => card);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#ignore();
    await this.#letGo();
  }

  #current(): Held {
    const now = performance.now();
    if (this.#held && now < this.#held.until) return this.#held;
    const held: Held = { user: this.#open(), working: new Set(), until: Number.POSITIVE_INFINITY };
    held.user.catch(() => {
      held.until = performance.now() + patience;
    });
    this.#held = held;
    return held;
  }

  async #open(): Promise<ModelUser> {
    const { name, version } = this.#wanted;
    const model = await this.#models.find(name, version);
    checkKind(model);
    const user = await this.#host.use(model, { policy: 'block', room, onTrouble: this.#onTrouble });
    if (this.#closed) await user.release();
    return user;
  }

  /** What is being asked is answered first. */
  async #letGo(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (!held) return;
    await Promise.allSettled(held.working);
    await held.user.then(
      (user) => user.release(),
      () => undefined,
    );
  }
}

/** Each source waits for its own answer, so that no more wait than there are sources. */
const room = 1024;

interface Held {
  readonly user: Promise<ModelUser>;
  readonly working: Set<Promise<unknown>>;
  /** After this, it is opened again. */
  until: number;
}

/** Whether sound can be judged by a model: what has colours looks at pictures of something else. */
export function canHear({ input, output }: Card): boolean {
  const isKnown = output.decoder === 'classes' || output.decoder === 'reconstruction';
  return isKnown && (input.colour === undefined || input.colour === 'grey');
}

function checkKind({ card }: Model): void {
  if (canHear(card)) return;
  const { colour } = card.input;
  const decoder = colour ? `${card.output.decoder} (${colour})` : card.output.decoder;
  throw soundError('sound-network-kind', { model: card.name, decoder });
}
