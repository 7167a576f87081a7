import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { ObjectInfo } from './bucket.js';
import { contentTypeOf } from './content-type.js';

export function objectInfo(key: string, found: HeadObjectCommandOutput): ObjectInfo {
  const sha256 = found.Metadata?.['sha256'];
  const lockedUntil = found.ObjectLockRetainUntilDate?.getTime();
  return {
    key,
    bytes: found.ContentLength ?? 0,
    time: found.LastModified?.getTime() ?? 0,
    contentType: found.ContentType ?? contentTypeOf(key),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(lockedUntil === undefined ? {} : { lockedUntil }),
    ...(found.ObjectLockLegalHoldStatus === 'ON' ? { held: true } : {}),
  };
}
