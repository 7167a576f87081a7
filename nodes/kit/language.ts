export const languages = ['en-US', 'ko'] as const;
export type Language = (typeof languages)[number];

let current: Language = match(process.env['LANG'] ?? '');

/** The language of texts that leave the runtime (statuses, errors, findings). Follows Node-RED's `lang` setting. */
export function language(): Language {
  return current;
}

/** @param tag a BCP 47 tag or a POSIX locale (`ko_KR.UTF-8`); anything that isn't Korean means English. */
export function setLanguage(tag: string): void {
  current = match(tag);
}

function match(tag: string): Language {
  return tag.toLowerCase().startsWith('ko') ? 'ko' : 'en-US';
}
