import assert from 'node:assert/strict';
import { configReader, type PerceptError } from '../../dist/kit/index.js';
import {
  type Arrival,
  type Decoded,
  type Decoder,
  DecoderSettings,
  makeDecoder,
} from '../../dist/sensor/decode/decode.js';

export const receivedAt = Date.UTC(2026, 4, 1, 12);

const readSettings = configReader(DecoderSettings);

export function decoder(settings: Partial<DecoderSettings>): Decoder {
  return makeDecoder(readSettings(settings));
}

export function arrival(topic: string, payload: string | Buffer | object, more: Partial<Arrival> = {}): Arrival {
  const bytes = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return { topic, payload: bytes, receivedAt, ...more };
}

/** What the tests compare: source, quantity, value, and the rest where it says something. */
export function short({ readings }: Decoded): string[] {
  return readings.map((r) => `${r.source} ${r.quantity} ${r.value}${r.unit ? ` ${r.unit}` : ''}`);
}

/** Decoding fails with this code, and with a text that a person can act on. */
export function refuses(decode: () => unknown, code: string, text?: RegExp): void {
  assert.throws(decode, (thrown: PerceptError) => {
    assert.equal(thrown.code, code, thrown.stack ?? '');
    assert.ok(thrown.status('en-US').length < 20 && thrown.status('ko').length < 20);
    for (const language of ['en-US', 'ko'] as const)
      assert.doesNotMatch(thrown.localized(language), /\{(?!machine|quantity)\w+\}/);
    if (text) assert.match(thrown.message, text);
    return true;
  });
}
