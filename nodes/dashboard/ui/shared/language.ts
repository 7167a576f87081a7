export const languages = ['en-US', 'ko'] as const;
export type Language = (typeof languages)[number];

/** Every text in every language: a missing one does not compile. */
export type Texts<Key extends string> = Readonly<Record<Language, Readonly<Record<Key, string>>>>;
export type Translate<Key extends string> = (key: Key, params?: Readonly<Record<string, string | number>>) => string;

/** @param wanted Node-RED's `lang` setting, if it has one; the browser's language counts otherwise */
export function pickLanguage(wanted: string | undefined, browser: string): Language {
  return (wanted || browser).toLowerCase().startsWith('ko') ? 'ko' : 'en-US';
}

export function translator<Key extends string>(texts: Texts<Key>, language: Language): Translate<Key> {
  return (key, params = {}) =>
    texts[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
