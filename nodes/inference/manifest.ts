import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Card, readCard } from './card.js';
import { inferenceError } from './errors.js';
import { cardFile } from './place.js';
import { packagedModels } from './registry.js';

const Manifest = Type.Object({
  models: Type.Array(
    Type.Object({
      name: Type.String(),
      version: Type.String(),
      /** Pinned to a commit. */
      url: Type.String({ pattern: '^https?://' }),
      sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
      licence: Type.String(),
    }),
  ),
});
export type PublicModel = Static<typeof Manifest>['models'][number];
const validator = Compile(Manifest);

/** The public models that can be pulled. @param folder whose `manifest.json` to read; cards lie beside it */
export async function publicModels(folder = packagedModels): Promise<readonly PublicModel[]> {
  const path = join(folder, 'manifest.json');
  const value: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (validator.Check(value)) return value.models;
  throw inferenceError('model-bad-card', { card: path, detail: validator.Errors(value)[0]?.message ?? '' });
}

export async function cardOf({ name, version }: PublicModel, folder = packagedModels): Promise<Card> {
  const path = join(folder, name, version, cardFile);
  return readCard(await readFile(path, 'utf8'), path);
}
