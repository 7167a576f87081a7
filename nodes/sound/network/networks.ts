import type { Models } from '../../inference/registry.js';
import type { PerceptError } from '../../kit/index.js';
import type { Judge } from '../normal/judge.js';
import { networkJudge, type Usual } from './judge.js';
import { type ModelName, Network } from './network.js';

/** The models that a node judges by, each held once however many sources it judges. */
export class Networks {
  readonly #models: Models;
  readonly #onTrouble: (problem: PerceptError) => void;
  readonly #networks = new Map<string, Network>();

  /** @param onTrouble told when a model's thread died and was replaced */
  constructor(models: Models, onTrouble: (problem: PerceptError) => void) {
    this.#models = models;
    this.#onTrouble = onTrouble;
  }

  network(wanted: ModelName): Network {
    const key = `${wanted.name}\0${wanted.version ?? ''}`;
    const known = this.#networks.get(key) ?? new Network(this.#models, wanted, this.#onTrouble);
    this.#networks.set(key, known);
    return known;
  }

  judge(wanted: ModelName, usual?: Usual): Judge {
    return networkJudge(this.network(wanted), usual);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#networks.values()].map((network) => network.close()));
  }
}
