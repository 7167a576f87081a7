import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** What does not fit, written as in the nodes' help: `true | false | "start"`, which reads the same in every language. */
export interface Misfit {
  /** `load`, `labels.0.name`; empty: the whole. */
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

export interface Problem {
  readonly instancePath: string;
  readonly params?: object;
}

interface Node {
  readonly anyOf?: readonly Node[];
  readonly allOf?: readonly Node[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
}

type Path = readonly string[];

/** What is shown of a text that somebody wrote in the place of a word or a number. */
const mostShown = 40;

/**
 * The innermost value that fits none of what may be in its place. Of several kinds of object the one that was meant is
 * not known, so all that is possible there counts.
 */
export function misfitOf(schema: TSchema, raw: unknown, problems: readonly Problem[]): Misfit {
  const paths = problems
    .flatMap(pathsOf)
    .map((path) => within(raw, path))
    .sort((a, b) => b.length - a.length);
  for (const path of paths) {
    const places = placesAt(schema as Node, path);
    const value = valueAt(raw, path);
    if (places.length === 0 || places.some((place) => Value.Check(place as TSchema, value))) continue;
    const expected = [...new Set(places.map(describe))].join(' | ');
    return { field: path.join('.'), expected, found: foundIn(value, places) };
  }
  return { field: paths[0]?.join('.') ?? '', expected: describe(schema as Node), found: foundIn(raw, []) };
}

function pathsOf({ instancePath, params }: Problem): Path[] {
  const path = instancePath.split('/').slice(1);
  const missing = (params as { requiredProperties?: readonly string[] } | undefined)?.requiredProperties;
  return missing ? missing.map((name) => [...path, name]) : [path];
}

function placesAt(schema: Node, [name, ...rest]: Path): Node[] {
  if (name === undefined) return [schema];
  const kinds = [...(schema.anyOf ?? []), ...(schema.allOf ?? [])];
  if (kinds.length > 0) return kinds.flatMap((kind) => placesAt(kind, [name, ...rest]));
  const next = schema.properties?.[name] ?? schema.items ?? Object.values(schema.patternProperties ?? {})[0];
  return next ? placesAt(next, rest) : [];
}

/** As far as there is something to look into: what was read may have been made of less. */
function within(value: unknown, [name, ...rest]: Path): Path {
  if (name === undefined || typeof value !== 'object' || value === null) return [];
  return [name, ...within((value as Record<string, unknown>)[name], rest)];
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((at, name) => (at as Record<string, unknown> | null | undefined)?.[name], value);
}

function describe(schema: Node): string {
  const { anyOf, items, properties } = schema;
  if (anyOf) return [...new Set(anyOf.map(describe))].join(' | ');
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === 'boolean') return 'true | false';
  if (schema.type === 'array') {
    const of = items ? describe(items) : 'any';
    return `${/[ |]/.test(of) ? `(${of})` : of}[]${limits(schema)}`;
  }
  if (properties) {
    const required = new Set(schema.required ?? []);
    return `{ ${Object.entries(properties)
      .map(([name, property]) => (required.has(name) && property.default === undefined ? name : `${name}?`))
      .join(', ')} }`;
  }
  return `${schema.type ?? 'any'}${limits(schema)}`;
}

function limits(schema: Node): string {
  const { pattern, minLength, minItems, maxLength, maxItems } = schema;
  const limit = (sign: string, value: number | undefined): string[] =>
    value === undefined ? [] : [`${sign} ${value}`];
  const all = [
    ...limit('>=', schema.minimum),
    ...limit('>', schema.exclusiveMinimum),
    ...limit('<=', schema.maximum),
    ...limit('<', schema.exclusiveMaximum),
    ...limit('length >=', minLength ?? minItems),
    ...limit('length <=', maxLength ?? maxItems),
    ...(pattern === undefined ? [] : [`/${pattern}/`]),
  ];
  return all.length === 0 ? '' : ` (${all.join(', ')})`;
}

/** A text where any text may be is somebody's own, and stays out of logs; one in the place of a word or a number is a slip. */
function foundIn(value: unknown, places: readonly Node[]): string {
  if (typeof value === 'string') {
    if (places.length === 0 || places.some(takesText)) return `string (length ${value.length})`;
    return JSON.stringify(value.length > mostShown ? `${value.slice(0, mostShown)}…` : value);
  }
  if (Array.isArray(value)) return `array (length ${value.length})`;
  if (value instanceof Uint8Array) return 'buffer';
  if (typeof value === 'object' && value !== null) return 'object';
  return String(value);
}

function takesText({ anyOf, allOf, type, const: only, ...schema }: Node): boolean {
  const kinds = [...(anyOf ?? []), ...(allOf ?? [])];
  if (kinds.length > 0) return kinds.some(takesText);
  return type === 'string' && only === undefined && schema.enum === undefined;
}
