import type { DecoderSettings } from './contract.js';
import { decodeError } from './errors.js';
import { asText, type Lookup, readTemplate } from './template.js';
import type { Parts } from './topic.js';

/** What is known of a value when it is named. */
export interface Naming {
  readonly topic: string;
  readonly parts: Parts;
  readonly lookup: Lookup;
  /** What the format itself says, as SenML does. */
  readonly own?: { readonly source?: string; readonly quantity?: string; readonly unit?: string };
  /** The field's name, where every number of a message becomes a reading. */
  readonly key?: string;
}

export interface Names {
  readonly source: string;
  readonly quantity: string;
  readonly unit: string;
}

export interface Namer {
  name(naming: Naming): Names;
  /** First steps of the fields that the templates use: no readings of their own. */
  readonly used: ReadonlySet<string>;
}

const notPartOfSource = new Set(['quantity', 'time', 'sequence', 'unit']);
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);
const maxName = 200;
const maxUnit = 40;

/**
 * Source, quantity and unit by template, or else by what is at hand: the format's own names, then the topic's parts, then
 * fields called so, then the topic itself (`plant/pump-1/temperature` is the temperature of plant/pump-1).
 * @throws PerceptError `decode-setting`
 */
export function makeNamer(settings: DecoderSettings): Namer {
  const source = readTemplate('source', settings.source);
  const quantity = readTemplate('quantity', settings.quantity);
  const unit = readTemplate('unit', settings.unit);
  const names = [source, quantity, unit].flatMap((template) => template?.names ?? []);

  const sourceOf = (n: Naming) => (source ? source.fill(n.parts, n.lookup) : defaultSource(n));
  const quantityOf = (n: Naming) => {
    if (!quantity) return defaultQuantity(n);
    if (n.key === undefined) return quantity.fill(n.parts, n.lookup);
    const filled = quantity.fill({ ...n.parts, key: n.key }, n.lookup);
    return quantity.names.includes('key') ? filled : dotted(filled, n.key);
  };
  const unitOf = (n: Naming) => (unit ? unit.fill(n.parts, n.lookup) : defaultUnit(n));

  return {
    used: new Set(names.map((name) => name.split(/[.[]/)[0] ?? name)),
    name: (naming) => ({
      source: checked(naming, 'source', sourceOf(naming), '{machine}'),
      quantity: checked(naming, 'quantity', quantityOf(naming), '{quantity}'),
      unit: checkedUnit(naming, unitOf(naming) ?? ''),
    }),
  };
}

function defaultSource({ own, parts, lookup, topic, key }: Naming): string | undefined {
  const named = Object.entries(parts).filter(([name]) => !notPartOfSource.has(name));
  const given = own?.source ?? parts['source'] ?? (named.map(([, part]) => part).join('/') || undefined);
  const field = given ?? asText(lookup(['source']));
  if (field !== undefined) return field;
  const levels = topic.split('/');
  const lastIsQuantity = key === undefined && own?.quantity === undefined && levels.length > 1;
  return lastIsQuantity && Object.keys(parts).length === 0 ? levels.slice(0, -1).join('/') : topic;
}

function defaultQuantity({ own, parts, lookup, topic, key }: Naming): string {
  if (key !== undefined) return dotted(parts['quantity'], key);
  const given = own?.quantity ?? parts['quantity'] ?? asText(lookup(['quantity']));
  if (given !== undefined) return given;
  const levels = topic.split('/');
  return (Object.keys(parts).length === 0 && levels.length > 1 && levels.at(-1)) || 'value';
}

function defaultUnit({ own, parts, lookup }: Naming): string | undefined {
  return own?.unit ?? parts['unit'] ?? asText(lookup(['unit']));
}

function dotted(first: string | undefined, second: string): string {
  return first ? `${first}.${second}` : second;
}

function checked(naming: Naming, what: 'source' | 'quantity', value: string | undefined, example: string): string {
  const name = value?.trim() ?? '';
  const problem = nameProblem(name);
  if (problem) throw decodeError('decode-name', { topic: naming.topic, what, problem, example });
  return name;
}

/** Why a source or quantity may not be called so, in words. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'a part of it is missing';
  if (name.length > maxName) return `it has more than ${maxName} characters`;
  if (hasControls(name)) return 'it has control characters';
  return forbidden.has(name) ? `"${name}" is a reserved word` : undefined;
}

function checkedUnit({ topic }: Naming, unit: string): string {
  if (unit.length <= maxUnit && !hasControls(unit)) return unit.trim();
  const problem = `it has more than ${maxUnit} characters, or control characters`;
  throw decodeError('decode-name', { topic, what: 'unit', problem, example: '°C' });
}

export function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 || c === 0x7f) return true;
  }
  return false;
}
