import { open, readdir, stat, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Body } from './bucket.js';
import { Meter, sha256Of, sha256OfFile } from './checksum.js';
import { draftName, isAbandoned } from './folder-files.js';

const filePrefix = 'percept-spool-';

export interface Spooled {
  readonly source: Buffer | { readonly file: string };
  readonly bytes: number;
  readonly sha256: string;
  /** A file to be removed afterwards. */
  readonly temporary?: string;
}

/** Removes what processes that were killed have left among the temporary files. */
export async function removeAbandonedSpools(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(filePrefix)) continue;
    const path = join(tmpdir(), name);
    try {
      if (isAbandoned(name.slice(filePrefix.length), (await stat(path)).mtimeMs)) await unlink(path);
    } catch {
      // another user's, or removed by another process
    }
  }
}

/**
 * S3 wants an object's checksum before its first byte. A flow of up to `limit` bytes is kept in memory, a longer one
 * goes through a file; that way a part that failed can be sent again, too.
 */
export async function spool(body: Body, limit: number): Promise<Spooled> {
  if (Buffer.isBuffer(body)) return { source: body, bytes: body.length, sha256: await sha256Of(body) };
  if (!(body instanceof Readable)) return { source: body, ...(await sha256OfFile(body.file)) };
  try {
    return await drain(body, limit);
  } finally {
    // what feeds it must not wait for ever for a reader that has failed
    body.destroy();
  }
}

async function drain(body: Readable, limit: number): Promise<Spooled> {
  const head: Buffer[] = [];
  let length = 0;
  const pieces = body[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await pieces.next();
    if (done) break;
    head.push(toBuffer(value));
    length += head.at(-1)?.length ?? 0;
    if (length > limit) return await throughFile(head, pieces);
  }
  const source = Buffer.concat(head);
  return { source, bytes: source.length, sha256: await sha256Of(source) };
}

async function throughFile(head: readonly Buffer[], rest: AsyncIterator<unknown>): Promise<Spooled> {
  const file = join(tmpdir(), filePrefix + draftName());
  const handle = await open(file, 'wx', 0o600);
  try {
    const meter = new Meter();
    await handle.writeFile(measured(head, rest, meter));
    return { source: { file }, temporary: file, ...meter.result() };
  } catch (thrown) {
    await unlink(file);
    throw thrown;
  } finally {
    await handle.close();
  }
}

async function* measured(head: readonly Buffer[], rest: AsyncIterator<unknown>, meter: Meter): AsyncGenerator<Buffer> {
  for (const chunk of head) {
    meter.take(chunk);
    yield chunk;
  }
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    const chunk = toBuffer(next.value);
    meter.take(chunk);
    yield chunk;
  }
}

function toBuffer(piece: unknown): Buffer {
  return Buffer.isBuffer(piece) ? piece : Buffer.from(piece as string | Uint8Array);
}
