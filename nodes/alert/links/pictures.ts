import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { toPerceptError } from '../../kit/index.js';
import type { Bucket } from '../../store/bucket/bucket.js';
import { pictureType } from '../notify/picture.js';

/** Of notify nodes: where the evidence of what they tell lies. */
const offered = new Set<{ readonly bucket: Bucket }>();
const mostBytes = 20_000_000;

/** @returns what ends it */
export function offerPictures(bucket: Bucket): () => void {
  const offer = { bucket };
  offered.add(offer);
  return () => offered.delete(offer);
}

/** @returns false where no bucket has it */
export async function sendPicture(key: string, response: Response, headOnly: boolean): Promise<boolean> {
  const type = pictureType(key);
  const buckets = new Set([...offered].map(({ bucket }) => bucket));
  for (const bucket of type === undefined ? [] : buckets) {
    const info = await bucket.head(key).catch((thrown: unknown) => {
      if (toPerceptError(thrown).code !== 'bucket-not-found') throw thrown;
    });
    if (!info || info.bytes > mostBytes) continue;
    response.set({
      'Content-Type': type,
      'Content-Length': String(info.bytes),
      // what lies in a bucket came from outside: it must never run as part of this site
      'Content-Security-Policy': "default-src 'none'; sandbox",
    });
    if (headOnly) response.end();
    // one that turns out corrupt cuts the connection before its end
    else await pipeline(await bucket.stream(key), response).catch(() => response.destroy());
    return true;
  }
  return false;
}
