// typebox and kysely are a thousand small ES modules: a fifth of what it takes to start Node-RED, and more from an SD card.
// Here they become a few files in dist/libraries, and what tsc made requires these.
import { globSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { rolldown } from 'rolldown';

const asked = /\brequire\("((kysely|typebox)(?:\/[\w-]+)*)"\)/g;

/** @param {string} root of the package, built by tsc */
export async function gatherLibraries(root) {
  const folder = join(root, 'dist/libraries');
  const files = globSync('dist/**/*.js', { cwd: root, exclude: ['dist/libraries/**'] });
  const sources = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
  const wanted = new Set();
  for (const [file, source] of sources) {
    const gathered = source.replace(asked, (_all, name) => {
      wanted.add(name);
      const path = relative(dirname(join(root, file)), join(folder, fileOf(name)));
      return `require("${path.startsWith('.') ? path : `./${path}`}")`.replaceAll(sep, '/');
    });
    if (gathered !== source) writeFileSync(join(root, file), gathered);
  }
  rmSync(folder, { recursive: true, force: true });
  const bundle = await rolldown({
    input: Object.fromEntries([...wanted].map((name) => [fileOf(name).replace(/\.js$/, ''), name])),
    cwd: root,
    platform: 'node',
  });
  await bundle.write({ dir: folder, format: 'cjs', exports: 'named', chunkFileNames: '[name]-[hash].js' });
  await bundle.close();
  const packages = new Set([...wanted].map((name) => name.split('/')[0]));
  writeFileSync(join(folder, 'LICENSES.txt'), [...packages].map((name) => licenceOf(root, name)).join('\n\n'));
}

function fileOf(name) {
  return `${name.replaceAll('/', '-')}.js`;
}

function licenceOf(root, name) {
  const folder = join(root, 'node_modules', name);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8')}`;
}
