import { createHash } from 'node:crypto';
import { type Card, compareVersions } from '../../inference/card.js';
import type { Models } from '../../inference/registry.js';
import { type PerceptError, toPerceptError } from '../../kit/index.js';
import { learnError } from './errors.js';
import type { Version } from './learning.js';

const prefix = 'learned-';

/** What `anomaly` takes as `msg.model`: a learned normal itself, or where to find a network. */
export type LiveModel = object;

export interface LiveVersion {
  readonly source: string;
  readonly version: string;
  readonly model: LiveModel;
}

/** One name per source and quantity, whatever the kind: they follow one another as versions of the same thing. */
export function nameOf(source: string, quantity: string): string {
  const plain = source.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const mark = createHash('sha256').update(`${source}\0${quantity}`).digest('hex').slice(0, 8);
  return `${prefix}${plain.slice(0, 40)}-${mark}`.replaceAll('--', '-');
}

/** The versions of what was learned of each source, in the registry of models. */
export class Shelf {
  readonly #models: Models;
  readonly #quantity: string;
  readonly #keep: number;
  readonly #onBad: (problem: PerceptError) => void;

  /**
   * @param keep so many versions of a source at least; the one in use always
   * @param onBad told of cards that can't be read
   */
  constructor(models: Models, quantity: string, keep: number, onBad: (problem: PerceptError) => void) {
    this.#models = models;
    this.#quantity = quantity;
    this.#keep = keep;
    this.#onBad = onBad;
  }

  /** Sources of which something was learned. */
  async sources(): Promise<string[]> {
    const listed = await this.#models.list({ wanted: (name) => name.startsWith(prefix), onBad: this.#onBad });
    const own = listed.flatMap(({ card: { learned } }) =>
      learned?.quantity === this.#quantity ? [learned.source] : [],
    );
    return [...new Set(own)];
  }

  /** Newest first. */
  async versions(source: string): Promise<Version[]> {
    return (await this.#listed(source)).map(({ card, live }) => ({
      version: card.version,
      kind: card.learned?.kind ?? 'normal',
      madeAt: card.trainedAt ?? 0,
      live,
      scores: card.scores ?? {},
      ...(card.learned ? { seconds: card.learned.seconds } : {}),
    }));
  }

  /** The number of the version that is made next. */
  async next(source: string): Promise<string> {
    const numbers = (await this.#listed(source)).map(({ card }) => Number.parseInt(card.version, 10) || 0);
    return String(Math.max(0, ...numbers) + 1);
  }

  /** The version that a learning has made before it was interrupted, if it came so far. */
  async madeBy(source: string, job: string): Promise<string | undefined> {
    return (await this.#listed(source)).find(({ card }) => card.learned?.job === job)?.card.version;
  }

  /**
   * Keeps a version and puts it to use at once; the oldest ones go.
   * @throws PerceptError `model-place-refused`, `bucket-…`: then the one before stays in use
   */
  async publish(source: string, card: Card, bytes: Buffer): Promise<void> {
    await this.#models.add(card, bytes);
    await this.use(source, card.version);
  }

  /** @throws PerceptError `learn-no-version`, `model-corrupt`: then the one before stays in use */
  async use(source: string, version: string): Promise<void> {
    const all = await this.#listed(source);
    if (!all.some(({ card }) => card.version === version)) throw this.#noVersion(source, version, all);
    await this.#models.activate(this.#name(source), version);
    await this.#prune(source);
  }

  /** To the version that was used before. @throws PerceptError `learn-nothing-before` */
  async back(source: string): Promise<void> {
    try {
      await this.#models.rollback(this.#name(source));
    } catch (thrown) {
      if (toPerceptError(thrown).code !== 'model-nothing-before') throw thrown;
      throw learnError('learn-nothing-before', { source, known: knownOf(await this.#listed(source)) });
    }
  }

  /** Undefined where nothing was learned. @throws PerceptError `model-corrupt`, `model-not-pulled` */
  async live(source: string): Promise<LiveVersion | undefined> {
    const used = (await this.#listed(source)).find(({ live }) => live);
    if (!used) return undefined;
    const { name, version } = used.card;
    const found = await this.#models.find(name, version);
    if (used.card.output.decoder !== 'normal') {
      await found.bytes();
      return { source, version, model: { name, version } };
    }
    // its bytes are those that were kept: whether they can be judged by is for who judges to say
    const model = JSON.parse((await found.bytes()).toString()) as LiveModel;
    return { source, version, model };
  }

  async #prune(source: string): Promise<void> {
    for (const { card } of (await this.#listed(source)).slice(this.#keep))
      await this.#models
        .remove(card.name, card.version)
        .catch((thrown: unknown) => this.#onBad(toPerceptError(thrown)));
  }

  #name(source: string): string {
    return nameOf(source, this.#quantity);
  }

  async #listed(source: string) {
    const name = this.#name(source);
    const all = await this.#models.list({ wanted: (other) => other === name, onBad: this.#onBad });
    return all.sort((a, b) => compareVersions(b.card.version, a.card.version));
  }

  #noVersion(source: string, version: string, all: readonly { card: Card }[]): Error {
    return learnError('learn-no-version', { source, version, known: knownOf(all) });
  }
}

function knownOf(all: readonly { card: Card }[]): string {
  return all.map(({ card }) => card.version).join(', ') || '-';
}
