import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { replayError } from './errors.js';

export interface RecordedFile {
  readonly path: string;
  /** Its name without ending, with the folders below the one that was asked for: names the source. */
  readonly name: string;
}

/**
 * The file itself, or all files with one of these endings below the folder, in the order a person would list them.
 * @param endings lower case, with the dot; a single file may have any
 * @throws PerceptError `replay-path`
 */
export async function filesAt(path: string, endings: readonly string[]): Promise<RecordedFile[]> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return [{ path, name: bare(basename(path)) }];
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && endings.includes(extname(entry.name).toLowerCase()))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    if (files.length > 0) {
      return files.map((file) => ({ path: file, name: bare(relative(path, file)).split(sep).join('/') }));
    }
  } catch (cause) {
    const problem = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'it does not exist' : String(cause);
    throw replayError('replay-path', { path, problem }, { cause });
  }
  throw replayError('replay-path', { path, problem: `no file in it ends in ${endings.join(' or ')}` });
}

function bare(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}
