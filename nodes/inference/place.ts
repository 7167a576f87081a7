import { mkdir, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { toPerceptError } from '../kit/index.js';
import type { Bucket } from '../store/bucket/bucket.js';
import { absent, codeOf, discard, draft, publish } from '../store/bucket/folder-files.js';
import { inferenceError } from './errors.js';

/** Where models lie: `NAME/VERSION/card.json`, the model's file beside it (see `fileOf`), and `NAME/live.json` once somebody chose a version. */
export interface Place {
  /** For people; also tells places apart. */
  readonly label: string;
  readonly writable: boolean;
  /** Undefined where there is nothing. */
  read(path: string): Promise<Buffer | undefined>;
  has(path: string): Promise<boolean>;
  /** Whole or not at all; what was there is replaced. */
  write(path: string, bytes: Buffer): Promise<void>;
  /** What is not there counts as removed. */
  remove(path: string): Promise<void>;
  /** Every `NAME/VERSION` that has a card, in no order. */
  versions(): Promise<readonly { readonly name: string; readonly version: string }[]>;
}

export const cardFile = 'card.json';
export const liveFile = 'live.json';

export function folderPlace(folder: string, { writable = true } = {}): Place {
  const root = resolve(folder);
  const doing = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      if (codeOf(thrown) === '') throw thrown;
      throw inferenceError('model-place-refused', { place: root, detail: codeOf(thrown) }, { cause: thrown });
    }
  };
  return {
    label: root,
    writable,
    read: (path) => doing(() => readFile(join(root, path)).catch(absent)),
    has: (path) => doing(async () => (await stat(join(root, path)).catch(absent))?.isFile() ?? false),
    write: (path, bytes) => doing(() => writeWhole(root, path, bytes)),
    remove: (path) => doing(() => removeFile(join(root, path))),
    versions: () => doing(() => folderVersions(root)),
  };
}

async function writeWhole(root: string, path: string, bytes: Buffer): Promise<void> {
  const to = join(root, path);
  await mkdir(dirname(to), { recursive: true });
  const from = await draft(root, (handle) => handle.writeFile(bytes));
  try {
    await publish([{ from, to }]);
  } catch (thrown) {
    await discard(from);
    throw thrown;
  }
}

async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
  // a version's folder goes with its last file
  await rmdir(dirname(path)).catch(() => undefined);
}

async function folderVersions(root: string): Promise<{ name: string; version: string }[]> {
  const found: { name: string; version: string }[] = [];
  for (const name of await folders(root)) {
    for (const version of await folders(join(root, name))) {
      const files = await readdir(join(root, name, version));
      if (files.includes(cardFile)) found.push({ name, version });
    }
  }
  return found;
}

async function folders(path: string): Promise<string[]> {
  const entries = (await readdir(path, { withFileTypes: true }).catch(absent)) ?? [];
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name);
}

/** @param prefix where in the bucket models lie */
export function bucketPlace(bucket: Bucket, prefix = 'models/'): Place {
  return {
    label: `${bucket.label}/${prefix}`.replace(/\/+$/, ''),
    writable: true,
    read: (path) => bucket.get(prefix + path).catch(notFound),
    has: async (path) => (await bucket.head(prefix + path).catch(notFound)) !== undefined,
    write: async (path, bytes) => {
      await bucket.put(prefix + path, bytes);
    },
    remove: (path) => bucket.delete(prefix + path),
    versions: async () => {
      const found: { name: string; version: string }[] = [];
      for await (const { key } of bucket.list(prefix)) {
        const [name, version, file, ...deeper] = key.slice(prefix.length).split('/');
        if (name && version && file === cardFile && deeper.length === 0) found.push({ name, version });
      }
      return found;
    },
  };
}

function notFound(thrown: unknown): undefined {
  if (toPerceptError(thrown).code !== 'bucket-not-found') throw thrown;
}
