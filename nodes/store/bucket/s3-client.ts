import type { S3Client } from '@aws-sdk/client-s3';
import { bucketError } from './errors.js';

export interface S3Settings {
  readonly bucket: string;
  /** Put before every key, so that several can share a bucket: `site-1/`. */
  readonly prefix?: string;
  /** Of a service that isn't AWS: `https://minio.local:9000`. */
  readonly endpoint?: string;
  readonly region?: string;
  /** `https://host/bucket/key` in place of `https://bucket.host/key`; what most services that aren't AWS want. */
  readonly pathStyle?: boolean;
  readonly encryption?: 'AES256' | 'aws:kms';
  readonly kmsKey?: string;
  /** Without it, what the AWS SDK finds: environment, profile, role of the machine. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** How long a request may stand still; default 60. One that goes on may take as long as the line needs. */
  readonly seconds?: number;
}

export interface Sdk {
  readonly s3: typeof import('@aws-sdk/client-s3');
  readonly storage: typeof import('@aws-sdk/lib-storage');
  readonly presigner: typeof import('@aws-sdk/s3-request-presigner');
}

/** The SDK takes a tenth of a second and 30 MB: only who has an S3 bucket pays for it. */
export async function loadSdk(): Promise<Sdk> {
  const [s3, storage, presigner] = await Promise.all([
    part('@aws-sdk/client-s3', () => import('@aws-sdk/client-s3')),
    part('@aws-sdk/lib-storage', () => import('@aws-sdk/lib-storage')),
    part('@aws-sdk/s3-request-presigner', () => import('@aws-sdk/s3-request-presigner')),
  ]);
  return { s3, storage, presigner };
}

async function part<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw bucketError('bucket-part-missing', { part: name }, { cause });
  }
}

export function connect({ s3 }: Sdk, settings: S3Settings): S3Client {
  // the SDK's clocks run while a request waits for a socket: S3Bucket bounds what is under way, before they start
  const agent = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY };
  return new s3.S3Client({
    forcePathStyle: settings.pathStyle ?? false,
    retryMode: 'standard',
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 5000,
      socketTimeout: (settings.seconds ?? 60) * 1000,
      httpAgent: agent,
      httpsAgent: agent,
    },
    // services that aren't AWS don't know the newer checksums; ours is kept with the object
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // a service that isn't AWS takes any region; of AWS it must be right, so the SDK looks further
    ...(settings.region || settings.endpoint ? { region: settings.region || 'us-east-1' } : {}),
    ...(settings.endpoint ? { endpoint: settings.endpoint } : {}),
    ...(settings.credentials ? { credentials: settings.credentials } : {}),
  });
}
