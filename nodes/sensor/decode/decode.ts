import { randomInt } from 'node:crypto';
import type { Clock } from '../../kit/index.js';
import { binaryFormat } from './binary.js';
import type { Arrival, Decoded, Decoder, DecoderSettings, Recorded } from './contract.js';
import { csvFormat } from './csv.js';
import type { MeasuredClock } from './envelope.js';
import { isEnvelope, readEnvelope } from './envelope-read.js';
import { decodeError } from './errors.js';
import { jsonFormat } from './json.js';
import {
  type Format,
  type Incoming,
  maxSequence,
  type RawMessage,
  type RawReading,
  type RawRecording,
} from './message.js';
import { numberFormat } from './number.js';
import { makeSchemaCheck } from './schemas.js';
import { senmlFormat } from './senml.js';
import { sparkplugFormat } from './sparkplug.js';
import { topicPattern } from './topic.js';
import { unpacked } from './unpack.js';

export * from './contract.js';
export { type TopicPattern, topicPattern } from './topic.js';

const makers: Record<DecoderSettings['format'], (settings: DecoderSettings) => Format> = {
  json: jsonFormat,
  number: numberFormat,
  senml: senmlFormat,
  sparkplug: sparkplugFormat,
  csv: csvFormat,
  binary: binaryFormat,
};

const defaultLimit = { text: 1024 * 1024, binary: 16 * 1024 * 1024 };

/**
 * One decoder per node and deployment: Sparkplug's aliases live in it.
 * @throws PerceptError `decode-setting`, `decode-topic-pattern`
 */
export function makeDecoder(settings: DecoderSettings): Decoder {
  const pattern = topicPattern(settings.topic);
  const read = makers[settings.format](settings);
  const check = makeSchemaCheck(settings);
  const limit = settings.maxBytes || defaultLimit[settings.format === 'binary' ? 'binary' : 'text'];
  // begins anywhere, so that two processes which share a subscription don't number alike
  let counter = randomInt(maxSequence);
  const nextNumber = (): number => {
    counter = counter >= maxSequence ? 0 : counter + 1;
    return counter;
  };

  return (arrival) => {
    const { topic, payload } = arrival;
    const parts = topic === '' ? {} : pattern.match(topic);
    if (!parts) throw decodeError('decode-topic', { topic, pattern: settings.topic });
    if (payload.length === 0) throw decodeError('decode-empty', { topic });
    if (payload.length > limit) throw decodeError('decode-too-large', { topic, bytes: payload.length, limit });
    const incoming: Incoming = { ...(settings.format === 'binary' ? arrival : unpacked(arrival, limit)), parts };
    const message = isEnvelope(incoming.payload) ? readEnvelope(topic, incoming.payload, settings) : read(incoming);
    const { readings, recordings = [] } = message;
    if (readings.length + recordings.length === 0 && !message.mayBeEmpty)
      throw decodeError('decode-nothing', { topic });
    check(topic, sourcesOf(message), message.document);
    return finish(message, arrival, settings, nextNumber);
  };
}

function* sourcesOf({ readings, document }: RawMessage): Iterable<string> {
  if (document === undefined) return;
  for (const { source } of readings) yield source;
}

function finish(message: RawMessage, arrival: Arrival, settings: DecoderSettings, nextNumber: () => number): Decoded {
  const { receivedAt } = arrival;
  const claim = claims();
  const place = (raw: RawReading | RawRecording, source: string, quantity: string) => {
    const relative = 'relative' in raw ? (raw.relative ?? 0) : 0;
    const time = raw.time ?? receivedAt + relative;
    const given = raw.sequence ?? (raw.time === undefined ? nextNumber() : 0);
    const sequence = message.keyed ? given : claim(source, quantity, time, given);
    return { time, sequence, receivedAt, clock: clockOf(raw.time, receivedAt, message.measured, settings) };
  };
  const readings = message.readings.map((raw) => {
    const { source, quantity, value, unit } = raw;
    return { source, quantity, value, unit, ...place(raw, source, quantity) };
  });
  const recordings = (message.recordings ?? []).map((raw): Recorded => {
    const placed = place(raw, raw.recording.source, raw.recording.quantity);
    const { time: _time, sequence: _sequence, ...content } = raw;
    return {
      ...content,
      recording: { ...raw.recording, ...placed },
      ...(raw.sound ? { sound: { ...raw.sound, time: placed.time } } : {}),
      ...(raw.frame ? { frame: { ...raw.frame, time: placed.time } } : {}),
    };
  });
  const timed = (raw: { time?: number }) => raw.time !== undefined;
  return {
    readings,
    recordings,
    ...(message.measured ? { clockOffset: message.measured.offset } : {}),
    repeatable: message.readings.every(timed) && (message.recordings ?? []).every(timed),
  };
}

/**
 * Numbers the values of one series that share an instant in one message: 0, 1, 2 … in their order, so that the same
 * message yields the same keys again.
 */
function claims(): (source: string, quantity: string, time: number, wanted: number) => number {
  const taken = new Map<string, number>();
  return (source, quantity, time, wanted) => {
    const key = `${source}\n${quantity}\n${time}`;
    const sequence = Math.max(wanted, taken.get(key) ?? 0);
    taken.set(key, sequence + 1);
    return sequence;
  };
}

/** By what the sender has measured, where it has: only that tells a clock that is behind from a message that is late. */
function clockOf(
  time: number | undefined,
  receivedAt: number,
  measured: MeasuredClock | undefined,
  { aheadSeconds, behindSeconds }: DecoderSettings,
): Clock {
  if (time === undefined) return 'none';
  const ahead = measured ? -measured.offset : time - receivedAt;
  const behindLimit = measured ? behindSeconds || aheadSeconds : behindSeconds;
  if (aheadSeconds > 0 && ahead > aheadSeconds * 1000) return 'ahead';
  return behindLimit > 0 && -ahead > behindLimit * 1000 ? 'behind' : 'ok';
}
