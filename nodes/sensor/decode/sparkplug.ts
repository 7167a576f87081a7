import type { DecoderSettings } from './contract.js';
import { decodeError } from './errors.js';
import type { Format, Incoming, RawReading } from './message.js';
import { makeNamer, type Namer } from './naming.js';
import { valueAt } from './path.js';
import { Births, type Declared } from './sparkplug-births.js';
import { dataType, type Metric, type Payload, readPayload } from './sparkplug-payload.js';
import { describe } from './text.js';
import { readTime } from './time.js';

interface Address {
  readonly group: string;
  readonly type: string;
  /** The edge node. */
  readonly node: string;
  readonly device: string | undefined;
}

/** Room between the sequences of two messages, for values of one metric at one instant in one message. */
const perMessage = 65_536;
const control = /^(bdSeq$|(Node|Device) Control\/)/;
const narrow: Readonly<Record<number, (bits: number) => number>> = {
  [dataType.Int8]: (bits) => (bits << 24) >> 24,
  [dataType.Int16]: (bits) => (bits << 16) >> 16,
  [dataType.Int32]: (bits) => bits | 0,
  [dataType.UInt8]: (bits) => bits & 0xff,
  [dataType.UInt16]: (bits) => bits & 0xffff,
  [dataType.UInt32]: (bits) => bits >>> 0,
  [dataType.Boolean]: (bits) => Number(bits !== 0),
};
const asSent = new Set<number>([dataType.Int64, dataType.Float, dataType.Double]);

/**
 * Sparkplug B: births declare the metrics, data messages carry values of all numeric types and booleans (as 0 or 1).
 * The source is group/node/device. Commands, states and metrics that aren't numbers hold nothing to store.
 */
export function sparkplugFormat(settings: DecoderSettings): Format {
  const namer = makeNamer(settings);
  const births = new Births();
  return (incoming) => {
    const address = addressOf(incoming.topic);
    if (!address) return { readings: [], mayBeEmpty: true };
    const payload = parse(incoming);
    if (payload.metrics.length > settings.maxReadings) {
      throw decodeError('decode-too-many', { topic: incoming.topic, limit: settings.maxReadings });
    }
    const edge = `${address.group}/${address.node}`;
    if (address.type === 'NBIRTH' || address.type === 'DBIRTH') births.birth(edge, address.device, payload);
    if (address.type === 'NDEATH') births.death(edge, payload);
    if (address.type.endsWith('DEATH')) return { readings: [], mayBeEmpty: true };
    const readings = payload.metrics.flatMap((metric) => {
      const declared = births.declared(edge, address.device, metric);
      return readingOf(namer, incoming, address, payload, metric, declared);
    });
    return { readings, mayBeEmpty: true };
  };
}

/** undefined for messages that carry no data. */
function addressOf(topic: string): Address | undefined {
  const [namespace, group, type, node, device, ...more] = topic.split('/');
  if (namespace === 'STATE' || (namespace === 'spBv1.0' && group === 'STATE')) return undefined;
  const forDevice = type?.startsWith('D');
  if (namespace !== 'spBv1.0' || !group || !type || !node || more.length > 0 || forDevice !== Boolean(device)) {
    throw decodeError('decode-sparkplug', { topic, problem: 'the topic has another form' });
  }
  if (type === 'NCMD' || type === 'DCMD') return undefined;
  if (!/^[ND](BIRTH|DATA|DEATH)$/.test(type)) {
    throw decodeError('decode-sparkplug', { topic, problem: 'the message type in the topic is unknown' });
  }
  return { group, type, node, device };
}

function parse({ topic, payload }: Incoming): Payload {
  try {
    const read = readPayload(payload);
    if (read.uuid !== 'SPBV1.0_COMPRESSED') return read;
  } catch (cause) {
    throw decodeError('decode-sparkplug', { topic, problem: 'the payload is broken protobuf' }, { cause });
  }
  throw decodeError('decode-sparkplug', { topic, problem: 'the payload is compressed' });
}

function readingOf(
  namer: Namer,
  incoming: Incoming,
  address: Address,
  payload: Payload,
  metric: Metric,
  declared: Declared,
): RawReading[] {
  const { topic } = incoming;
  if (metric.isNull || metric.value === undefined || control.test(declared.name)) return [];
  const value = numberOf(address, metric.value, metric.datatype ?? declared.datatype, declared.name);
  if (value === undefined) return [];
  if (!Number.isFinite(value)) {
    throw decodeError('decode-value', { topic, path: declared.name, found: describe(value) });
  }
  const { group, node, device } = address;
  const source = device === undefined ? `${group}/${node}` : `${group}/${node}/${device}`;
  const parts = { ...incoming.parts, group, node, ...(device === undefined ? {} : { device }) };
  const fields = { metric: declared.name };
  const own = { source, quantity: declared.name, unit: declared.unit ?? '' };
  const names = namer.name({ topic, parts, lookup: (path) => valueAt(fields, path), own });
  const time = metric.timestamp ?? payload.timestamp;
  return [
    {
      ...names,
      value,
      ...(time ? { time: timeOf(topic, time) } : {}),
      ...(payload.seq === undefined ? {} : { sequence: (payload.seq % 256) * perMessage }),
    },
  ];
}

function numberOf(
  { group, node }: Address,
  { signed, unsigned }: NonNullable<Metric['value']>,
  type: number | undefined,
  metric: string,
): number | undefined {
  // without a type, an integer's sign is unknown
  if (type === undefined) throw decodeError('decode-sparkplug-birth', { node: `${group}/${node}`, metric });
  if (asSent.has(type)) return signed;
  return type === dataType.UInt64 ? unsigned : narrow[type]?.(signed);
}

function timeOf(topic: string, ms: number): number {
  const time = readTime(ms, 'ms');
  if (typeof time === 'string') throw decodeError('decode-time', { topic, problem: time });
  return time;
}
