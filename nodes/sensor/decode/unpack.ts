import { gunzipSync } from 'node:zlib';
import type { Arrival } from './contract.js';
import { decodeError } from './errors.js';

/** RFC 1952, 2.3.1; no text, JSON or protobuf begins like this. */
export function isGzip(payload: Buffer): boolean {
  return payload[0] === 0x1f && payload[1] === 0x8b;
}

/**
 * @param limit bytes after unpacking: a small message must not become a large one
 * @throws PerceptError `decode-unpacks-too-large`, `decode-gzip`
 */
export function unpacked<A extends Arrival>(arrival: A, limit: number): A {
  const { topic, payload } = arrival;
  if (!isGzip(payload)) return arrival;
  try {
    return { ...arrival, payload: gunzipSync(payload, { maxOutputLength: limit }) };
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw decodeError('decode-unpacks-too-large', { topic, limit });
    throw decodeError('decode-gzip', { topic, problem: code ?? 'it cannot be unpacked' }, { cause: thrown });
  }
}
