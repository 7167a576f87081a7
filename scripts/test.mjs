// Builds, then runs every test; with CI=true a skipped test is a failure. Ends with the runner's own count lines.
import { spawn, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..');
process.chdir(root);

const build = spawnSync(process.execPath, ['scripts/build.mjs', '--clean'], { stdio: 'inherit' });
if (build.status !== 0) process.exit(1);

const asked = process.argv.slice(2);
const files = asked.length > 0 ? asked : everything();
// each may run a Node-RED, a browser and a database of its own, and waits for them a third of its time
const atOnce = Math.min(availableParallelism() + 1, 4);
const runner = spawn(process.execPath, ['--test', `--test-concurrency=${atOnce}`, '--test-timeout=480000', ...files], {
  stdio: ['ignore', 'pipe', 'inherit'],
  // a hundred times the same Node-RED is loaded
  env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compile') },
});

/** Files with a browser or a fault run a whole demo: spread among the others, two of them are seldom at work at once. */
function everything() {
  const demos = globSync('test/{browser,faults}/**/*.test.ts').sort();
  const others = ['test/units.ts', ...globSync('test/integration/**/*.test.ts').sort()];
  const every = others.length / demos.length;
  return demos.flatMap((demo, i) => [demo, ...others.slice(Math.round(i * every), Math.round((i + 1) * every))]);
}

let skipped = 0;
for await (const line of createInterface({ input: runner.stdout })) {
  console.log(line);
  skipped = Number(/^\S+ skipped (\d+)$/.exec(line)?.[1] ?? skipped);
}
const status = runner.exitCode ?? (await new Promise((resolve) => runner.once('exit', (code) => resolve(code ?? 1))));
process.exitCode = status;
if (skipped > 0 && process.env.CI === 'true') {
  console.error(
    `CI=true: ${skipped} skipped test${skipped === 1 ? '' : 's'} count as failed; the reasons above say what to install.`,
  );
  process.exitCode = 1;
}
