import type { DecoderSettings } from './contract.js';
import { decodeError } from './errors.js';
import { type Incoming, readSequence, userProperty } from './message.js';
import { type Path, readPath } from './path.js';
import type { Lookup } from './template.js';
import { describe } from './text.js';
import { readTime } from './time.js';

/** When something was measured, as far as the source says. */
export interface Stamp {
  readonly time?: number;
  readonly sequence?: number;
}

export interface Stamper {
  stamp(incoming: Incoming, lookup: Lookup): Stamp;
  /** Field names that are no readings, in lower case. */
  readonly used: ReadonlySet<string>;
}

const timeNames = [
  'time',
  'timestamp',
  'ts',
  'datetime',
  'date_time',
  'measuredAt',
  'measured_at',
  'Time',
  'Timestamp',
];
const sequenceNames = ['sequence', 'seq'];

/**
 * Finds time and sequence: in the field that is set, or else in a field of a usual name, a topic part or a user property.
 * @throws PerceptError `decode-setting`
 */
export function makeStamper(settings: DecoderSettings): Stamper {
  const time = settings.time ? readPath('time', settings.time) : undefined;
  const sequence = settings.sequence ? readPath('sequence', settings.sequence) : undefined;
  const set = [time?.[0], sequence?.[0]].filter((key) => typeof key === 'string');
  const usual = [...(time ? [] : timeNames), ...(sequence ? [] : sequenceNames)];

  return {
    used: new Set([...set, ...usual].map((key) => key.toLowerCase())),
    stamp(incoming, lookup) {
      const at = find(incoming, lookup, 'time', time, timeNames);
      const number = find(incoming, lookup, 'sequence', sequence, sequenceNames);
      return {
        ...(at === undefined ? {} : { time: timeOf(incoming.topic, at, settings) }),
        ...(number === undefined ? {} : { sequence: readSequence(incoming.topic, number, describe(number)) }),
      };
    },
  };
}

function find(
  incoming: Incoming,
  lookup: Lookup,
  what: 'time' | 'sequence',
  path: Path | undefined,
  names: readonly string[],
): unknown {
  if (path) {
    const value = lookup(path);
    if (value === undefined) throw decodeError('decode-path', { topic: incoming.topic, path: path.join('.') });
    return value ?? undefined;
  }
  for (const name of names) {
    const value = lookup([name]);
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return incoming.parts[what] ?? userProperty(incoming, what);
}

function timeOf(topic: string, value: unknown, { timeFormat }: DecoderSettings): number {
  const time = readTime(value, timeFormat);
  if (typeof time === 'string') throw decodeError('decode-time', { topic, problem: time });
  return time;
}
