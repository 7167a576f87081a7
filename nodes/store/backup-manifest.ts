import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { backupError } from './backup-errors.js';
import type { Bucket } from './bucket/bucket.js';
import { datedKey } from './bucket/keys.js';

const Sum = { bytes: Type.Integer({ minimum: 0 }), sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) };

/** Written last: a backup without it is not one. */
export const Manifest = Type.Object({
  format: Type.Literal(1),
  /** The moment it shows. */
  time: Type.Number(),
  /** What was backed up, for people; without password. */
  store: Type.String(),
  /** A copy of the SQLite file, or all rows as lines of JSON. */
  kind: Type.Union([Type.Literal('sqlite'), Type.Literal('rows')]),
  /** Newest migration of its tables. */
  version: Type.String(),
  rows: Type.Record(Type.String(), Type.Integer({ minimum: 0 })),
  packing: Type.Union([Type.Literal('zstd'), Type.Literal('gzip')]),
  /** As it lies in the bucket. */
  packed: Type.Object({ key: Type.String(), ...Sum }),
  /** As it was before it was packed. */
  whole: Type.Object(Sum),
});
export type Manifest = Static<typeof Manifest>;

const validator = Compile(Manifest);
const ending = '.manifest.json';
const folder = 'backup';

export function backupKey(name: string, time: number, ext: string): string {
  return datedKey({ kind: folder, source: name, time, ext });
}

export async function writeManifest(bucket: Bucket, name: string, manifest: Manifest): Promise<void> {
  const text = JSON.stringify(manifest, null, 2);
  await bucket.put(backupKey(name, manifest.time, ending.slice(1)), Buffer.from(text));
}

/** Keys of all manifests of `name`, oldest first. */
export async function listBackups(bucket: Bucket, name: string): Promise<string[]> {
  return (await keysOf(bucket, name)).filter((key) => key.endsWith(ending));
}

/** The moment that the newest one shows. */
export async function newestBackup(bucket: Bucket, name: string): Promise<number | undefined> {
  const key = (await listBackups(bucket, name)).at(-1);
  return key === undefined ? undefined : timeOf(key);
}

/** The newest one that shows a moment no later than `at`. @throws PerceptError `backup-not-found`, `backup-damaged` */
export async function findBackup(bucket: Bucket, name: string, at: number): Promise<Manifest> {
  const key = (await listBackups(bucket, name)).reverse().find((each) => timeOf(each) <= at);
  if (key !== undefined) return await readManifest(bucket, key);
  const when = new Date(Math.min(at, Date.now())).toISOString();
  throw backupError('backup-not-found', { bucket: bucket.label, name, at: when });
}

/** @throws PerceptError `backup-damaged` */
export async function readManifest(bucket: Bucket, key: string): Promise<Manifest> {
  const text = String(await bucket.get(key));
  try {
    const manifest: unknown = JSON.parse(text);
    if (validator.Check(manifest)) return manifest;
  } catch {
    // said below
  }
  throw backupError('backup-damaged', { key, detail: 'its manifest is not one of Percept' });
}

/**
 * Removes all but the newest `keep` backups, and what interrupted ones have left. What is locked stays.
 * @returns how many objects went
 */
export async function prune(bucket: Bucket, name: string, keep: number): Promise<number> {
  const keys = await keysOf(bucket, name);
  const kept = keys.filter((key) => key.endsWith(ending)).slice(-keep);
  const newest = timeOf(kept.at(-1) ?? '');
  const stems = new Set(kept.map((key) => key.slice(0, -ending.length)));
  // one that another process makes right now is newer
  const old = keys.filter((key) => timeOf(key) < newest && !stems.has(stemOf(key)));
  // manifests first: what is half removed is no backup any more
  old.sort((a, b) => Number(b.endsWith(ending)) - Number(a.endsWith(ending)));
  let removed = 0;
  for (const key of old) removed += await remove(bucket, key);
  return removed;
}

async function remove(bucket: Bucket, key: string): Promise<number> {
  try {
    await bucket.delete(key);
    return 1;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'bucket-locked') return 0;
    throw thrown;
  }
}

async function keysOf(bucket: Bucket, name: string): Promise<string[]> {
  // any time will do: what comes before the date is the same in all keys
  const prefix = backupKey(name, 0, 'x').split('/').slice(0, -4).join('/');
  const keys: string[] = [];
  for await (const { key } of bucket.list(`${prefix}/`)) if (!Number.isNaN(timeOf(key))) keys.push(key);
  return keys;
}

function stemOf(key: string): string {
  return key.replace(/(\d\d-\d\d-\d\d\.\d{3})\.[^/]*$/, '$1');
}

/** The moment in a key; NaN for other keys. */
function timeOf(key: string): number {
  const [, day, clock] = /\/(\d{4,}\/\d\d\/\d\d)\/(\d\d-\d\d-\d\d\.\d{3})\.[^/]*$/.exec(key) ?? [];
  return Date.parse(`${day?.replaceAll('/', '-')}T${clock?.replaceAll('-', ':')}Z`);
}
