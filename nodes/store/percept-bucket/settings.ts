import { bucketError } from '../bucket/errors.js';
import type { S3Settings } from '../bucket/s3-client.js';

export interface BucketConfig {
  readonly folder: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly endpoint: string;
  readonly region: string;
  readonly pathStyle: boolean;
  readonly encryption: 'none' | 'AES256' | 'aws:kms';
  readonly kmsKey: string;
}

/** @throws PerceptError `bucket-bad-settings` */
export function settingsOf(
  { bucket, prefix, endpoint, region, pathStyle, encryption, kmsKey }: BucketConfig,
  { accessKeyId = '', secretAccessKey = '' }: Readonly<Record<string, string>>,
): S3Settings & { readonly kind: 's3' } {
  const bad = (detail: string) => bucketError('bucket-bad-settings', { bucket: bucket || 's3', detail });
  if (!bucket) throw bad('the name of the bucket is empty');
  if (endpoint && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    throw bad('the endpoint is not an address like https://host:9000');
  }
  if ((accessKeyId === '') !== (secretAccessKey === '')) throw bad('access key and secret belong together');
  return {
    kind: 's3',
    bucket,
    pathStyle,
    ...(prefix ? { prefix: prefix.replace(/\/*$/, '/') } : {}),
    ...(endpoint ? { endpoint } : {}),
    ...(region ? { region } : {}),
    ...(encryption === 'none' ? {} : { encryption }),
    ...(kmsKey ? { kmsKey } : {}),
    ...(accessKeyId ? { credentials: { accessKeyId, secretAccessKey } } : {}),
  };
}
