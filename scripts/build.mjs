// tsc copies nothing but JavaScript; Node-RED wants each node's html, locales and icon beside it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, globSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gatherLibraries } from './libraries.mjs';

const root = join(import.meta.dirname, '..');
const stamp = join(root, 'node_modules/.cache/built');
if (process.argv.includes('--clean')) rmSync(join(root, 'dist'), { recursive: true, force: true });
if (isFresh()) process.exit();

const began = new Date();
// the widgets are a package of their own; its build does nothing where its sources are older than what it made
const widgetsBuilt = run('nodes/dashboard/build.mjs');
const compiled = await run('node_modules/typescript/bin/tsc', '-p', root);
if (compiled) await gatherLibraries(root);
const assets = globSync(['**/*.{html,json,svg,png,sql,css}', '**/page/*.{js,mjs}'], {
  cwd: join(root, 'nodes'),
  exclude: (name) => name === 'dashboard' || name === 'node_modules',
});
for (const asset of assets) {
  if (!statSync(join(root, 'nodes', asset)).isFile()) continue;
  mkdirSync(dirname(join(root, 'dist', asset)), { recursive: true });
  cpSync(join(root, 'nodes', asset), join(root, 'dist', asset));
}
if ((await widgetsBuilt) && compiled) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, '');
  // what was saved while it was building is not in it
  utimesSync(stamp, began, began);
} else process.exitCode = 1;

/** Resolves to whether it ended well. */
async function run(script, ...args) {
  const [status] = await once(spawn(process.execPath, [join(root, script), ...args], { stdio: 'inherit' }), 'exit');
  return status === 0;
}

/** Nothing was changed, added or removed since the last build: then starting takes 2 s, not 10. */
function isFresh() {
  if (![stamp, join(root, 'dist'), join(root, 'nodes/dashboard/resources')].every(existsSync)) return false;
  const built = statSync(stamp).mtimeMs;
  const made = /^nodes\/dashboard($|\/(dist|resources|node_modules)($|\/))/;
  const nodes = globSync('nodes/**', { cwd: root }).filter((path) => !made.test(path));
  const inputs = ['package-lock.json', 'tsconfig.json', ...globSync('scripts/*', { cwd: root }), ...nodes];
  return inputs.every((path) => statSync(join(root, path)).mtimeMs < built);
}
