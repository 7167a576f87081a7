import { Compile } from 'typebox/schema';
import type { DecoderSettings } from './contract.js';
import { decodeError } from './errors.js';

/** Holds a document against the schemas of its sources. @throws PerceptError `decode-schema` */
export type SchemaCheck = (topic: string, sources: Iterable<string>, document: unknown) => void;

/** @throws PerceptError `decode-setting` */
export function makeSchemaCheck(settings: DecoderSettings): SchemaCheck {
  const checks = settings.schemas.map(({ source, schema }) => ({ pattern: glob(source), validator: compile(schema) }));
  if (checks.length === 0) return () => undefined;
  return (topic, sources, document) => {
    for (const source of new Set(sources)) {
      for (const { pattern, validator } of checks) {
        if (!pattern.test(source) || validator.Check(document)) continue;
        const problem = validator.Errors(document)[1][0];
        throw decodeError('decode-schema', {
          topic,
          source,
          field: problem?.instancePath || 'the whole message',
          problem: problem?.message ?? 'does not match',
        });
      }
    }
  };
}

function compile(schema: string): ReturnType<typeof Compile> {
  try {
    const parsed: unknown = JSON.parse(schema);
    if (typeof parsed !== 'boolean' && (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed))) {
      throw new TypeError('a schema is an object');
    }
    return Compile(parsed);
  } catch (cause) {
    throw decodeError('decode-setting', { field: 'schemas', problem: 'a text is not a JSON Schema' }, { cause });
  }
}

function glob(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 's');
}
