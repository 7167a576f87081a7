import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { error } from './errors.js';

const marker = 'percept-demo.json';

/** Folder of the installed package itself. */
export const packageRoot = join(__dirname, '../..');

const linked = [
  '@percept/node-red-percept',
  '@percept/node-red-dashboard-2-percept',
  '@flowfuse/node-red-dashboard',
] as const;

/**
 * Node-RED's user directory of the demo: made when it isn't there, kept when it is, emptied with `fresh`.
 * @throws PerceptError `user-dir-unwritable`, `user-dir-foreign`, `user-dir-busy`
 */
export function prepareUserDir(path: string, fresh: boolean): void {
  refuseBusy(path);
  if (fresh && existsSync(path)) {
    if (readdirSync(path).length > 0 && !existsSync(join(path, marker))) throw error('user-dir-foreign', { path });
    rmSync(path, { recursive: true, force: true });
  }
  try {
    mkdirSync(join(path, 'node_modules'), { recursive: true });
    writeFileSync(join(path, marker), JSON.stringify({ pid: process.pid }));
    writeFileSync(
      join(path, 'package.json'),
      JSON.stringify(
        { name: 'percept-demo', private: true, dependencies: Object.fromEntries(linked.map((name) => [name, '*'])) },
        null,
        2,
      ),
    );
    for (const name of linked) link(path, name);
    const flows = join(path, 'flows.json');
    if (!existsSync(flows)) writeFileSync(flows, `${JSON.stringify(demoFlows(), null, 2)}\n`);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code !== 'MODULE_NOT_FOUND') {
      throw error('user-dir-unwritable', { path, detail: cause.message }, { cause });
    }
    throw cause;
  }
}

/** What the systems share, and the systems. Each file can be imported by itself, and so repeats the settings it refers to. */
function demoFlows(): unknown[] {
  const all = ['shared', 'machines', 'alerts'].flatMap(
    (name) => JSON.parse(readFileSync(join(packageRoot, `flows/${name}.json`), 'utf8')) as { id: string }[],
  );
  return [...new Map(all.map((node) => [node.id, node])).values()];
}

/** Lets the next start know that nobody uses the directory any more. */
export function releaseUserDir(path: string): void {
  writeFileSync(join(path, marker), JSON.stringify({}));
}

/** Encrypts Node-RED's credentials; made once, readable by this user alone. */
export function credentialSecret(path: string): string {
  const file = join(path, 'credential-secret');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** Folder of a package as Node would find it from here, or from where the user stands. */
export function packageFolder(name: string): string {
  if (name === '@percept/node-red-percept') return packageRoot;
  try {
    return dirname(require.resolve(`${name}/package.json`, { paths: [__dirname, process.cwd()] }));
  } catch (cause) {
    throw error('node-red-missing', { name }, { cause });
  }
}

function link(path: string, name: string): void {
  const at = join(path, 'node_modules', name);
  // the folder may have moved since: a link is cheap to make again
  rmSync(at, { recursive: true, force: true });
  mkdirSync(dirname(at), { recursive: true });
  symlinkSync(packageFolder(name), at, 'dir');
}

function refuseBusy(path: string): void {
  let pid: number | undefined;
  try {
    pid = (JSON.parse(readFileSync(join(path, marker), 'utf8')) as { pid?: number }).pid;
    if (pid === undefined || pid === process.pid) return;
    process.kill(pid, 0);
  } catch {
    return;
  }
  if (isPercept(pid)) throw error('user-dir-busy', { pid, path });
}

/** After a crash the number may belong to something else by now; where that can't be told, the broker's own lock decides. */
function isPercept(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('percept');
  } catch {
    return false;
  }
}
