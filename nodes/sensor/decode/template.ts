import { decodeError } from './errors.js';
import { type Path, readPath } from './path.js';
import type { Parts } from './topic.js';

/** Asks for a field by its path: what a template's placeholder stands for. */
export type Lookup = (path: Path) => unknown;

export interface Template {
  /** Names of its placeholders, `machine`, `data.id`. */
  readonly names: readonly string[];
  /** undefined: a placeholder has no value. */
  fill(parts: Parts, lookup: Lookup): string | undefined;
}

/**
 * Literal text with placeholders, each a topic part or else a field: `{machine}/{data.id}`. Empty: no template.
 * @throws PerceptError `decode-setting`
 */
export function readTemplate(field: string, text: string): Template | undefined {
  if (text.trim() === '') return undefined;
  const pieces = text.trim().split(/\{([^{}]*)\}/);
  const names = pieces.filter((_, i) => i % 2 === 1);
  if (pieces.some((piece, i) => (i % 2 === 0 ? /[{}]/.test(piece) : piece.trim() === ''))) {
    throw decodeError('decode-setting', { field, problem: `"${text}" has braces without a name` });
  }
  const paths = new Map(names.map((name) => [name, readPath(field, name)]));
  return { names, fill: (parts, lookup) => fill(pieces, paths, parts, lookup) };
}

function fill(pieces: readonly string[], paths: Map<string, Path>, parts: Parts, lookup: Lookup): string | undefined {
  let filled = '';
  for (const [i, piece] of pieces.entries()) {
    const value = i % 2 === 0 ? piece : (parts[piece] ?? asText(lookup(paths.get(piece) ?? [])));
    if (value === undefined) return undefined;
    filled += value;
  }
  return filled;
}

export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
