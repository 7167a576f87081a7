import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Envelope, envelopeVersion, type MeasuredClock } from '../decode/envelope.js';
import type { Kept } from './row.js';

export interface Encoded {
  readonly payload: Buffer;
  /** Before compression. */
  readonly plainBytes: number;
}

const compress = promisify(gzip);
/** Less than this does not get smaller. */
const worthCompressing = 200;

/** Readings as they go over the link; compressed off the event loop, and only where that helps. */
export async function encode(
  rows: readonly Kept[],
  clock: MeasuredClock | undefined,
  compression: 'gzip' | 'none',
): Promise<Encoded> {
  const envelope: Envelope = {
    'percept-gateway': envelopeVersion,
    ...(clock ? { clock } : {}),
    readings: rows.map(({ source, quantity, value, unit, time, sequence }) => ({
      source,
      quantity,
      value,
      ...(unit === '' ? {} : { unit }),
      time,
      ...(sequence === 0 ? {} : { sequence }),
    })),
  };
  const plain = Buffer.from(JSON.stringify(envelope));
  const plainBytes = plain.length;
  if (compression === 'none' || plainBytes < worthCompressing) return { payload: plain, plainBytes };
  const packed = await compress(plain);
  return { payload: packed.length < plainBytes ? packed : plain, plainBytes };
}
