// npm run train -- NAME: makes a shipped model again, by its recipe models/NAME/recipe.mjs. Seeded: the same file each time.
import { existsSync, globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { folderPlace } from '../dist/inference/place.js';
import { Models } from '../dist/inference/registry.js';
import { cardOfTrained } from '../dist/inference/train/publish.js';
import { train } from '../dist/inference/train/training.js';

const [name, folder = join(import.meta.dirname, '../models')] = process.argv.slice(2);
const path = join(folder, name ?? '', 'recipe.mjs');

if (name === undefined || !existsSync(path)) {
  const names = globSync('*/recipe.mjs', { cwd: folder }).map((file) => basename(dirname(file)));
  console.error(
    `npm run train -- NAME; there ${names.length === 0 ? 'is no recipe yet' : `are: ${names.join(', ')}`}.`,
  );
  process.exitCode = 2;
} else {
  await make(await import(pathToFileURL(path).href));
}

/** A recipe gives `naming` and `prepare()`: network, examples and options of the training; and, if it likes, `score(model)`. */
async function make({ naming, prepare, score }) {
  const job = await prepare();
  const { network } = job;
  const { result } = train({
    ...job,
    onProgress: ({ epoch, epochs, loss, rate }) =>
      process.stderr.write(`\repoch ${epoch}/${epochs}  loss ${loss.toPrecision(4)}  ${rate.toFixed(0)} examples/s   `),
  });
  const trained = await result;
  const bytes = Buffer.from(trained.model);
  const lines = trained.curve.map(({ epoch, loss, validation }) => `\n${epoch}: ${loss} ${validation ?? ''}`);
  process.stderr.write(`${lines.join('')}\n`);
  const card = await cardOfTrained(trained, network, naming);
  card.scores = { ...card.scores, ...(await score?.({ card, place: folder, bytes: () => Promise.resolve(bytes) })) };
  await new Models([folderPlace(folder)]).add(card, bytes);
  console.log(`${card.name} ${card.version}: ${card.bytes} bytes, sha256 ${card.sha256}`);
  for (const [name, value] of Object.entries(card.scores)) console.log(`${name} ${value}`);
}
