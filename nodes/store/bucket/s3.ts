import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import type {
  Body,
  Bucket,
  Capabilities,
  Listed,
  Lock,
  ObjectInfo,
  PutOptions,
  Range,
  Stored,
  UrlOptions,
} from './bucket.js';
import { sha256Of, verifying } from './checksum.js';
import { contentTypeOf } from './content-type.js';
import { bucketError } from './errors.js';
import { checkKey } from './keys.js';
import { connect, loadSdk, type S3Settings, type Sdk } from './s3-client.js';
import { type At, deleteObject } from './s3-delete.js';
import { facts, named } from './s3-errors.js';
import { objectInfo } from './s3-info.js';
import { SomeAtATime } from './some-at-a-time.js';
import { removeAbandonedSpools, spool } from './spool.js';

/** What goes up at once; S3 takes parts of no less. Hashing one for the signature takes some 4 ms. */
const partBytes = 5 << 20;
const partsAtOnce = 3;
/** A burst, or a slow line, waits its turn here. A thousand at once would each get too little of the line to go on. */
const requestsAtOnce = 16;

/** Opens without asking the service: `check()` does that. @throws PerceptError `bucket-part-missing`, `bucket-bad-settings` */
export async function openS3Bucket(settings: S3Settings): Promise<Bucket> {
  const sdk = await loadSdk();
  await removeAbandonedSpools();
  try {
    return new S3Bucket(sdk, connect(sdk, settings), settings);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw bucketError('bucket-bad-settings', { bucket: settings.bucket, detail }, { cause });
  }
}

class S3Bucket implements Bucket {
  readonly kind = 's3';
  readonly label: string;
  readonly #sdk: Sdk;
  readonly #client: S3Client;
  readonly #settings: S3Settings;
  readonly #prefix: string;
  readonly #turns = new SomeAtATime(requestsAtOnce);
  #features: Promise<Capabilities & { versions: boolean }> | undefined;

  constructor(sdk: Sdk, client: S3Client, settings: S3Settings) {
    this.#sdk = sdk;
    this.#client = client;
    this.#settings = settings;
    this.#prefix = settings.prefix ?? '';
    this.label = `${settings.endpoint ?? 's3:/'}/${settings.bucket}/${this.#prefix}`;
  }

  async put(key: string, body: Body, options: PutOptions = {}): Promise<Stored> {
    const at = this.#at(key);
    const found = await spool(body, partBytes);
    try {
      const { bytes, sha256, source } = found;
      if (options.sha256 !== undefined && options.sha256 !== sha256) throw bucketError('bucket-mismatch', { key });
      await this.#asking(key, () => this.#upload(at, source, sha256, options.contentType ?? contentTypeOf(key)));
      return { key, bytes, sha256 };
    } finally {
      if (found.temporary) await unlink(found.temporary);
    }
  }

