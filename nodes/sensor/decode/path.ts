import { decodeError } from './errors.js';

export type Path = readonly (string | number)[];

const step = /(?:^|\.)([^.[\]*]+)|\[(\d+|\*|"[^"]*"|'[^']*')\]/y;

/**
 * A path such as `data.temp`, `$.values[0].v` or `$.readings[*]`; a closing `[*]` says the same as none.
 * @throws PerceptError `decode-setting`
 */
export function readPath(field: string, text: string): Path {
  const path: (string | number)[] = [];
  const rest = text
    .trim()
    .replace(/^\$\.?/, '')
    .replace(/\[\*\]$/, '');
  step.lastIndex = 0;
  while (step.lastIndex < rest.length) {
    const found = step.exec(rest);
    const key = found?.[1];
    const index = found?.[2];
    if (!found || index === '*') throw decodeError('decode-setting', { field, problem: `"${text}" is not a path` });
    if (key !== undefined) path.push(key);
    else if (index !== undefined) path.push(/^\d/.test(index) ? Number(index) : index.slice(1, -1));
  }
  return path;
}

/** Own properties only: `__proto__` and `length` of what a source sent are not data. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (at === null || typeof at !== 'object') return undefined;
    if (Array.isArray(at) ? typeof key !== 'number' : !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
