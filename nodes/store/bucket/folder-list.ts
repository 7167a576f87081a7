import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Listed } from './bucket.js';
import { absent } from './folder-files.js';
import { checksumEnding } from './keys.js';

/** Keys that begin with `prefix`, in the order S3 has; only folders that can hold such keys are read. */
export async function* listFolder(root: string, prefix: string, inside = ''): AsyncGenerator<Listed> {
  const entries = (await readdir(join(root, inside), { withFileTypes: true }).catch(absent)) ?? [];
  for (const key of entries
    .filter(isShown)
    .map((entry) => inside + nameOf(entry))
    .sort()) {
    if (key.endsWith('/')) {
      if (key.startsWith(prefix) || prefix.startsWith(key)) yield* listFolder(root, prefix, key);
      continue;
    }
    if (!key.startsWith(prefix)) continue;
    const found = await lstat(join(root, key)).catch(absent);
    // deleted since the folder was read
    if (found) yield { key, bytes: found.size, time: found.mtimeMs };
  }
}

/** A folder's slash takes part in the order: `a.txt` comes before `a/b`. */
function nameOf(entry: Dirent): string {
  return entry.isDirectory() ? `${entry.name}/` : entry.name;
}

function isShown(entry: Dirent): boolean {
  const usual = entry.isFile() || entry.isDirectory();
  return usual && !entry.name.startsWith('.') && !entry.name.endsWith(checksumEnding);
}
