import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const memory = '/dev/shm';

/**
 * Where files lie in memory, if there is enough of it: for what makes and forgets thousands of them at once, a whole
 * installation or a database server. A test's few files are as quick on a disk.
 */
export function inMemory(): string {
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 2 ** 31 ? memory : tmpdir();
}
