import { type Language, language } from './language.js';

/** What a person reads: `status` is under 20 characters, `text` says what was wrong and with which input, `action` what to do. */
export interface ErrorText {
  readonly status: string;
  readonly text: string;
  readonly action: string;
}

/** Every error has its text in every language: a missing one does not compile. */
export type ErrorTexts = Readonly<Record<Language, ErrorText>>;

type Names<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type TextOf<T extends ErrorTexts> = T['en-US']['text' | 'action'];
type Params<T extends ErrorTexts> = [Names<TextOf<T>>] extends [never]
  ? Record<string, never>
  : Readonly<Record<Names<TextOf<T>>, string | number>>;

export type ErrorFactory<T extends Readonly<Record<string, ErrorTexts>>> = <C extends keyof T & string>(
  code: C,
  params: Params<T[C]>,
  options?: { cause?: unknown },
) => PerceptError;

/** An error that a user can act on. `message` is English for logs and tests; `localized()` is what the editor shows. */
export class PerceptError extends Error {
  override readonly name = 'PerceptError';
  /** Stable and greppable, for Catch nodes and tests: `store-read-only`. */
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly #texts: ErrorTexts;

  constructor(
    code: string,
    texts: ErrorTexts,
    params: Readonly<Record<string, string | number>>,
    options?: { cause?: unknown },
  ) {
    super(sentence(texts['en-US'], params), options);
    this.code = code;
    this.params = params;
    this.#texts = texts;
  }

  /** The whole sentence in the given language (default: the runtime's). */
  localized(lang: Language = language()): string {
    return sentence(this.#texts[lang], this.params);
  }

  /** The short form for a node's status. */
  status(lang: Language = language()): string {
    return this.#texts[lang].status;
  }
}

function sentence(text: ErrorText, params: Readonly<Record<string, string | number>>): string {
  return `${text.text} ${text.action}`.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/**
 * The errors of one area, code by code, each in every language. Returns a factory that checks the parameters' names:
 *
 *     const error = defineErrors({ 'store-read-only': { 'en-US': {...text: 'The file {path} …'}, ko: {...} } });
 *     throw error('store-read-only', { path }, { cause });
 */
export function defineErrors<const T extends Readonly<Record<string, ErrorTexts>>>(table: T): ErrorFactory<T> {
  return (code, params, options) =>
    new PerceptError(code, table[code] as ErrorTexts, params as Record<string, string | number>, options);
}

const kitError = defineErrors({
  unexpected: {
    'en-US': {
      status: 'unexpected error',
      text: 'Something went wrong that Percept has no name for: {detail}.',
      action: 'The stack is in the log at level debug; please report it with the steps that led here.',
    },
    ko: {
      status: '예기치 않은 오류',
      text: '이름이 없는 오류가 발생했습니다: {detail}.',
      action: '스택은 debug 수준 로그에 있습니다. 재현 방법과 함께 알려 주세요.',
    },
  },
});

/** The one place where something thrown becomes an error with a text. */
export function toPerceptError(thrown: unknown): PerceptError {
  if (thrown instanceof PerceptError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return kitError('unexpected', { detail }, { cause: thrown });
}
