import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { addAbortSignal, pipeline, Readable } from 'node:stream';
import { tableNames } from './backend.js';
import { backupKey, type Manifest, prune, writeManifest } from './backup-manifest.js';
import { line, packedEnding, packer, packing, through } from './backup-packing.js';
import type { Bucket } from './bucket/bucket.js';
import { Meter } from './bucket/checksum.js';
import type { StoreHandle, TableName } from './handle.js';
import { appliedMigrations } from './migrate.js';
import { openStore } from './open.js';

export interface BackupOptions {
  /** Tells apart the stores that share a bucket; default `store`. */
  readonly name?: string;
  /** How many backups stay; default 7. */
  readonly keep?: number;
  /** Breaks off. */
  readonly signal?: AbortSignal;
}

export interface BackedUp {
  readonly manifest: Manifest;
  /** Objects of older backups that were removed. */
  readonly removed: number;
}

export const defaultName = 'store';
const folderPrefix = '.percept-backup-';
const abandonedAfter = 86_400_000;

/**
 * Copies a store as it is at one moment into a bucket, while it goes on taking in rows. SQLite needs room for a second
 * copy of the file beside it for the time this takes.
 * @throws PerceptError `store-…`, `bucket-…`; what is in the bucket then is no backup and goes with the next one
 */
export async function backupStore(store: StoreHandle, bucket: Bucket, options: BackupOptions = {}): Promise<BackedUp> {
  const { name = defaultName, keep = 7, signal = new AbortController().signal } = options;
  const time = Date.now();
  const to = { bucket, signal, key: (ext: string) => backupKey(name, time, `${ext}.${packedEnding[packing]}`) };
  const copied = store.kind === 'sqlite' ? await backupFile(store, to) : await backupRows(store, to);
  const manifest = { format: 1 as const, time, store: store.label, packing, ...copied };
  await writeManifest(bucket, name, manifest);
  return { manifest, removed: await prune(bucket, name, Math.max(1, keep)) };
}

interface Destination {
  readonly bucket: Bucket;
  readonly signal: AbortSignal;
  readonly key: (ext: string) => string;
}

type Copied = Pick<Manifest, 'kind' | 'version' | 'rows' | 'packed' | 'whole'>;

async function backupFile(store: StoreHandle, to: Destination): Promise<Copied> {
  const beside = dirname(store.label);
  await removeAbandoned(beside);
  const folder = await mkdtemp(join(beside, folderPrefix));
  try {
    const file = join(folder, 'store.sqlite');
    await store.snapshot(file);
    to.signal.throwIfAborted();
    const facts = await lookInto(file);
    return { kind: 'sqlite', ...facts, ...(await pack(to, 'sqlite', createReadStream(file))) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function backupRows(store: StoreHandle, to: Destination): Promise<Copied> {
  const version = await newestMigration(store);
  const rows = noRows();
  const lines = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of store.exportRows()) {
      rows[chunk.table] += chunk.rows.length;
      yield Buffer.from(line(chunk));
    }
  };
  const packed = await pack(to, 'rows', Readable.from(lines()));
  return { kind: 'rows', version, rows, ...packed };
}

async function pack(to: Destination, ext: string, source: Readable): Promise<Pick<Manifest, 'packed' | 'whole'>> {
  const meter = new Meter();
  // the reader of what comes out sees every error of the way
  const packed = pipeline(addAbortSignal(to.signal, source), through(meter), packer(), () => undefined);
  return { packed: await to.bucket.put(to.key(ext), packed), whole: meter.result() };
}

async function lookInto(file: string): Promise<Pick<Manifest, 'version' | 'rows'>> {
  const copy = await openStore({ url: file });
  try {
    return { version: await newestMigration(copy), rows: await countRows(copy) };
  } finally {
    await copy.close();
  }
}

export async function newestMigration(store: StoreHandle): Promise<string> {
  return (await appliedMigrations(store.db as never)).at(-1) ?? '';
}

export async function countRows(store: StoreHandle): Promise<Record<TableName, number>> {
  const counts = noRows();
  for (const table of tableNames) {
    const { rows } = await store.db
      .selectFrom(table)
      .select((of) => of.fn.countAll().as('rows'))
      .executeTakeFirstOrThrow();
    counts[table] = Number(rows);
  }
  return counts;
}

function noRows(): Record<TableName, number> {
  return Object.fromEntries(tableNames.map((table) => [table, 0])) as Record<TableName, number>;
}

/** Copies that a backup which was killed has left beside the store. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(folderPrefix)) continue;
    const path = join(folder, name);
    const changed = (await stat(path)).mtimeMs;
    if (Date.now() - changed > abandonedAfter) await rm(path, { recursive: true, force: true });
  }
}
