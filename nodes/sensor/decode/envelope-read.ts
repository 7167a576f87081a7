import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Reading } from '../../kit/index.js';
import type { DecoderSettings } from './contract.js';
import { envelopeStart, envelopeVersion, MeasuredClock } from './envelope.js';
import { decodeError } from './errors.js';
import { maxSequence, type RawMessage } from './message.js';
import { nameProblem } from './naming.js';
import { readJson } from './text.js';

const { source, quantity, value, unit, time } = Reading.properties;
const Envelope = Type.Object({
  'percept-gateway': Type.Literal(envelopeVersion),
  clock: Type.Optional(MeasuredClock),
  readings: Type.Array(
    Type.Object({
      source,
      quantity,
      value,
      unit: Type.Optional(unit),
      time,
      sequence: Type.Optional(Type.Integer({ minimum: 0, maximum: maxSequence })),
    }),
  ),
});
const validator = Compile(Envelope);

export function isEnvelope(payload: Buffer): boolean {
  return payload.subarray(0, envelopeStart.length).equals(envelopeStart);
}

/**
 * What a `gateway` sends, which names everything itself: neither topic nor templates are asked.
 * @throws PerceptError `decode-envelope-newer`, `decode-envelope`, `decode-too-many`, `decode-json`, …
 */
export function readEnvelope(topic: string, payload: Buffer, { maxReadings }: DecoderSettings): RawMessage {
  const document = readJson(topic, payload);
  const version = Number((document as Record<string, unknown>)['percept-gateway']);
  if (version > envelopeVersion) throw decodeError('decode-envelope-newer', { topic, version });
  if (!validator.Check(document)) {
    const found = validator.Errors(document)[0];
    const problem = `${found?.instancePath.slice(1).replaceAll('/', '.') || 'it'} ${found?.message ?? 'is wrong'}`;
    throw decodeError('decode-envelope', { topic, problem });
  }
  const { clock, readings } = document;
  if (readings.length > maxReadings) throw decodeError('decode-too-many', { topic, limit: maxReadings });
  for (const [i, reading] of readings.entries()) {
    const problem = nameProblem(reading.source) ?? nameProblem(reading.quantity);
    if (problem) throw decodeError('decode-envelope', { topic, problem: `readings.${i}: of a name, ${problem}` });
  }
  return {
    readings: readings.map((reading) => ({ ...reading, unit: reading.unit ?? '', sequence: reading.sequence ?? 0 })),
    mayBeEmpty: true,
    keyed: true,
    ...(clock ? { measured: clock } : {}),
  };
}
