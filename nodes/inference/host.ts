import type { PerceptError } from '../kit/index.js';
import type { Facts } from './protocol.js';
import type { Model } from './registry.js';
import { usualRuntimes } from './runtime.js';
import { SharedModel } from './shared-model.js';
import type { NamedTensor, Tensor } from './tensor.js';

/**
 * `newest` for frames: while one is worked on, only the last that came waits, and what it replaces is skipped.
 * `block` for sound: all have their turn, in order, up to `room`; one more is refused.
 */
export type QueuePolicy = 'newest' | 'block';

export interface UseOptions {
  readonly policy: QueuePolicy;
  /** How many may wait with `block`; 64 unless said. */
  readonly room?: number;
  /** Told when the model's thread died and was replaced, or could not be. */
  readonly onTrouble?: (problem: PerceptError) => void;
}

export interface UserCounts {
  readonly done: number;
  /** Replaced by a newer one before their turn. */
  readonly skipped: number;
  /** Came when `room` were waiting. */
  readonly refused: number;
  readonly failed: number;
  readonly waiting: number;
}

/** One node's hold on a model. */
export interface ModelUser {
  readonly model: Model;
  readonly facts: Facts;
  readonly counts: UserCounts;
  /**
   * @param inputs in the model's order. Their arrays are handed over and empty afterwards, unless they are parts of larger ones
   * @returns outputs in the model's order; undefined when a newer input took its place
   * @throws PerceptError `model-bad-input`, `model-busy`, `model-worker-died`, `model-released`
   */
  run(inputs: readonly Tensor[]): Promise<readonly NamedTensor[] | undefined>;
  /** What waits is rejected; resolves when what is being worked on is done. */
  release(): Promise<void>;
}

export interface HostOptions {
  /** Intra-op threads of each model; one, because several on a busy box are slower. */
  readonly threads?: number;
  readonly runtimes?: readonly string[];
  /** How long a model that nobody uses stays loaded, so that a redeploy finds it. */
  readonly lingerMs?: number;
}

/** Keeps one thread per model, for all who use it. */
export class ModelHost {
  readonly #options: Required<HostOptions>;
  readonly #models = new Map<string, SharedModel>();

  constructor({ threads = 1, runtimes = usualRuntimes, lingerMs = 5_000 }: HostOptions = {}) {
    this.#options = { threads, runtimes, lingerMs };
  }

  /** Models that are loaded or being loaded. */
  get loaded(): number {
    return this.#models.size;
  }

  /** @throws PerceptError `model-not-pulled`, `model-corrupt`, `model-unreadable`, `model-other-shape`, `model-no-runtime` */
  async use(model: Model, options: UseOptions): Promise<ModelUser> {
    const key = model.card.sha256;
    const shared = this.#models.get(key) ?? new SharedModel(model, this.#options, () => this.#models.delete(key));
    this.#models.set(key, shared);
    return await shared.join(model, options);
  }

  /** At once, without lingering; what is being worked on is finished. */
  async close(): Promise<void> {
    await Promise.all([...this.#models.values()].map((shared) => shared.close()));
  }
}

/** The one that all nodes of this process share. */
export const models = new ModelHost();
