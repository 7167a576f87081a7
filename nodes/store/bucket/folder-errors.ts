import { PerceptError } from '../../kit/index.js';
import { bucketError } from './errors.js';
import { codeOf } from './folder-files.js';

interface Doing {
  readonly key: string;
  readonly bucket: string;
  readonly writing: boolean;
}

/** What the file system said, in the bucket's words. */
export function named(thrown: unknown, { key, bucket, writing }: Doing): unknown {
  if (thrown instanceof PerceptError) return thrown;
  const detail = codeOf(thrown);
  const options = { cause: thrown };
  switch (detail) {
    case '':
      return thrown;
    case 'ENOENT':
      return bucketError('bucket-not-found', { key, bucket }, options);
    case 'EISDIR':
    case 'ENOTDIR':
    case 'EEXIST':
    case 'ENOTEMPTY':
      if (key === '/') return bucketError('bucket-missing', { bucket }, options);
      // one key is the folder of another: S3 can have both, a folder cannot
      if (writing) return bucketError('bucket-bad-key', { key: JSON.stringify(key) }, options);
      return bucketError('bucket-not-found', { key, bucket }, options);
    case 'ELOOP':
      return bucketError('bucket-bad-key', { key: JSON.stringify(key) }, options);
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return bucketError('bucket-full', { key, bucket }, options);
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      if (!writing) return bucketError('bucket-forbidden', { key, bucket, detail }, options);
      return bucketError('bucket-read-only', { key, bucket, detail }, options);
    case 'EIO':
    case 'ESTALE':
    case 'ETIMEDOUT':
      return bucketError('bucket-unreachable', { bucket, detail }, options);
    default:
      return bucketError('bucket-refused', { key, bucket, detail }, options);
  }
}
