import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { download } from './download.js';
import { cardOf, type PublicModel } from './manifest.js';
import { folderPlace } from './place.js';
import { type Model, Models, packagedModels } from './registry.js';

export interface PullOptions {
  /** The user's folder of models. */
  readonly folder: string;
  /** Whose cards to use; the package's own unless a test has others. */
  readonly cards?: string;
  readonly signal?: AbortSignal;
  /** @param got bytes, of `whole` */
  readonly progress?: (got: number, whole: number) => void;
}

/**
 * Downloads a public model into the user's folder, its checksum verified; nothing is there before all of it is.
 * @returns undefined when it was there already
 * @throws PerceptError `model-download-…`, `model-place-refused`
 */
export async function pull(wanted: PublicModel, options: PullOptions): Promise<Model | undefined> {
  const { folder, cards = packagedModels, signal, progress } = options;
  const card = await cardOf(wanted, cards);
  const models = new Models([folderPlace(folder)]);
  if (await isThere(models, wanted)) return undefined;
  const part = join(folder, '.part', `${wanted.name}-${wanted.version}`);
  await download({
    model: wanted.name,
    url: wanted.url,
    sha256: wanted.sha256,
    bytes: card.bytes,
    part,
    ...(signal ? { signal } : {}),
    progress: (got) => progress?.(got, card.bytes),
  });
  const model = await models.add(card, await readFile(part));
  await unlink(part);
  return model;
}

async function isThere(models: Models, { name, version }: PublicModel): Promise<boolean> {
  try {
    await (await models.find(name, version)).bytes();
    return true;
  } catch {
    // missing or damaged: either way it is fetched
    return false;
  }
}
