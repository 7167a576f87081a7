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

/** A recipe gives `naming` and `prepare()`: network, examples and options of the training. */
async function make({ naming, prepare }) {
  const job = await prepare();
  const { network } = job;
  const { result } = train({
    ...job,
    onProgress: ({ epoch, epochs, loss, rate }) =>
      process.stderr.write(`\repoch ${epoch}/${epochs}  loss ${loss.toPrecision(4)}  ${rate.toFixed(0)} examples/s   `),
  });
  const trained = await result;
  process.stderr.write('\n');
  const card = await cardOfTrained(trained, network, naming);
  await new Models([folderPlace(folder)]).add(card, Buffer.from(trained.model));
  console.log(`${card.name} ${card.version}: ${card.bytes} bytes, sha256 ${card.sha256}`);
  for (const [score, value] of Object.entries(card.scores)) console.log(`${score} ${value}`);
}
