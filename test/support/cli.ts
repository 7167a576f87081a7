import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { endsWithUs } from './children.ts';
import { root } from './node-red.ts';

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a `percept` command to its end. */
export function percept(
  args: readonly string[],
  { node = process.execPath, env = {}, cwd = root } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [join(root, 'dist/cli/percept.js'), ...args], {
      cwd,
      env: { ...process.env, LANG: 'C.UTF-8', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    endsWithUs(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}
