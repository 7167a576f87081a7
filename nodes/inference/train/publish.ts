import { sha256Of } from '../../store/bucket/checksum.js';
import type { Card } from '../card.js';
import type { Live, Models } from '../registry.js';
import type { Network } from './network.js';
import type { Trained } from './options.js';

/** What a training cannot know of its model. */
export interface Naming {
  readonly name: string;
  readonly version: string;
  /** One sentence for people. */
  readonly about: string;
  /** One per output; none for a network that repeats its input. */
  readonly labels: readonly string[];
  readonly threshold: number;
  readonly licence: string;
  /** What it was learned from. */
  readonly source: string;
  readonly caution?: string;
  /** More figures than the training's own. */
  readonly scores?: Readonly<Record<string, number>>;
  readonly trainedAt?: number;
  /** Of what kind of sound its pictures are. */
  readonly sound?: Card['input']['sound'];
}

/** The card of a model that was learned here. */
export async function cardOfTrained(
  trained: Trained,
  network: Network,
  { scores, sound, ...naming }: Naming,
): Promise<Card> {
  const { model, normal } = trained;
  const decoder: Card['output'] =
    naming.labels.length === 0
      ? { decoder: 'reconstruction' }
      : { decoder: 'classes', activation: network.loss === 'mse' ? 'none' : 'softmax' };
  return {
    ...naming,
    labels: [...naming.labels],
    sha256: await sha256Of(Buffer.from(model.buffer)),
    bytes: model.length,
    input: {
      shape: [1, ...network.input],
      layout: network.input.length === 1 ? 'matrix' : 'NCHW',
      mean: [normal.mean],
      scale: [normal.scale],
      ...(sound ? { sound } : {}),
    },
    output: decoder,
    scores: { ...trained.scores, ...scores },
  };
}

/**
 * Keeps a model that was learned as a new version and puts it to use at once; the one before can be rolled back to.
 * @throws PerceptError `model-version-taken`, `model-place-refused`, `bucket-…`: then the one before stays in use
 */
export async function publish(models: Models, trained: Trained, network: Network, naming: Naming): Promise<Live> {
  const { name, version } = naming;
  const card = await cardOfTrained(trained, network, naming);
  await models.add(card, Buffer.from(trained.model.buffer));
  return await models.activate(name, version);
}
