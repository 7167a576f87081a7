import type { Bucket } from './bucket.js';
import { bucketError } from './errors.js';
import { type FolderSettings, openFolderBucket } from './folder.js';
import { openS3Bucket } from './s3.js';
import type { S3Settings } from './s3-client.js';

export type BucketSettings = ({ readonly kind: 'folder' } & FolderSettings) | ({ readonly kind: 's3' } & S3Settings);

/** @throws PerceptError when the settings can't be right; whether the service answers is for `check()` */
export async function openBucket(settings: BucketSettings): Promise<Bucket> {
  return settings.kind === 'folder' ? await openFolderBucket(settings) : await openS3Bucket(settings);
}

/**
 * A bucket as the command line names it: a path, or `s3://bucket/prefix?endpoint=https://…&region=…&path-style=true`.
 * Credentials come from where the AWS SDK looks (environment, profile, role), never from the address.
 */
export function bucketSettings(address: string): BucketSettings {
  if (!address.startsWith('s3://')) return { kind: 'folder', path: address };
  const url = URL.parse(address);
  if (!url?.host)
    throw bucketError('bucket-bad-settings', { bucket: address, detail: 's3://bucket/prefix?endpoint=…' });
  const given = (name: string): string | undefined => url.searchParams.get(name) ?? undefined;
  const [endpoint, region, style] = [given('endpoint'), given('region'), given('path-style')];
  const prefix = decodeURIComponent(url.pathname.slice(1));
  return {
    kind: 's3',
    bucket: url.host,
    pathStyle: style === undefined ? endpoint !== undefined : style !== 'false',
    ...(prefix ? { prefix: prefix.endsWith('/') ? prefix : `${prefix}/` } : {}),
    ...(endpoint ? { endpoint } : {}),
    ...(region ? { region } : {}),
  };
}
