import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { pipeline as piped } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { backupError } from '../../store/backup-errors.js';
import { backupKey } from '../../store/backup-manifest.js';
import { packedEnding, packer, packing, unpacker } from '../../store/backup-packing.js';
import { place } from '../../store/backup-place.js';
import type { Bucket } from '../../store/bucket/bucket.js';
import { findOutboxes } from './outbox-find.js';
import { lookInto, withCopy } from './outbox-look.js';

/** Beside the manifest of the store's backup, and gone with it. */
const List = Type.Array(
  Type.Object({
    /** Relative to the user directory where it lies in there. */
    path: Type.String({ minLength: 1 }),
    key: Type.String(),
    packing: Type.Union([Type.Literal('zstd'), Type.Literal('gzip')]),
    waiting: Type.Integer({ minimum: 0 }),
  }),
);
type Kept = Static<typeof List>[number];
const validator = Compile(List);

/** Which backup of which store they belong to. */
export interface Backup {
  readonly name: string;
  readonly time: number;
}

export interface OutboxOf {
  readonly path: string;
  readonly waiting: number;
}

/**
 * What waits in the outboxes of a user directory goes along with a backup of its store; their gateways go on.
 * @returns those that are in it now, and what was wrong with the first that is not
 * @throws PerceptError `bucket-…` where the list of them could not be put
 */
export async function backUpOutboxes(
  userDir: string,
  bucket: Bucket,
  backup: Backup,
): Promise<{ kept: readonly OutboxOf[]; problem: unknown }> {
  const { outboxes } = await findOutboxes(userDir);
  const kept: Kept[] = [];
  let problem: unknown;
  for (const [i, outbox] of outboxes.entries()) {
    const key = backupKey(backup.name, backup.time, `outbox-${i + 1}.sqlite.${packedEnding[packing]}`);
    try {
      const waiting = await packOutbox(outbox, bucket, key);
      kept.push({ path: within(userDir, outbox), key, packing, waiting });
    } catch (thrown) {
      problem ??= thrown;
    }
  }
  if (kept.length > 0) await bucket.put(listKey(backup), Buffer.from(JSON.stringify(kept, null, 2)));
  return { kept, problem };
}

/** @returns how many readings wait in it */
async function packOutbox(outbox: string, bucket: Bucket, key: string): Promise<number> {
  return await withCopy(outbox, async (copy) => {
    const { waiting } = lookInto(copy, outbox);
    // the bucket sees every error of the way
    await bucket.put(
      key,
      piped(createReadStream(copy), packer(), () => undefined),
    );
    return waiting;
  });
}

/**
 * Puts the outboxes of a backup back where there is none now: one that is there may hold what is newer.
 * @returns those that were put back, and those that were left
 * @throws PerceptError `backup-damaged`, `bucket-…`
 */
export async function restoreOutboxes(
  userDir: string,
  bucket: Bucket,
  backup: Backup,
): Promise<{ restored: OutboxOf[]; left: OutboxOf[] }> {
  const restored: OutboxOf[] = [];
  const left: OutboxOf[] = [];
  for (const kept of await readList(bucket, backup)) {
    const path = resolve(userDir, kept.path);
    if (existsSync(path)) left.push({ path, waiting: kept.waiting });
    else {
      await putBack(bucket, kept, path);
      restored.push({ path, waiting: kept.waiting });
    }
  }
  return { restored, left };
}

async function putBack(bucket: Bucket, { key, packing: how }: Kept, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const folder = await mkdtemp(join(dirname(path), '.percept-restore-'));
  try {
    const file = join(folder, 'outbox.sqlite');
    await pipeline(await bucket.stream(key), unpacker(how, key), createWriteStream(file)).catch((thrown: unknown) => {
      const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
      throw /^(Z_|ZSTD_|ERR_ZLIB)/.test(code) ? backupError('backup-damaged', { key, detail: code }) : thrown;
    });
    lookInto(file, key);
    await place(file, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** None where the backup was made before there were any, or without a user directory. */
async function readList(bucket: Bucket, backup: Backup): Promise<readonly Kept[]> {
  const key = listKey(backup);
  const text = await bucket.get(key).catch((thrown: unknown) => {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'bucket-not-found') return undefined;
    throw thrown;
  });
  if (text === undefined) return [];
  try {
    const list: unknown = JSON.parse(String(text));
    if (validator.Check(list)) return list;
  } catch {
    // said below
  }
  throw backupError('backup-damaged', { key, detail: 'its list of outboxes is not one of Percept' });
}

function listKey({ name, time }: Backup): string {
  return backupKey(name, time, 'outboxes.json');
}

function within(userDir: string, path: string): string {
  const inside = relative(userDir, path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}
