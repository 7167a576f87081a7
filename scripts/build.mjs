// tsc copies nothing but JavaScript; Node-RED wants each node's html, locales and icon beside it.
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gatherLibraries } from './libraries.mjs';

const root = join(import.meta.dirname, '..');
if (process.argv.includes('--clean')) rmSync(join(root, 'dist'), { recursive: true, force: true });

const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', root], {
  stdio: 'inherit',
});
if (tsc.status === 0) await gatherLibraries(root);
const assets = globSync(['**/*.{html,json,svg,png,sql,css}', '**/page/*.{js,mjs}'], {
  cwd: join(root, 'nodes'),
  exclude: (name) => name === 'dashboard' || name === 'node_modules',
});
for (const asset of assets) {
  if (!statSync(join(root, 'nodes', asset)).isFile()) continue;
  mkdirSync(dirname(join(root, 'dist', asset)), { recursive: true });
  cpSync(join(root, 'nodes', asset), join(root, 'dist', asset));
}
// the widgets are a package of their own; its build does nothing where its sources are older than what it made
const widgets = spawnSync(process.execPath, [join(root, 'nodes/dashboard/build.mjs')], { stdio: 'inherit' });
process.exitCode = tsc.status || widgets.status || 0;
