import type { Arrival, Decoded, Decoder, DecoderSettings } from './contract.js';

export * from './contract.js';

/** @throws PerceptError `decode-setting`, `decode-topic-pattern` */
export function makeDecoder(_settings: DecoderSettings): Decoder {
  return (_arrival: Arrival): Decoded => ({ readings: [], recordings: [], repeatable: true });
}
