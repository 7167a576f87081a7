import { alertError } from '../errors.js';

/** What the braces of a template may hold, by name. */
export type Fields<Name extends string> = Readonly<Record<Name, string | number>>;
export type Template<Name extends string> = (fields: Fields<Name>) => string;

/** @param field what it is called, for the error. @throws PerceptError `alert-template` */
export function compile<const Name extends string>(
  field: string,
  template: string,
  names: readonly Name[],
): Template<Name> {
  const fail = (problem: string) => alertError('alert-template', { field, template, problem });
  const known = new Set<string>(names);
  for (const [, name = ''] of template.matchAll(/\{([^{}]*)\}/g)) {
    if (!known.has(name)) throw fail(`{${name}} is none of ${names.map((one) => `{${one}}`).join(', ')}`);
  }
  if (/[{}]/.test(template.replace(/\{[^{}]*\}/g, ''))) throw fail('a brace is not closed');
  return (fields) => template.replace(/\{([^{}]*)\}/g, (_, name: Name) => String(fields[name]));
}
