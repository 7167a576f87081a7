import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type PerceptError, toPerceptError } from '../../kit/index.js';
import { storeError } from '../../store/errors.js';
import { fileError } from '../../store/sqlite/errors.js';
import type { QueryAnswer } from '../../store/sqlite/protocol.js';
import { Thread } from '../../store/sqlite/thread.js';
import { gatewayError, outboxError } from './errors.js';

/** "PcOb" */
export const applicationId = 0x5063_4f62;
export const version = 1;
/** The log is written over from its start once it has so many: 1 MB, since some gateways have little room. */
const logPages = 256;
/** https://www.sqlite.org/fileformat.html: the file's header, and that of its first page with the number of tables. */
const headerBytes = 108;
const magic = Buffer.from('SQLite format 3\0');

/** What the beginning of a file tells; `fresh`: a database whose tables are still in its log alone. */
export type Kind = 'outbox' | 'fresh' | 'foreign' | 'none';

/**
 * The primary key begins with the priority, so that what goes when the outbox is full lies together and frees whole pages.
 * `outbox_key` is the far side's key of a reading: a repeat is not kept twice, and costs nothing on the link.
 */
const tables = [
  `create table series (id integer primary key, source text not null, quantity text not null,
     unique (source, quantity))`,
  `create table outbox (priority integer not null, id integer not null, series_id integer not null,
     unit text not null, time real not null, sequence integer not null, value real not null, epoch integer not null,
     primary key (priority, id)) without rowid`,
  'create unique index outbox_key on outbox (series_id, time, sequence)',
  'create table tally (name text primary key, value integer not null) without rowid',
  `create table went (priority integer primary key, count integer not null, first real not null, last real not null)`,
  `create table epoch (id integer primary key, began real not null, step real, clock text)`,
  `create table dead_letter (id integer primary key, reading text not null, reason text not null, at real not null)`,
];

export type Run = (sql: string, ...parameters: readonly (string | number | null)[]) => Promise<QueryAnswer>;

export interface OutboxFile {
  readonly thread: Thread;
  readonly run: Run;
  /** Of a damaged file that was set aside. */
  readonly damaged?: PerceptError;
}

/**
 * Opens the file, or begins it; checks it, and locks it against every other program. A damaged one is set aside, never deleted.
 * @param ours whether the path is our own choice: then whatever lies there was an outbox
 * @throws PerceptError `gateway-newer`, `gateway-not-outbox`, `gateway-in-use`, `store-…`
 */
export async function openOutboxFile(path: string, ours: boolean): Promise<OutboxFile> {
  await makeFolder(dirname(resolve(path)));
  if ((await kindOf(path)) === 'foreign') throw gatewayError('gateway-not-outbox', { outbox: path });
  try {
    return await opened(path);
  } catch (thrown) {
    const { code, params } = toPerceptError(thrown);
    if (code === 'store-not-a-database' && !ours) throw gatewayError('gateway-not-outbox', { outbox: path });
    if (code !== 'store-corrupt' && code !== 'store-not-a-database') throw outboxError(thrown, path);
    const detail = String(params['detail'] ?? code);
    return { ...(await opened(path, await setAside(path, detail))) };
  }
}

async function opened(path: string, damaged?: PerceptError): Promise<OutboxFile> {
  const thread = new Thread({ role: 'writer', path, busyMs: 2_000, maxBytes: 0 }, path);
  const run: Run = (sql, ...parameters) => thread.request('query', { sql, parameters });
  try {
    // until this process ends or closes it: two that forward one outbox would disturb each other
    await run('pragma locking_mode = exclusive');
    await run(`pragma wal_autocheckpoint = ${logPages}`);
    await check(path, run);
    await run('begin immediate');
    if ((await number(run, 'pragma user_version')) === 0) await create(run);
    await run('commit');
    await syncFolder(dirname(resolve(path)));
    return { thread, run, ...(damaged ? { damaged } : {}) };
  } catch (thrown) {
    await thread.close();
    throw thrown;
  }
}

/** By its header, before SQLite is told to keep a log for it: that alone would change the file. */
export async function kindOf(path: string): Promise<Kind> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (!handle) return 'none';
  const buffer = Buffer.alloc(headerBytes);
  // a folder can be opened, and not read
  const read = await handle
    .read(buffer)
    .then(
      ({ bytesRead }) => bytesRead,
      () => 0,
    )
    .finally(() => handle.close());
  if (read < headerBytes || !buffer.subarray(0, magic.length).equals(magic)) return 'none';
  if (buffer.readUInt32BE(68) === applicationId) return 'outbox';
  return buffer.readUInt16BE(103) > 0 ? 'foreign' : 'fresh';
}

async function check(path: string, run: Run): Promise<void> {
  const found = await number(run, 'select count(*) from sqlite_master');
  const id = await number(run, 'pragma application_id');
  const theirs = await number(run, 'pragma user_version');
  if (found > 0 && id !== applicationId) throw gatewayError('gateway-not-outbox', { outbox: path });
  if (theirs > version) throw gatewayError('gateway-newer', { outbox: path, version: theirs });
  const { rows } = await run('pragma quick_check(1)');
  const detail = String(Object.values(rows[0] ?? {})[0]);
  if (detail !== 'ok') throw storeError('store-corrupt', { store: path, detail });
}

async function create(run: Run): Promise<void> {
  for (const sql of tables) await run(sql);
  await run(`pragma application_id = ${applicationId}`);
  await run(`pragma user_version = ${version}`);
}

export async function number(run: Run, sql: string): Promise<number> {
  const { rows } = await run(sql);
  return Number(Object.values(rows[0] ?? {})[0] ?? 0);
}

/** @returns what to tell the user */
async function setAside(path: string, detail: string): Promise<PerceptError> {
  const kept = `${path}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  // the log may hold what the file lacks; the index of the log is made anew
  for (const end of ['', '-wal']) {
    await rename(path + end, kept + end).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'ENOENT') throw thrown;
    });
  }
  await rm(`${path}-shm`, { force: true });
  return gatewayError('gateway-damaged', { detail, kept });
}

/** A new folder is only safe once the one above it is. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true }).catch((thrown: unknown) => {
    throw fileError(thrown, folder);
  });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

/** SQLite sees to its log's entry in the folder, not to that of the file itself. */
async function syncFolder(folder: string): Promise<void> {
  // where a folder cannot be opened (Windows) its entries need no such care
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
