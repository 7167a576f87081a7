import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Kept {
  /** Channels, in the order of the state. */
  readonly names: readonly string[];
  readonly state: Uint8Array;
}

/**
 * What was learnt, a file per series or source: its names, a line feed, the state. Written beside and renamed, so that a
 * crash leaves the one before.
 */
export class Keep {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** @returns nothing where there is no file, or none that has the form of one */
  load(key: string): Kept | undefined {
    const bytes = this.#read(fileOf(key));
    const end = bytes?.indexOf(10) ?? -1;
    if (!bytes || end === -1) return undefined;
    try {
      const names = JSON.parse(bytes.toString('utf8', 0, end)) as unknown;
      if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) return undefined;
      return { names, state: bytes.subarray(end + 1) };
    } catch {
      return undefined;
    }
  }

  async save(key: string, { names, state }: Kept): Promise<void> {
    await this.#write(fileOf(key), Buffer.concat([Buffer.from(`${JSON.stringify(names)}\n`), state]));
  }

  /** For somebody to look at; the next `save` begins anew. */
  setAside(key: string): string {
    const path = join(this.#folder, fileOf(key));
    renameSync(path, `${path}.damaged`);
    return `${path}.damaged`;
  }

  async forget(key: string): Promise<void> {
    await rm(join(this.#folder, fileOf(key)), { force: true });
  }

  loadText(name: string): string | undefined {
    return this.#read(name)?.toString();
  }

  async saveText(name: string, text: string): Promise<void> {
    await this.#write(name, Buffer.from(text));
  }

  /** All of it. */
  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  #read(name: string): Buffer | undefined {
    try {
      return readFileSync(join(this.#folder, name));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw thrown;
    }
  }

  async #write(name: string, bytes: Buffer): Promise<void> {
    const path = join(this.#folder, name);
    await mkdir(this.#folder, { recursive: true });
    await writeFile(`${path}.new`, bytes);
    await rename(`${path}.new`, path);
  }
}

/** A name of a source may hold what no file name can. */
function fileOf(key: string): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.state`;
}
