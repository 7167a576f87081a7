import { open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { countRows } from './backup.js';
import { backupError } from './backup-errors.js';
import { absent, syncFolder } from './bucket/folder-files.js';
import { openStore } from './open.js';

/** What SQLite keeps beside a file that is open. */
const companions = ['-wal', '-shm'];
const sqliteBusy = 5;

/** A file that is not there, or a store without a row. A file that can't be read may hold anything. */
export async function isEmptyFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(absent);
  if (!found || found.size === 0) return true;
  try {
    const store = await openStore({ url: path });
    try {
      return Object.values(await countRows(store)).every((rows) => rows === 0);
    } finally {
      await store.close();
    }
  } catch {
    return false;
  }
}

/**
 * Puts a finished file where the store lies. What was there is kept under another name.
 * @returns that name
 * @throws PerceptError `restore-in-use`, with nothing changed
 */
export async function place(file: string, target: string): Promise<string | undefined> {
  const there = await stat(target).catch(absent);
  let replaced: string | undefined;
  if (there) {
    closeDown(target);
    replaced = `${target}.replaced-${new Date().toISOString().replaceAll(':', '-')}`;
    // its log first: the file without it is an older state, the log without its file is nothing
    for (const end of companions) await rename(target + end, replaced + end).catch(absent);
    await rename(target, replaced);
  }
  for (const end of companions) await unlink(target + end).catch(absent);
  const handle = await open(file, 'r+');
  await handle.sync();
  await handle.close();
  await rename(file, target);
  await syncFolder(dirname(target));
  return replaced;
}

/** Folds the log into the file, which only who is alone with it can. */
function closeDown(path: string): void {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path);
    db.exec('pragma busy_timeout = 1000; pragma journal_mode = delete');
  } catch (thrown) {
    // a damaged file is what one restores for
    if (!(thrown instanceof Error && 'errcode' in thrown && thrown.errcode === sqliteBusy)) return;
    throw backupError('restore-in-use', { store: path }, { cause: thrown });
  } finally {
    db?.close();
  }
}
