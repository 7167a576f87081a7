// Builds, then runs every test; with CI=true a skipped test is a failure. Ends with the runner's own count lines.
import { spawn, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..');
process.chdir(root);

const build = spawnSync(process.execPath, ['scripts/build.mjs', '--clean'], { stdio: 'inherit' });
if (build.status !== 0) process.exit(1);

const asked = process.argv.slice(2);
const files = asked.length > 0 ? asked : globSync('test/{unit,integration,faults,browser}/**/*.test.ts').sort();
const runner = spawn(process.execPath, ['--test', '--test-concurrency=2', '--test-timeout=180000', ...files], {
  stdio: ['ignore', 'pipe', 'inherit'],
});

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
