import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform, type TransformCallback } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Takes about a millisecond to hash: what the event loop can spare at once. */
const slice = 1 << 20;

/** Lower-case hex, of large buffers too without holding up the event loop. */
export async function sha256Of(bytes: Buffer): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += slice) {
    if (at > 0) await nextTurn();
    hash.update(bytes.subarray(at, at + slice));
  }
  return hash.digest('hex');
}

/** @returns length in bytes and checksum in lower-case hex */
export async function sha256OfFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const meter = new Meter();
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) meter.take(chunk as Buffer);
  return meter.result();
}

/** Counts and hashes what flows by. */
export class Meter {
  readonly #hash = createHash('sha256');
  #bytes = 0;

  take(chunk: Buffer): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
  }

  result(): { bytes: number; sha256: string } {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}

/**
 * Passes bytes on and holds the last piece back until the checksum of all is known to be right: a reader of something
 * corrupt gets an error, never a whole object.
 */
export function verifying(isRight: (sha256: string) => boolean, wrong: () => Error): Transform {
  const meter = new Meter();
  let last: Buffer | undefined;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      meter.take(chunk);
      const ready = last;
      last = chunk;
      done(null, ready);
    },
    flush(done: TransformCallback) {
      if (!isRight(meter.result().sha256)) return done(wrong());
      done(null, last);
    },
  });
}
