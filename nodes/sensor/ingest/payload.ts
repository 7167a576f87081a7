import type { Message } from '../../kit/index.js';
import type { Arrival } from '../decode/contract.js';
import { ingestError } from './errors.js';

/**
 * A message of an input wire as it would have come over MQTT.
 * @throws PerceptError `ingest-payload`
 */
export function arrivalOf(msg: Message, receivedAt: number): Arrival {
  const topic = typeof msg['topic'] === 'string' ? msg['topic'] : '';
  return { topic, payload: bytesOf(msg.payload), receivedAt };
}

function bytesOf(payload: unknown): Buffer {
  if (Buffer.isBuffer(payload)) return payload;
  if (payload instanceof Uint8Array) return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (typeof payload === 'string') return Buffer.from(payload);
  if (typeof payload === 'number' || typeof payload === 'boolean') return Buffer.from(String(payload));
  if (typeof payload !== 'object' || payload === null)
    throw ingestError('ingest-payload', { found: payload === null ? 'null' : typeof payload });
  try {
    return Buffer.from(JSON.stringify(payload));
  } catch (cause) {
    throw ingestError('ingest-payload', { found: 'an object that JSON cannot hold' }, { cause });
  }
}
