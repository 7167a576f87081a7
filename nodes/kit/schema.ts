import type { Static, TObject, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Value } from 'typebox/value';
import { defineErrors } from './errors.js';
import { misfitOf } from './expected.js';

const error = defineErrors({
  'config-invalid': {
    'en-US': {
      status: 'check the settings',
      text: 'The setting "{field}" does not fit: it may be {expected}; found: {found}.',
      action: 'Open the node in the editor, correct it and deploy.',
    },
    ko: {
      status: '설정을 확인하세요',
      text: '설정 "{field}" 값이 맞지 않습니다. 가능한 값: {expected}. 받은 값: {found}.',
      action: '편집기에서 노드를 열어 고친 뒤 배포하세요.',
    },
  },
  'config-variable': {
    'en-US': {
      status: 'variable not set',
      text: 'The setting "{field}" is to come from the environment variable {variable}, which is not set.',
      action: 'Set it where Node-RED is started, or write the value into the node, and deploy.',
    },
    ko: {
      status: '환경 변수 없음',
      text: '설정 "{field}" 값은 환경 변수 {variable}에서 가져와야 하는데 설정되어 있지 않습니다.',
      action: 'Node-RED를 시작하는 곳에서 변수를 설정하거나 노드에 값을 직접 적고 배포하세요.',
    },
  },
  'message-invalid': {
    'en-US': {
      status: 'bad message',
      text: 'msg.{field} does not fit: it may be {expected}; found: {found}.',
      action: "The node's help lists what it accepts.",
    },
    ko: {
      status: '잘못된 메시지',
      text: 'msg.{field} 값이 맞지 않습니다. 가능한 값: {expected}. 받은 값: {found}.',
      action: '노드 도움말에서 받을 수 있는 값을 확인하세요.',
    },
  },
});

/** Reads values that came from a form or a message into a schema's type: converts, fills defaults, drops the rest. */
export type Reader<T extends TSchema> = (raw: unknown) => Static<T>;

/**
 * For a node's configuration, as the editor saves it: numbers arrive as texts, an empty field means "not set".
 * @throws PerceptError `config-invalid`, `config-variable`
 */
export function configReader<T extends TObject>(schema: T): Reader<T> {
  const read = reader(schema, 'config-invalid');
  const fields = Object.keys(schema.properties);
  return (raw) => {
    checkVariables(raw as Record<string, unknown>, fields);
    return read(withoutEmpty(raw));
  };
}

/**
 * Node-RED puts an environment variable in the place of `${NAME}`, and leaves the text as it is where there is none.
 * @throws PerceptError `config-variable`
 */
export function checkVariables(values: Readonly<Record<string, unknown>>, fields = Object.keys(values)): void {
  for (const field of fields) {
    const [, variable] = /^\$\{([A-Za-z_]\w*)\}$/.exec(String(values[field])) ?? [];
    if (variable !== undefined) throw error('config-variable', { field, variable });
  }
}

/** @throws PerceptError `message-invalid` */
export function messageReader<T extends TSchema>(schema: T): Reader<T> {
  return reader(schema, 'message-invalid');
}

function reader<T extends TSchema>(schema: T, code: 'config-invalid' | 'message-invalid'): Reader<T> {
  const validator: Validator = Compile(schema);
  return (raw) => {
    const value = Value.Clean(schema, Value.Default(schema, Value.Convert(schema, Value.Clone(raw))));
    if (validator.Check(value)) return value as Static<T>;
    const { field, ...rest } = misfitOf(schema, raw, validator.Errors(value));
    throw error(code, { field: field || '?', ...rest });
  };
}

function withoutEmpty(raw: unknown): unknown {
  if (raw === null || typeof raw !== 'object') return raw;
  return Object.fromEntries(
    Object.entries(raw).filter(([, value]) => value !== '' && value !== null && value !== undefined),
  );
}
