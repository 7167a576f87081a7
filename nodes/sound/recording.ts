import type { Message } from '../kit/index.js';
import { readWav } from '../kit/wav.js';
import type { Bucket } from '../store/bucket/bucket.js';
import { soundError } from './errors.js';
import type { Incoming } from './incoming.js';

/** A recording that a message names: a row of the store, whose bytes lie in a bucket. */
export interface Named {
  readonly source: string;
  readonly key: string;
  /** ms UTC of its first sample. */
  readonly time: number;
  readonly bytes: number;
}

/**
 * The recording of a message that doesn't bring its bytes along, as a feed hands it out; undefined for any other message.
 * @throws PerceptError `sound-no-recording`
 */
export function recordingIn(msg: Message): Named | undefined {
  const recording = msg['recording'] as (Partial<Named> & { readonly kind?: unknown }) | undefined;
  if (!recording || msg['sound'] !== undefined || msg.payload instanceof Uint8Array) return undefined;
  const { source, key, time, bytes, kind } = recording;
  if (typeof key !== 'string' || typeof source !== 'string' || typeof time !== 'number') return undefined;
  if (kind !== undefined && kind !== 'sound') throw soundError('sound-no-recording', { key, kind: String(kind) });
  return { source, key, time, bytes: Number(bytes ?? 0) };
}

/** @throws PerceptError `bucket-…`, `sound-wav` */
export async function soundOf({ source, key, time }: Named, bucket: Pick<Bucket, 'get'>): Promise<Incoming> {
  const bytes = await bucket.get(key);
  return { source, time, pcm: readWav(bytes, (problem) => soundError('sound-wav', { problem })) };
}
