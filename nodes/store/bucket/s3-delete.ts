import type { ListObjectVersionsCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { bucketError } from './errors.js';
import type { Sdk } from './s3-client.js';
import { facts } from './s3-errors.js';
import { objectInfo } from './s3-info.js';

export interface At {
  readonly Bucket: string;
  readonly Key: string;
}

interface Deleting {
  readonly sdk: Sdk;
  readonly client: S3Client;
  /** As its owner names it, for errors. */
  readonly key: string;
  readonly label: string;
  readonly versions: boolean;
}

/**
 * A plain delete would only hide what a versioned bucket goes on to keep: there, every version goes, newest first.
 * @throws PerceptError `bucket-locked`
 */
export async function deleteObject(deleting: Deleting, at: At): Promise<void> {
  const { sdk, client, key, label } = deleting;
  const ids = deleting.versions ? await versionsOf(deleting, at) : [{}];
  for (const id of ids) {
    try {
      await client.send(new sdk.s3.DeleteObjectCommand({ ...at, ...id }));
    } catch (thrown) {
      if (!(await isLocked(deleting, { ...at, ...id }, thrown))) throw thrown;
      throw bucketError('bucket-locked', { key, bucket: label }, { cause: thrown });
    }
  }
}

async function versionsOf({ sdk, client }: Deleting, at: At): Promise<{ VersionId: string }[]> {
  const found: { VersionId: string }[] = [];
  const where = { Bucket: at.Bucket, Prefix: at.Key };
  let next: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (next) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new sdk.s3.ListObjectVersionsCommand({ ...where, ...next }),
    );
    for (const each of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
      if (each.Key === at.Key && each.VersionId !== undefined) found.push({ VersionId: each.VersionId });
    }
    // the key itself comes first; what follows only begins like it
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
    next = KeyMarker === at.Key && VersionIdMarker !== undefined ? { KeyMarker, VersionIdMarker } : undefined;
  }
  return found;
}

/** The service says "access denied" for it, as it does when the right is missing. */
async function isLocked(
  { sdk, client, key }: Deleting,
  at: At & { VersionId?: string },
  thrown: unknown,
): Promise<boolean> {
  if (!(thrown instanceof Error) || facts(thrown).status !== 403) return false;
  const { held, lockedUntil = 0 } = objectInfo(key, await client.send(new sdk.s3.HeadObjectCommand(at)));
  return held === true || lockedUntil > Date.now();
}
