import { PerceptError } from '../../kit/index.js';
import { bucketError } from './errors.js';

interface Doing {
  readonly key: string;
  readonly bucket: string;
}

const credentials = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TokenProviderError',
]);
const full = new Set(['EntityTooLarge', 'InsufficientStorage', 'QuotaExceeded', 'XMinioStorageFull']);
const network = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'EPROTO',
  'ETIMEDOUT',
  'NetworkingError',
  'RequestTimeout',
  'ServiceUnavailable',
  'SlowDown',
  'TimeoutError',
]);

/** What the service or the network said, in the bucket's words. */
export function named(thrown: unknown, { key, bucket }: Doing): unknown {
  if (thrown instanceof PerceptError || !(thrown instanceof Error)) return thrown;
  const { name, code, status } = facts(thrown);
  const options = { cause: thrown };
  const detail = [name, thrown.message].filter((text) => text && text !== 'Error').join(': ');
  if (credentials.has(name)) return bucketError('bucket-wrong-credentials', { bucket, detail }, options);
  if (name === 'NoSuchBucket') return bucketError('bucket-missing', { bucket }, options);
  if (full.has(name) || status === 507) return bucketError('bucket-full', { key, bucket }, options);
  if (isNetwork(thrown, name, code)) {
    return bucketError('bucket-unreachable', { bucket, detail: detail || code }, options);
  }
  if (status === 404) return bucketError('bucket-not-found', { key, bucket }, options);
  if (status === 403) return bucketError('bucket-forbidden', { key, bucket, detail }, options);
  if (status === undefined && !code) return thrown;
  return bucketError('bucket-refused', { key, bucket, detail: detail || code }, options);
}

function isNetwork(thrown: Error, name: string, code: string): boolean {
  const tls = code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || /CERT|SIGNED/.test(code);
  return (
    tls ||
    network.has(name) ||
    network.has(code) ||
    (thrown.cause instanceof Error && network.has(facts(thrown.cause).code))
  );
}

/** The code the service gave, the code the system gave, and the HTTP status. */
export function facts(thrown: Error): { name: string; code: string; status: number | undefined } {
  const shape = thrown as Error & { code?: unknown; $metadata?: { httpStatusCode?: number } };
  return {
    name: thrown.name,
    code: typeof shape.code === 'string' ? shape.code : '',
    status: shape.$metadata?.httpStatusCode,
  };
}
