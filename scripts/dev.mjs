// Builds, starts the demo, and starts it again whenever something under nodes/ or flows/ changes.
import { spawn, spawnSync } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const args = process.argv.slice(2);
let demo;
let timer;

function build() {
  return spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' }).status === 0;
}

async function restart() {
  if (!build()) return;
  await stop();
  demo = spawn(process.execPath, [join(root, 'dist/cli/percept.js'), 'demo', '--no-browser', '--verbose', ...args], {
    stdio: 'inherit',
  });
}

async function stop() {
  if (!demo || demo.exitCode !== null) return;
  const gone = new Promise((resolve) => demo.once('exit', resolve));
  demo.kill('SIGTERM');
  await gone;
}

for (const folder of ['nodes', 'flows']) {
  watch(join(root, folder), { recursive: true }, (_event, file) => {
    if (!file || /(^|\/)(dist|node_modules)(\/|$)/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(restart, 300);
  });
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await stop();
    process.exit(0);
  });
}
await restart();
