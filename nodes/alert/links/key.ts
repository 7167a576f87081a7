import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkError } from './errors.js';

const fileName = 'percept-link-key';
const shortest = 16;

/**
 * What links are signed with: from the environment (PERCEPT_LINK_KEY), or made once and kept in the user directory for its owner alone.
 * @throws PerceptError `links-key`
 */
export function linkKey(userDir: string, env: NodeJS.ProcessEnv = process.env): Buffer {
  const file = join(userDir, fileName);
  const given = env['PERCEPT_LINK_KEY'];
  const text = given ?? keyIn(file);
  if (text.length < shortest) {
    const problem = `${given === undefined ? file : 'PERCEPT_LINK_KEY'} has ${text.length} characters`;
    throw linkError('links-key', { problem, file });
  }
  // of use for nothing else, even where one secret is given for several purposes
  return createHmac('sha256', text).update('percept links in notices').digest();
}

function keyIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim() || made(file, 'w');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw unusable(file, thrown);
  }
  try {
    return made(file, 'wx');
  } catch (thrown) {
    // another process was first
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return readFileSync(file, 'utf8').trim();
    throw unusable(file, thrown);
  }
}

function made(file: string, flag: 'w' | 'wx'): string {
  const key = randomBytes(32).toString('base64url');
  writeFileSync(file, `${key}\n`, { mode: 0o600, flag });
  return key;
}

function unusable(file: string, cause: unknown): Error {
  return linkError('links-key', { problem: (cause as Error).message, file }, { cause });
}
