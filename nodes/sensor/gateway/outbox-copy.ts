import { constants, copyFile, open, rm, stat } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { gatewayError } from './errors.js';

const attempts = 50;
const pauseMs = 100;
/** Longer than the clock of any file system stands still. */
const settledMs = 50;
/** Of a log's header: it holds the salts, which change whenever the log begins anew. */
const logHeaderBytes = 32;

type Copy = (from: string, to: string) => Promise<void>;
const copyBytes: Copy = (from, to) => copyFile(from, to, constants.COPYFILE_FICLONE);

/**
 * Copies an outbox as it is at one moment, also while the gateway of another process has it open and lets nobody else in:
 * between two checkpoints the file stays as it is and the log only grows, so that any beginning of it is a state that was.
 * In the gateway's own process it would take away the file's lock (POSIX), so never there.
 * @param to becomes a single file without a log
 * @param copy for tests: copies one file
 * @throws PerceptError `gateway-copy-busy`; as the file system does
 */
export async function copyOutbox(path: string, to: string, copy: Copy = copyBytes): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await sleep(pauseMs);
    const before = await mark(path);
    if (Date.now() - before.changed < settledMs) continue;
    await copy(path, to);
    const logged = await copyIfThere(`${path}-wal`, `${to}-wal`, copy);
    if (!same(before, await mark(path))) continue;
    if (logged) foldIn(to);
    return;
  }
  throw gatewayError('gateway-copy-busy', { outbox: path });
}

interface Mark {
  /** ms */
  readonly changed: number;
  readonly text: string;
}

async function mark(path: string): Promise<Mark> {
  const { mtimeNs, size, ino } = await stat(path, { bigint: true });
  const log = await open(`${path}-wal`, 'r').catch(absent);
  const head = Buffer.alloc(logHeaderBytes);
  await log?.read(head).finally(() => log.close());
  return {
    changed: Number(mtimeNs / 1_000_000n),
    text: `${mtimeNs} ${size} ${ino} ${log ? head.toString('hex') : ''}`,
  };
}

function same(a: Mark, b: Mark): boolean {
  return a.text === b.text;
}

async function copyIfThere(from: string, to: string, copy: Copy): Promise<boolean> {
  await rm(to, { force: true });
  const copied = await copy(from, to).then(() => true, absent);
  return copied ?? false;
}

/** What is damaged stays as it is: who looks into it says so. */
function foldIn(path: string): void {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path);
    db.exec('pragma journal_mode = delete');
  } catch {
    // said by whoever looks into it
  } finally {
    db?.close();
  }
}

function absent(thrown: NodeJS.ErrnoException): undefined {
  if (thrown.code !== 'ENOENT') throw thrown;
}
