import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Bucket } from '../store/bucket/bucket.js';
import { bucketError } from '../store/bucket/errors.js';
import { bucketSettings, openBucket } from '../store/bucket/open.js';
import { storeError } from '../store/errors.js';
import { isPostgres, openStore, type StoreHandle } from '../store/open.js';
import { error } from './errors.js';

type Config = NonNullable<ParseArgsConfig['options']>;

/** @throws PerceptError `bad-option` */
export function readOptions<const T extends Config>(args: string[], options: T) {
  try {
    return parseArgs({ args, options, allowNegative: true }).values;
  } catch (cause) {
    throw badOption(cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause), cause);
  }
}

export function badOption(detail: string, cause?: unknown): Error {
  return error('bad-option', { detail }, { cause });
}

export interface Places {
  readonly userDir: string;
  readonly store: string;
  readonly bucket: string;
}

/** Where store and bucket lie unless they were put elsewhere: in a user directory of the demo, else of Node-RED. */
export function usualPlaces(userDir: string | undefined): Places {
  const folder = resolve(userDir ?? (existsSync('.percept') ? '.percept' : join(homedir(), '.node-red')));
  return { userDir: folder, store: join(folder, 'percept/percept.sqlite'), bucket: join(folder, 'percept/bucket') };
}

/** A mistyped path must not become a new store. @throws PerceptError `store-missing` */
export async function existingStore(url: string): Promise<StoreHandle> {
  if (!isPostgres(url) && !existsSync(resolve(url))) {
    throw storeError('store-missing', { store: resolve(url), detail: 'ENOENT' });
  }
  return await openStore({ url });
}

/** The same for a bucket that is a folder. */
export async function existingBucket(address: string): Promise<Bucket> {
  const settings = bucketSettings(address);
  if (settings.kind === 'folder' && !existsSync(settings.path)) {
    throw bucketError('bucket-missing', { bucket: resolve(settings.path) });
  }
  return await openBucket(settings);
}
