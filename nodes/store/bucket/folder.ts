import { randomUUID } from 'node:crypto';
import { type FileHandle, lstat, mkdir, open, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import type { PerceptError } from '../../kit/index.js';
import type { Body, Bucket, Listed, ObjectInfo, PutOptions, Range, Stored, UrlOptions } from './bucket.js';
import { Meter, sha256Of, verifying } from './checksum.js';
import { contentTypeOf } from './content-type.js';
import { bucketError } from './errors.js';
import { draftChecksums, readChecksums } from './folder-checksums.js';
import { named } from './folder-errors.js';
import {
  absent,
  discard,
  draft,
  isFolder,
  makeParents,
  openPlain,
  publish,
  refuseLinks,
  removeAbandoned,
  syncFolder,
} from './folder-files.js';
import { listFolder } from './folder-list.js';
import { checkKey, checksumEnding } from './keys.js';
import { OneAtATime } from './one-at-a-time.js';

export interface FolderSettings {
  readonly path: string;
  /** Makes an address under which the owner of this bucket serves it. */
  readonly address?: (key: string, options: UrlOptions) => string;
}

/** @throws PerceptError `bucket-read-only`, `bucket-missing` */
export async function openFolderBucket(settings: FolderSettings): Promise<Bucket> {
  const path = resolve(settings.path);
  const bucket = new FolderBucket(path, settings.address);
  await bucket.open();
  return bucket;
}

/**
 * Objects are plain files. Beside each lies `<name>.sha256`, as sha256sum writes it. When an object is replaced that file
 * holds both checksums until the new bytes are in place, so that a crash at any moment leaves an object that verifies.
 */
class FolderBucket implements Bucket {
  readonly kind = 'folder';
  readonly label: string;
  #root: string;
  readonly #address: FolderSettings['address'];
  readonly #writing = new OneAtATime();

  constructor(path: string, address: FolderSettings['address']) {
    this.label = path;
    this.#root = path;
    this.#address = address;
  }

  async open(): Promise<void> {
    await this.#doing(
      '/',
      async () => {
        await mkdir(this.#root, { recursive: true });
        this.#root = await realpath(this.#root);
        await removeAbandoned(this.#root);
      },
      true,
    );
  }

  async put(key: string, body: Body, options: PutOptions = {}): Promise<Stored> {
    const path = this.#path(key);
    const source = Buffer.isBuffer(body) || body instanceof Readable ? body : await openSource(body.file);
    return await this.#doing(
      key,
      async () => {
        await makeParents(this.#root, path, key);
        const drafted = await this.#draftBody(key, source, options.sha256);
        try {
          await this.#writing.run(key, () => this.#place(path, drafted.path, drafted.sha256));
        } catch (thrown) {
          await discard(drafted.path);
          throw thrown;
        }
        return { key, bytes: drafted.bytes, sha256: drafted.sha256 };
      },
      true,
    );
  }

  async get(key: string): Promise<Buffer> {
    const path = this.#path(key);
    return await this.#doing(key, async () => {
      const bytes = await this.#reading(path, key, (handle) => handle.readFile());
      const sha256 = await sha256Of(bytes);
      if (!(await this.#checksums(path, key)).includes(sha256)) throw this.#corrupt(key);
      return bytes;
    });
  }

  async stream(key: string): Promise<Readable> {
    const path = this.#path(key);
    return await this.#doing(key, async () => {
      await refuseLinks(this.#root, dirname(path), key);
      const handle = await openPlain(path);
      const known = await this.#checksums(path, key).catch(async (thrown: unknown) => {
        await handle.close();
        throw thrown;
      });
      const verified = verifying(
        (sha256) => known.includes(sha256),
        () => this.#corrupt(key),
      );
      // whoever reads `verified` sees the error; there is nobody else to tell
      return pipeline(handle.createReadStream(), verified, () => undefined);
    });
  }

  async range(key: string, { start, end }: Range): Promise<Readable> {
    const path = this.#path(key);
    return await this.#doing(key, async () => {
      await refuseLinks(this.#root, dirname(path), key);
      const handle = await openPlain(path);
      return handle.createReadStream(end === undefined ? { start } : { start, end });
    });
  }

  async head(key: string): Promise<ObjectInfo> {
    const path = this.#path(key);
    return await this.#doing(key, async () => {
      await refuseLinks(this.#root, path, key);
      const found = await lstat(path);
      if (!found.isFile()) throw this.#notFound(key);
      const sha256 = (await readChecksums(path))[0];
      const info = { key, bytes: found.size, time: found.mtimeMs, contentType: contentTypeOf(key) };
      return sha256 === undefined ? info : { ...info, sha256 };
    });
  }

  async *list(prefix = ''): AsyncGenerator<Listed> {
    if (!(await isFolder(this.#root))) throw bucketError('bucket-missing', { bucket: this.label });
    yield* listFolder(this.#root, prefix);
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    await this.#doing(
      key,
      async () => {
        await refuseLinks(this.#root, dirname(path), key);
        await this.#writing.run(key, async () => {
          await discard(path);
          await discard(path + checksumEnding);
          if (await isFolder(dirname(path))) await syncFolder(dirname(path));
        });
      },
      true,
    );
  }

  async url(key: string, options: UrlOptions): Promise<string | undefined> {
    checkKey(key);
    return this.#address?.(key, options);
  }

  async lock(): Promise<void> {
    throw bucketError('bucket-no-lock', { bucket: this.label });
  }

  async hold(): Promise<void> {
    throw bucketError('bucket-no-lock', { bucket: this.label });
  }

  async capabilities(): Promise<{ lock: boolean; hold: boolean }> {
    return { lock: false, hold: false };
  }

  async check(): Promise<void> {
    const key = `percept-check-${randomUUID()}`;
    await this.put(key, Buffer.from(key));
    await this.get(key);
    await this.delete(key);
  }

  async close(): Promise<void> {}

  #path(key: string): string {
    return join(this.#root, ...checkKey(key).split('/'));
  }

  async #draftBody(
    key: string,
    body: Buffer | Readable,
    expected: string | undefined,
  ): Promise<{ path: string; bytes: number; sha256: string }> {
    const meter = new Meter();
    let known = { bytes: 0, sha256: '' };
    const path = await draft(this.#root, async (handle) => {
      if (Buffer.isBuffer(body)) {
        const [sha256] = await Promise.all([sha256Of(body), handle.writeFile(body)]);
        known = { bytes: body.length, sha256 };
      } else {
        await handle.writeFile(measured(body, meter));
        known = meter.result();
      }
      if (expected !== undefined && expected !== known.sha256) throw bucketError('bucket-mismatch', { key });
    });
    return { path, ...known };
  }

  async #place(path: string, drafted: string, sha256: string): Promise<void> {
    const checksums = path + checksumEnding;
    const older = (await readChecksums(path)).filter((other) => other !== sha256);
    const replaced = (await lstat(path).catch(absent)) ? older : [];
    const beside = await draftChecksums(this.#root, path, [sha256, ...replaced]);
    try {
      await publish([
        { from: beside, to: checksums },
        { from: drafted, to: path },
      ]);
      if (replaced.length > 0) {
        await publish([{ from: await draftChecksums(this.#root, path, [sha256]), to: checksums }]);
      }
    } catch (thrown) {
      await discard(beside);
      throw thrown;
    }
  }

  async #checksums(path: string, key: string): Promise<string[]> {
    const known = await readChecksums(path);
    if (known.length === 0) throw bucketError('bucket-unverified', { key, bucket: this.label });
    return known;
  }

  async #reading<T>(path: string, key: string, read: (handle: FileHandle) => Promise<T>): Promise<T> {
    await refuseLinks(this.#root, dirname(path), key);
    const handle = await openPlain(path);
    try {
      return await read(handle);
    } finally {
      await handle.close();
    }
  }

  async #doing<T>(key: string, work: () => Promise<T>, writing = false): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw named(thrown, { key, bucket: this.label, writing });
    }
  }

  #corrupt(key: string): PerceptError {
    return bucketError('bucket-corrupt', { key, bucket: this.label });
  }

  #notFound(key: string): PerceptError {
    return bucketError('bucket-not-found', { key, bucket: this.label });
  }
}

/** Opened before anything else, so that its errors are not taken for the bucket's. */
async function openSource(file: string): Promise<Readable> {
  return (await open(file)).createReadStream();
}

async function* measured(source: Readable, meter: Meter): AsyncGenerator<Buffer> {
  for await (const piece of source) {
    const chunk = Buffer.isBuffer(piece) ? piece : Buffer.from(piece as string);
    meter.take(chunk);
    yield chunk;
  }
}
