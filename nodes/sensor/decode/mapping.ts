import type { DecoderSettings } from './contract.js';
import { decodeError } from './errors.js';
import type { Incoming, RawReading } from './message.js';
import { makeNamer } from './naming.js';
import { isRecord, readPath, valueAt } from './path.js';
import { makeStamper } from './stamp.js';
import type { Lookup } from './template.js';
import { describe, isNotANumber, toNumber } from './text.js';

/** Turns a parsed document into readings. */
export type Mapping = (incoming: Incoming, root: unknown) => RawReading[];

interface Found {
  readonly value: number;
  readonly key?: string;
}

const maxFlatDepth = 6;

/**
 * By the paths in the settings; what isn't set is found: an array at the top is a row per entry, the field `value` is the
 * value, and without one every number (and boolean, as 0 or 1) becomes a reading named after its field.
 * @throws PerceptError `decode-setting`
 */
export function makeMapping(settings: DecoderSettings): Mapping {
  const namer = makeNamer(settings);
  const stamper = makeStamper(settings);
  const each = readPath('each', settings.each);
  const value = settings.value ? readPath('value', settings.value) : undefined;
  const isData = (key: string) => !namer.used.has(key) && !stamper.used.has(key.toLowerCase());

  const valuesOf = (topic: string, row: unknown, lookup: Lookup): Found[] => {
    if (value) {
      const given = lookup(value);
      if (given === undefined) throw decodeError('decode-path', { topic, path: settings.value });
      return [{ value: oneNumber(topic, settings.value, given) }];
    }
    if (!isRecord(row)) return [{ value: oneNumber(topic, '$', row) }];
    if (Object.hasOwn(row, 'value') && !isRecord(row['value'])) {
      return [{ value: oneNumber(topic, 'value', row['value']) }];
    }
    const found: Found[] = [];
    collect(found, topic, row, '', isData, settings.maxReadings);
    return found;
  };

  return (incoming, root) => {
    const readings: RawReading[] = [];
    for (const row of rowsOf(incoming.topic, root, each, settings.each)) {
      const lookup: Lookup = (path) => valueAt(row, path) ?? valueAt(root, path);
      const found = valuesOf(incoming.topic, row, lookup);
      const stamp = found.length > 0 ? stamper.stamp(incoming, lookup) : {};
      for (const { value: number, key } of found) {
        const naming = { topic: incoming.topic, parts: incoming.parts, lookup, ...(key === undefined ? {} : { key }) };
        readings.push({ ...namer.name(naming), value: number, ...stamp });
      }
      if (readings.length > settings.maxReadings) {
        throw decodeError('decode-too-many', { topic: incoming.topic, limit: settings.maxReadings });
      }
    }
    return readings;
  };
}

function rowsOf(topic: string, root: unknown, each: readonly (string | number)[], shown: string): readonly unknown[] {
  const rows = valueAt(root, each);
  if (rows === undefined) throw decodeError('decode-path', { topic, path: shown });
  return Array.isArray(rows) ? rows : [rows];
}

function oneNumber(topic: string, path: string, value: unknown): number {
  const number = typeof value === 'boolean' ? Number(value) : toNumber(value);
  if (number === undefined) throw decodeError('decode-value', { topic, path, found: describe(value) });
  return number;
}

function collect(
  found: Found[],
  topic: string,
  row: Record<string, unknown>,
  prefix: string,
  isData: (key: string) => boolean,
  limit: number,
): void {
  for (const [name, value] of Object.entries(row)) {
    if (prefix === '' && !isData(name)) continue;
    const key = prefix + name;
    if (isRecord(value)) {
      if (key.split('.').length < maxFlatDepth) collect(found, topic, value, `${key}.`, isData, limit);
    } else if (typeof value === 'number' || typeof value === 'boolean') {
      found.push({ key, value: oneNumber(topic, key, value) });
    } else if (typeof value === 'string' && isNotANumber(value)) {
      throw decodeError('decode-value', { topic, path: key, found: describe(value) });
    }
    if (found.length > limit) throw decodeError('decode-too-many', { topic, limit });
  }
}
