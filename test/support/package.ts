import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'acorn';
import { root } from './node-red.ts';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly keywords?: readonly string[];
  readonly repository?: unknown;
  readonly engines?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly 'node-red': { readonly version: string; readonly nodes: Readonly<Record<string, string>> };
}

export function manifest(folder = root): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** One node set as its sources have it. */
export interface NodeSet {
  readonly name: string;
  /** Folder of the html; its locales lie in it or beside what is built. */
  readonly folder: string;
  readonly html: string;
  readonly types: readonly RegisteredType[];
}

export interface RegisteredType {
  readonly type: string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly defaults: readonly string[];
}

export function nodeSets(): NodeSet[] {
  return Object.values(manifest()['node-red'].nodes).map((file) => {
    const folder = join(root, 'nodes', dirname(file).replace(/^dist\//, ''));
    const name = basename(file, '.js');
    const html = readFileSync(join(folder, `${name}.html`), 'utf8');
    return { name, folder, html, types: registeredTypes(html) };
  });
}

export function catalog(set: NodeSet, lang: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(set.folder, 'locales', lang, `${set.name}.json`), 'utf8')) as Record<
    string,
    unknown
  >;
}

/** Dotted paths of all texts. */
export function keysOf(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null) return [prefix];
  return Object.entries(value).flatMap(([key, item]) => keysOf(item, prefix ? `${prefix}.${key}` : key));
}

/** All flows that are shipped: name -> nodes. */
export function shippedFlows(): Map<string, { id: string; type: string; [property: string]: unknown }[]> {
  const files = globSync('{examples,flows}/**/*.json', { cwd: root }).sort();
  return new Map(files.map((file) => [file, JSON.parse(readFileSync(join(root, file), 'utf8'))]));
}

export function exists(...path: string[]): boolean {
  return existsSync(join(root, ...path));
}

interface Tree {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** What the registry's own check sees: calls of registerType with a literal name and an object written in place. */
function registeredTypes(html: string): RegisteredType[] {
  const scripts = [...html.matchAll(/<script.+?type=['"]text\/javascript['"].*?>([\S\s]*?)<\/script>/gi)];
  return scripts.flatMap(([, source = '']) => calls({ ...parse(source, { ecmaVersion: 'latest' }) })).map(asType);
}

function calls(tree: Tree): Tree[] {
  const callee = tree['callee'] as { property?: { name?: string } } | undefined;
  const here = tree.type === 'CallExpression' && callee?.property?.name === 'registerType' ? [tree] : [];
  const children = Object.values(tree)
    .flat()
    .filter((child): child is Tree => typeof child === 'object' && child !== null && 'type' in child);
  return [...here, ...children.flatMap(calls)];
}

function asType(call: Tree): RegisteredType {
  const [name, definition] = call['arguments'] as [Tree, Tree];
  const properties = (definition['properties'] ?? []) as { key: { name?: string; value?: string }; value: Tree }[];
  const literal = ({ value }: { value: Tree }): unknown => (value.type === 'Literal' ? value['value'] : value.type);
  const nested = properties.find(({ key }) => key.name === 'defaults')?.value['properties'] as
    | typeof properties
    | undefined;
  return {
    type: String(name['value']),
    definition: Object.fromEntries(
      properties.map((property) => [property.key.name ?? property.key.value, literal(property)]),
    ),
    defaults: (nested ?? []).map(({ key }) => key.name ?? key.value ?? ''),
  };
}
