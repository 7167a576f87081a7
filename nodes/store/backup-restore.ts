import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { sql } from 'kysely';
import { toPerceptError } from '../kit/index.js';
import { tableNames } from './backend.js';
import { countRows, defaultName, newestMigration } from './backup.js';
import { backupError } from './backup-errors.js';
import { findBackup, type Manifest } from './backup-manifest.js';
import { type Chunk, parseLine, through, unpacker } from './backup-packing.js';
import { isEmptyFile, place } from './backup-place.js';
import type { Bucket } from './bucket/bucket.js';
import { Meter } from './bucket/checksum.js';
import type { StoreHandle, StoreSettings } from './handle.js';
import { isPostgres, openStore } from './open.js';

export interface RestoreOptions {
  readonly name?: string;
  /** The newest backup no later than this moment; default: the newest. */
  readonly at?: number;
  /** Replaces what the store holds. A SQLite file stays beside it under another name. */
  readonly force?: boolean;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Where the replaced SQLite file lies now. */
  readonly replaced?: string;
}

/**
 * Brings a backup back. Everything is fetched and checked before the store is touched: checksums, SQLite's own integrity,
 * rows per table. A backup of either kind of database goes into either.
 * @throws PerceptError `restore-…`, `backup-…`, `bucket-…`, `store-…`
 */
export async function restoreStore(
  bucket: Bucket,
  target: StoreSettings,
  options: RestoreOptions = {},
): Promise<Restored> {
  const { name = defaultName, at = Number.POSITIVE_INFINITY, force = false } = options;
  const manifest = await findBackup(bucket, name, at);
  if (!force && !(await isEmpty(target))) throw backupError('restore-not-empty', { store: labelOf(target) });
  const folder = await workFolder(target);
  try {
    const fetched = join(folder, 'fetched');
    await fetchBackup(bucket, manifest, fetched);
    if (isPostgres(target.url)) {
      await fillServer(manifest, fetched, target);
      return { manifest };
    }
    const file = manifest.kind === 'sqlite' ? fetched : await fillFile(manifest, fetched, join(folder, 'filled'));
    await verifyFile(manifest, file);
    const replaced = await place(file, resolve(target.url));
    return replaced === undefined ? { manifest } : { manifest, replaced };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isEmpty(target: StoreSettings): Promise<boolean> {
  if (!isPostgres(target.url)) return await isEmptyFile(resolve(target.url));
  return await using(target, async (store) => Object.values(await countRows(store)).every((rows) => rows === 0));
}

/** Beside a SQLite file, so that what was checked there only needs to be renamed. */
async function workFolder(target: StoreSettings): Promise<string> {
  const beside = isPostgres(target.url) ? tmpdir() : dirname(resolve(target.url));
  await mkdir(beside, { recursive: true });
  return await mkdtemp(join(beside, '.percept-restore-'));
}

async function fetchBackup(bucket: Bucket, { packed, whole, packing }: Manifest, file: string): Promise<void> {
  const { key } = packed;
  const [before, after] = [new Meter(), new Meter()];
  const damaged = (detail: string, cause?: unknown) => backupError('backup-damaged', { key, detail }, { cause });
  const source = await bucket.stream(key);
  const unpack = unpacker(packing, key);
  await pipeline(source, through(before), unpack, through(after), createWriteStream(file)).catch((thrown: unknown) => {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    throw /^(Z_|ZSTD_|ERR_ZLIB)/.test(code) ? damaged(code, thrown) : thrown;
  });
  if (before.result().sha256 !== packed.sha256) throw damaged('it is not the one that its manifest describes');
  if (after.result().sha256 !== whole.sha256) throw damaged('its content is not what its manifest describes');
}

async function verifyFile(manifest: Manifest, file: string): Promise<void> {
  await using({ url: file }, async (store) => {
    const [problem] = await store.check();
    const { key } = manifest.packed;
    if (problem) throw backupError('backup-damaged', { key, detail: `${problem.table}: ${problem.detail}` });
    await verifyCounts(manifest, store);
  }).catch((thrown: unknown) => {
    const problem = toPerceptError(thrown);
    if (!problem.code.startsWith('store-not') && problem.code !== 'store-corrupt') throw thrown;
    throw backupError('backup-damaged', { key: manifest.packed.key, detail: problem.code }, { cause: thrown });
  });
}

async function verifyCounts({ packed, rows }: Manifest, store: StoreHandle): Promise<void> {
  const found: Readonly<Record<string, number>> = await countRows(store);
  const table = Object.keys(rows).find((each) => found[each] !== rows[each]);
  if (table === undefined) return;
  const detail = `table ${table} has ${found[table] ?? 0} rows instead of ${rows[table]}`;
  throw backupError('backup-damaged', { key: packed.key, detail });
}

/** A backup of rows into a new SQLite file. */
async function fillFile(manifest: Manifest, fetched: string, file: string): Promise<string> {
  await using({ url: file }, async (store) => {
    await refuseOtherTables(manifest, store);
    await copyIn(store, readChunks(fetched));
  });
  return file;
}

async function fillServer(manifest: Manifest, fetched: string, target: StoreSettings): Promise<void> {
  await using(target, async (store) => {
    if (manifest.kind === 'sqlite') {
      await verifyFile(manifest, fetched);
      await using({ url: fetched }, (copy) => replaceRows(manifest, store, copy.exportRows()));
      return;
    }
    await refuseOtherTables(manifest, store);
    await replaceRows(manifest, store, readChunks(fetched));
  });
}

/** All or nothing: a store that could not be filled is left empty, never half full. */
async function replaceRows(manifest: Manifest, store: StoreHandle, chunks: AsyncIterable<Chunk>): Promise<void> {
  await clear(store);
  try {
    await copyIn(store, chunks);
    await verifyCounts(manifest, store);
  } catch (thrown) {
    await clear(store);
    throw thrown;
  }
}

async function clear(store: StoreHandle): Promise<void> {
  const tables = sql.join(tableNames.map((name) => sql.table(name)));
  await sql`truncate ${tables} restart identity cascade`.execute(store.db);
}

async function copyIn(store: StoreHandle, chunks: AsyncIterable<Chunk>): Promise<void> {
  for await (const { table, rows } of chunks) await store.importRows(table, rows);
}

async function refuseOtherTables({ packed, version }: Manifest, store: StoreHandle): Promise<void> {
  const here = await newestMigration(store);
  if (version !== here) throw backupError('backup-newer', { key: packed.key, version, here });
}

async function* readChunks(file: string): AsyncGenerator<Chunk> {
  for await (const text of createInterface({ input: createReadStream(file) })) yield parseLine(text);
}

async function using<T>(settings: StoreSettings, work: (store: StoreHandle) => Promise<T>): Promise<T> {
  const store = await openStore(settings);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

function labelOf({ url }: StoreSettings): string {
  return isPostgres(url) ? url.replace(/:[^:@/]*@/, '@') : resolve(url);
}
