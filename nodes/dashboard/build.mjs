// Three outputs: the nodes' JavaScript, the editor files beside it, and the browser's script. Each is made only when its sources changed.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = import.meta.dirname;
const bin = (module, path) => join(dirname(fileURLToPath(import.meta.resolve(`${module}/package.json`))), path);
const sources = (pattern) => globSync(pattern, { cwd: here, exclude: ['dist/**', 'resources/**', 'node_modules/**'] });
const configs = ['package.json', 'tsconfig.json', 'ui/tsconfig.json', 'vite.config.mjs', 'build.mjs'];

function stale(output, inputs) {
  if (!existsSync(join(here, output))) return true;
  const made = statSync(join(here, output)).mtimeMs;
  return inputs.some((input) => statSync(join(here, input)).mtimeMs > made);
}

function run(script, args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: here, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const tsc = bin('typescript', 'bin/tsc');
const nodes = sources('*/*.ts').filter((path) => !path.startsWith('ui'));
if (stale('dist/node/widget.js', [...nodes, ...configs])) run(tsc, ['-p', here]);

for (const asset of sources('*/{*.html,locales/**/*.{html,json}}')) {
  mkdirSync(dirname(join(here, 'dist', asset)), { recursive: true });
  cpSync(join(here, asset), join(here, 'dist', asset));
}

if (stale('resources/percept.umd.js', [...sources('ui/**/*.{ts,vue,css}'), ...configs])) {
  run(tsc, ['-p', join(here, 'ui')]);
  run(bin('vite', 'bin/vite.js'), ['build', '--config', join(here, 'vite.config.mjs')]);
}