  async get(key: string): Promise<Buffer> {
    return await this.#asking(key, async () => {
      const found = await this.#fetch(key);
      const sha256 = this.#sha256(key, found);
      const bytes = Buffer.from((await found.Body?.transformToByteArray()) ?? []);
      if ((await sha256Of(bytes)) !== sha256) throw bucketError('bucket-corrupt', { key, bucket: this.label });
      return bytes;
    });
  }

  async stream(key: string): Promise<Readable> {
    return await this.#asking(key, async () => {
      const found = await this.#fetch(key);
      const known = this.#sha256(key, found);
      const verified = verifying(
        (sha256) => sha256 === known,
        () => bucketError('bucket-corrupt', { key, bucket: this.label }),
      );
      // whoever reads `verified` sees the error; there is nobody else to tell
      return pipeline(readable(found), verified, () => undefined);
    });
  }

  async range(key: string, { start, end }: Range): Promise<Readable> {
    return await this.#asking(key, async () => readable(await this.#fetch(key, `bytes=${start}-${end ?? ''}`)));
  }

  async head(key: string): Promise<ObjectInfo> {
    return await this.#asking(key, async () => {
      const found = await this.#client.send(new this.#sdk.s3.HeadObjectCommand(this.#at(key)));
      return objectInfo(key, found);
    });
  }

  async *list(prefix = ''): AsyncGenerator<Listed> {
    const where = { Bucket: this.#settings.bucket, Prefix: this.#prefix + prefix };
    let next: string | undefined;
    do {
      const more = next === undefined ? {} : { ContinuationToken: next };
      const page = await this.#asking(prefix, () =>
        this.#client.send(new this.#sdk.s3.ListObjectsV2Command({ ...where, ...more })),
      );
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
        yield { key: Key.slice(this.#prefix.length), bytes: Size, time: LastModified?.getTime() ?? 0 };
      }
      next = page.NextContinuationToken;
    } while (next !== undefined);
  }

  async delete(key: string): Promise<void> {
    const at = this.#at(key);
    const { versions } = await this.#supports();
    const deleting = { sdk: this.#sdk, client: this.#client, key, label: this.label, versions };
    await this.#asking(key, () => deleteObject(deleting, at));
  }

  async url(key: string, { seconds, contentType }: UrlOptions): Promise<string> {
    const type = contentType === undefined ? {} : { ResponseContentType: contentType };
    const command = new this.#sdk.s3.GetObjectCommand({ ...this.#at(key), ...type });
    return await this.#doing(key, () =>
      this.#sdk.presigner.getSignedUrl(this.#client, command, { expiresIn: Math.ceil(seconds) }),
    );
  }

  async lock(key: string, { until, mode }: Lock): Promise<void> {
    const Retention = {
      Mode: mode === 'compliance' ? ('COMPLIANCE' as const) : ('GOVERNANCE' as const),
      RetainUntilDate: new Date(until),
    };
    await this.#locking(key, async (at) => {
      await this.#client.send(new this.#sdk.s3.PutObjectRetentionCommand({ ...at, Retention }));
    });
  }

  async hold(key: string, on: boolean): Promise<void> {
    await this.#locking(key, async (at) => {
      const LegalHold = { Status: on ? ('ON' as const) : ('OFF' as const) };
      await this.#client.send(new this.#sdk.s3.PutObjectLegalHoldCommand({ ...at, LegalHold }));
    });
  }

  async capabilities(): Promise<Capabilities> {
    const { lock, hold } = await this.#supports();
    return { lock, hold };
  }

  async check(): Promise<void> {
    const key = `percept-check-${randomUUID()}`;
    await this.put(key, Buffer.from(key));
    await this.get(key);
    await this.delete(key);
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  #at(key: string): At {
    return { Bucket: this.#settings.bucket, Key: this.#prefix + checkKey(key) };
  }

  async #upload(at: At, source: Buffer | { file: string }, sha256: string, ContentType: string): Promise<void> {
    const { encryption, kmsKey } = this.#settings;
    const params = {
      ...at,
      ContentType,
      Body: Buffer.isBuffer(source) ? source : createReadStream(source.file),
      Metadata: { sha256 },
      ...(encryption ? { ServerSideEncryption: encryption } : {}),
      ...(encryption === 'aws:kms' && kmsKey ? { SSEKMSKeyId: kmsKey } : {}),
    };
    const upload = { client: this.#client, params, partSize: partBytes, queueSize: partsAtOnce };
    await new this.#sdk.storage.Upload(upload).done();
  }

  async #fetch(key: string, range?: string): Promise<GetObjectCommandOutput> {
    const part = range === undefined ? {} : { Range: range };
    return await this.#client.send(new this.#sdk.s3.GetObjectCommand({ ...this.#at(key), ...part }));
  }

  #sha256(key: string, found: GetObjectCommandOutput): string {
    const sha256 = found.Metadata?.['sha256'];
    if (sha256) return sha256;
    readable(found).destroy();
    throw bucketError('bucket-unverified', { key, bucket: this.label });
  }

  async #locking(key: string, act: (at: At) => Promise<void>): Promise<void> {
    const at = this.#at(key);
    const { lock } = await this.#supports();
    if (!lock) throw bucketError('bucket-no-lock', { bucket: this.label });
    await this.#asking(key, () => act(at));
  }

  #supports(): Promise<Capabilities & { versions: boolean }> {
    this.#features ??= this.#ask().catch((thrown: unknown) => {
      this.#features = undefined;
      throw thrown;
    });
    return this.#features;
  }

  async #ask(): Promise<Capabilities & { versions: boolean }> {
    const { GetBucketVersioningCommand, GetObjectLockConfigurationCommand } = this.#sdk.s3;
    const where = { Bucket: this.#settings.bucket };
    return await this.#asking('/', async () => {
      const lock = await this.#client
        .send(new GetObjectLockConfigurationCommand(where))
        .then((found) => found.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled', unsupported);
      const versions = await this.#client
        .send(new GetBucketVersioningCommand(where))
        .then((found) => found.Status !== undefined, unsupported);
      return { lock, hold: lock, versions };
    });
  }

  /** What asks the service waits its turn. */
  async #asking<T>(key: string, work: () => Promise<T>): Promise<T> {
    return await this.#doing(key, () => this.#turns.run(work));
  }

  async #doing<T>(key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw named(thrown, { key, bucket: this.label });
    }
  }
}

/** Not there, not known to this service, or not allowed to look: then it can't be used either. */
function unsupported(thrown: unknown): false {
  const { name, status } = facts(thrown as Error);
  const answers = ['ObjectLockConfigurationNotFoundError', 'AccessDenied', 'NotImplemented', 'MethodNotAllowed'];
  if (answers.includes(name) || (status === 404 && name !== 'NoSuchBucket')) return false;
  throw thrown;
}

function readable(found: GetObjectCommandOutput): Readable {
  return found.Body instanceof Readable ? found.Body : Readable.from([]);
}
