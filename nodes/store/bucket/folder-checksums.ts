import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { absent, draft } from './folder-files.js';
import { checksumEnding } from './keys.js';

/** Of the object at `path`: one, or more while it is being replaced; none when it was not put by us. */
export async function readChecksums(path: string): Promise<string[]> {
  const text = (await readFile(path + checksumEnding, 'utf8').catch(absent)) ?? '';
  return [...text.matchAll(/^([0-9a-f]{64}) {2}/gm)].map((match) => match[1] ?? '');
}

/** Prepares the file that lies beside the object, as sha256sum writes it. @returns its path */
export async function draftChecksums(root: string, path: string, checksums: readonly string[]): Promise<string> {
  const text = checksums.map((sha256) => `${sha256}  ${basename(path)}\n`).join('');
  return await draft(root, (handle) => handle.writeFile(text));
}
