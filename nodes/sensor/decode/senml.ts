import type { DecoderSettings } from './contract.js';
import { decodeError } from './errors.js';
import type { Format, Incoming, RawReading } from './message.js';
import { makeNamer, type Namer } from './naming.js';
import { isRecord, valueAt } from './path.js';
import { describe, readJson } from './text.js';
import { readTime } from './time.js';

/** Below this a time is relative to now (RFC 8428, 4.5.3). */
const relativeBelow = 2 ** 28;
const highestVersion = 10;
const validName = /^[A-Za-z0-9][A-Za-z0-9\-:./_]*$/;

const labels = {
  string: ['bn', 'bu', 'n', 'u', 'vs', 'vd'],
  number: ['bt', 'bv', 'bs', 'bver', 'v', 's', 't', 'ut'],
  boolean: ['vb'],
} as const;
const types = new Map<string, string>(Object.entries(labels).flatMap(([type, list]) => list.map((l) => [l, type])));

/** Base fields: they hold from their record on (RFC 8428, 4.1). */
interface Bases {
  bn: string;
  bu: string;
  bt: number;
  bv: number;
  bs: number;
}

/**
 * A SenML pack in JSON (RFC 8428). The base name is the source and the name the quantity; a name alone is taken apart at its
 * last separator, and a device without a name has quantities named after their units. Sums become a quantity of their own, `<quantity>.sum`; texts and data are left out.
 */
export function senmlFormat(settings: DecoderSettings): Format {
  const namer = makeNamer(settings);
  return (incoming) => {
    const document = readJson(incoming.topic, incoming.payload);
    const fail = (record: number, problem: string) =>
      decodeError('decode-senml', { topic: incoming.topic, record, problem });
    if (!Array.isArray(document)) throw fail(0, 'is missing: a pack is a JSON array');
    if (document.length > settings.maxReadings) {
      throw decodeError('decode-too-many', { topic: incoming.topic, limit: settings.maxReadings });
    }
    const bases: Bases = { bn: '', bu: '', bt: 0, bv: 0, bs: 0 };
    let version: number | undefined;
    const readings = document.flatMap((record: unknown, i) => {
      if (!isRecord(record)) throw fail(i, 'is not an object');
      const problem = problemOf(record);
      if (problem) throw fail(i, problem);
      const given = typeof record['bver'] === 'number' ? record['bver'] : version;
      if (version !== undefined && given !== version) throw fail(i, 'has another version than those before');
      version = given;
      Object.assign(bases, baseFieldsOf(record));
      return readingsOf(namer, incoming, record, bases, (text) => fail(i, text));
    });
    return { readings, document, mayBeEmpty: document.length > 0 };
  };
}

function problemOf(record: Record<string, unknown>): string | undefined {
  for (const [label, value] of Object.entries(record)) {
    const type = types.get(label);
    if (type === undefined && label.endsWith('_')) return `has the field "${label}", which must be understood`;
    if (type === undefined) continue;
    if (typeof value !== type) return `has ${describe(value)} in "${label}" instead of a ${type}`;
    if (typeof value === 'number' && !Number.isFinite(value)) return `has a number too large in "${label}"`;
  }
  const version = record['bver'];
  if (typeof version === 'number' && (!Number.isInteger(version) || version < 1 || version > highestVersion)) {
    return `has version ${version}; up to ${highestVersion} is known`;
  }
  const values = ['v', 'vs', 'vb', 'vd'].filter((label) => Object.hasOwn(record, label));
  return values.length > 1 ? `has ${values.length} values` : undefined;
}

function baseFieldsOf(record: Record<string, unknown>): Partial<Bases> {
  return Object.fromEntries(Object.entries(record).filter(([label]) => /^b[nutvs]$/.test(label)));
}

function readingsOf(
  namer: Namer,
  incoming: Incoming,
  record: Record<string, unknown>,
  bases: Bases,
  fail: (problem: string) => Error,
): RawReading[] {
  const numbers = numbersOf(record, bases);
  const hasValue = ['v', 'vs', 'vb', 'vd', 's'].some((label) => Object.hasOwn(record, label));
  if (!hasValue && !Object.keys(record).some((label) => label.startsWith('b'))) throw fail('has no value');
  if (numbers.length === 0) return [];

  const name = bases.bn + text(record['n']);
  if (!validName.test(name)) throw fail('has no valid name');
  const stamp = stampOf(bases.bt + (typeof record['t'] === 'number' ? record['t'] : 0), fail);
  const unit = text(record['u']) || bases.bu;
  const fields: Record<string, unknown> = { name, bn: bases.bn, n: text(record['n']) };
  return numbers.map(({ value, sum }) => {
    const own = { ...split(bases.bn, text(record['n']), unit), unit: sum && unit ? `${unit}s` : unit };
    const naming = {
      topic: incoming.topic,
      parts: incoming.parts,
      lookup: (path: readonly (string | number)[]) => valueAt(fields, path),
      own: sum ? { ...own, quantity: `${own.quantity}.sum` } : own,
    };
    return { ...namer.name(naming), value, ...stamp };
  });
}

function numbersOf(record: Record<string, unknown>, bases: Bases): { value: number; sum: boolean }[] {
  const numbers = [];
  const { v, vb, s } = record;
  if (typeof v === 'number') numbers.push({ value: bases.bv + v, sum: false });
  if (typeof vb === 'boolean') numbers.push({ value: Number(vb), sum: false });
  if (typeof s === 'number') numbers.push({ value: bases.bs + s, sum: true });
  return numbers;
}

function stampOf(seconds: number, fail: (problem: string) => Error): { time: number } | { relative: number } {
  if (seconds < relativeBelow) return { relative: seconds * 1000 };
  const time = readTime(seconds, 's');
  if (typeof time === 'string') throw fail(`has a time that cannot be used: ${time}`);
  return { time };
}

/** A device's URN without a name behind it (RFC 9039): what the unit says is all there is to call the quantity. */
const device = /^urn:dev:\w+:[^:]*$/;

function split(bn: string, n: string, unit: string): { source: string; quantity: string } {
  if (bn !== '' && n !== '') {
    return { source: bn.replace(/[-:./_]+$/, '') || bn, quantity: n.replace(/^[/:.]+/, '') || n };
  }
  const whole = bn + n;
  const at = Math.max(n.lastIndexOf('/'), n.lastIndexOf(':'));
  if (at <= 0 || at === n.length - 1 || device.test(n)) return { source: whole, quantity: unit || 'value' };
  return { source: n.slice(0, at), quantity: n.slice(at + 1) };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
