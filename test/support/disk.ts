import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small disk of its own, in memory. Only root may mount one, and not in every container. */
export class Disk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** @returns nothing where none can be mounted */
  static mount(megabytes: number): Disk | undefined {
    if (process.getuid?.() !== 0) return undefined;
    const path = mkdtempSync(join(tmpdir(), 'percept-disk-'));
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]).status === 0)
      return new Disk(path);
    rmSync(path, { recursive: true });
    return undefined;
  }

  grow(megabytes: number): void {
    this.#remount(`size=${megabytes}m`);
  }

  /** Nobody may have a file open for writing. */
  readOnly(): void {
    this.#remount('ro');
  }

  writable(): void {
    this.#remount('rw');
  }

  /** Nobody may have a file open. */
  remove(): void {
    execFileSync('umount', [this.path]);
    rmSync(this.path, { recursive: true });
  }

  #remount(option: string): void {
    execFileSync('mount', ['-o', `remount,${option}`, this.path]);
  }
}

/** For a test's `skip` option. */
export function noDisk(): string | false {
  const disk = Disk.mount(1);
  disk?.remove();
  return disk ? false : 'needs the right to mount a disk';
}
