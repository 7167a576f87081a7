// Builds, then runs every test; with CI=true a skipped test is a failure. Ends with the runner's own count lines.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from 'node:test';
import { spec as Spec } from 'node:test/reporters';

const root = join(import.meta.dirname, '..');
process.chdir(root);
// a hundred times the same Node-RED is loaded
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/compile');
// some tests load the runtime without us
process.env.ORT_DISABLE_TELEMETRY ??= '1';

const build = spawnSync(process.execPath, ['scripts/build.mjs', '--clean'], { stdio: 'inherit' });
if (build.status !== 0) process.exit(1);

const asked = process.argv.slice(2);
const files = asked.length > 0 ? globSync(asked) : everything();
if (files.length === 0) {
  console.error(`No file is called ${asked.join(', ')}.`);
  process.exit(1);
}
const tests = run({
  cwd: root,
  files: files.map((file) => resolve(root, file)),
  // each may run a Node-RED, a browser and a database of its own, and often waits for them
  concurrency: Math.min(availableParallelism() + 2, 4),
  execArgv: ['--import', join(root, 'test/support/ends.ts')],
  timeout: 480_000,
});
let skipped = 0;
tests.on('test:summary', ({ file, counts, success }) => {
  if (file !== undefined) return;
  skipped = counts.skipped;
  if (!success) process.exitCode = 1;
});
tests.compose(new Spec()).pipe(process.stdout);
process.on('exit', () => {
  if (skipped === 0 || process.env.CI !== 'true') return;
  console.error(
    `CI=true: ${skipped} skipped test${skipped === 1 ? '' : 's'} count as failed; the reasons above say what to install.`,
  );
  process.exitCode = 1;
});

/** Files with a browser or a fault run a whole demo: spread among the others, two of them are seldom at work at once. */
function everything() {
  const demos = globSync('test/{browser,faults}/**/*.test.ts').sort();
  const others = ['test/units.ts', ...globSync('test/integration/**/*.test.ts').sort()];
  const every = others.length / demos.length;
  return demos.flatMap((demo, i) => [demo, ...others.slice(Math.round(i * every), Math.round((i + 1) * every))]);
}
