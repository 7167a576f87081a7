import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { bucketError } from './errors.js';

/** Half-written files lie in here until they are renamed to where they belong. */
const draftsName = '.tmp';
const abandonedAfter = 3_600_000;
const host = hostname().replace(/[^\w-]/g, '_');

/**
 * Creates the folders between root and `path`, and makes them durable.
 * @throws PerceptError `bucket-bad-key` when a link leads away, `bucket-missing` when the root has gone (a disk unmounted)
 */
export async function makeParents(root: string, path: string, key: string): Promise<void> {
  await refuseLinks(root, dirname(path), key);
  if (!(await isFolder(root))) throw bucketError('bucket-missing', { bucket: root });
  const first = await mkdir(dirname(path), { recursive: true });
  if (!first) return;
  for (let made = dirname(path); made.length >= first.length; made = dirname(made)) await syncFolder(made);
  await syncFolder(dirname(first));
}

/** @throws PerceptError `bucket-bad-key` when a link lies on the way from root to `path` */
export async function refuseLinks(root: string, path: string, key: string): Promise<void> {
  for (let at = path; at.length > root.length; at = dirname(at)) {
    const found = await lstat(at).catch(absent);
    if (found?.isSymbolicLink()) throw bucketError('bucket-bad-key', { key: JSON.stringify(key) });
  }
}

/** Opens a plain file for reading, never a link. */
export async function openPlain(path: string): Promise<FileHandle> {
  return await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
}

/**
 * Writes a file that nobody sees yet, down to the disk.
 * @returns its path, to be renamed; nothing is left when `write` fails
 */
export async function draft(root: string, write: (handle: FileHandle) => Promise<void>): Promise<string> {
  const path = join(root, draftsName, draftName());
  await mkdir(join(root, draftsName)).catch(there);
  const handle = await open(path, 'wx', 0o640);
  try {
    await write(handle);
    await handle.sync();
    await handle.close();
    return path;
  } catch (thrown) {
    await handle.close().catch(() => undefined);
    await discard(path);
    throw thrown;
  }
}

export async function discard(path: string): Promise<void> {
  await unlink(path).catch(absent);
}

/** Renames drafts to their places, in this order, all in one folder, and makes that durable. */
export async function publish(moves: readonly { from: string; to: string }[]): Promise<void> {
  for (const { from, to } of moves) await rename(from, to);
  const last = moves.at(-1);
  if (last) await syncFolder(dirname(last.to));
}

export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes what writers that no longer run have left behind; another process may be writing here right now. */
export async function removeAbandoned(root: string): Promise<void> {
  const drafts = join(root, draftsName);
  for (const name of (await readdir(drafts).catch(absent)) ?? []) {
    const found = await stat(join(drafts, name)).catch(absent);
    if (found && isAbandoned(name, found.mtimeMs)) await discard(join(drafts, name));
  }
}

/** Tells who writes it, so that it can be removed when the writer is gone. */
export function draftName(): string {
  return `${host}-${process.pid}-${randomUUID()}`;
}

/** @param name from `draftName` */
export function isAbandoned(name: string, changed: number): boolean {
  if (Date.now() - changed > abandonedAfter) return true;
  const [, writer, id] = /^(.+?)-(\d+)-[0-9a-f-]{36}$/.exec(name) ?? [];
  if (writer !== host) return false;
  // in a container every start has the same process id
  if (Number(id) === process.pid) return changed < performance.timeOrigin;
  return !isRunning(Number(id));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return codeOf(thrown) === 'EPERM';
  }
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(absent))?.isDirectory() ?? false;
}

/** For `catch`: not being there is an answer, anything else an error. */
export function absent(thrown: unknown): undefined {
  const code = codeOf(thrown);
  if (code !== 'ENOENT' && code !== 'ENOTDIR') throw thrown;
}

function there(thrown: unknown): void {
  if (codeOf(thrown) !== 'EEXIST') throw thrown;
}

export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}
