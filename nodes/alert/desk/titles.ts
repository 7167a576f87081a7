import { kindWord, type Language, languages, type Severity } from '../../kit/index.js';

/** What a title is made of where none was written for the node. */
export interface Matter {
  readonly severity: Severity;
  readonly kind: string;
  readonly source: string;
}

export const severityWords: Readonly<Record<Language, Readonly<Record<Severity, string>>>> = {
  'en-US': { notice: 'Notice', warning: 'Warning', critical: 'Critical' },
  ko: { notice: '알림', warning: '경고', critical: '위험' },
};

export const longestTitle = 200;

export function usualTitle({ severity, kind, source }: Matter, lang: Language): string {
  return `${severityWords[lang][severity]}: ${kindWord(kind, lang)}, ${source}`.slice(0, longestTitle);
}

/** A title is kept in the language of the node that made it; the usual one can be said in any. */
export function titlesOf(title: string, matter: Matter): Readonly<Record<Language, string>> {
  const usual = languages.map((lang) => [lang, usualTitle(matter, lang)] as const);
  const isUsual = usual.some(([, one]) => one === title);
  return Object.fromEntries(usual.map(([lang, one]) => [lang, isUsual ? one : title])) as Record<Language, string>;
}
