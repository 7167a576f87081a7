import { type Language, language } from '../kit/index.js';

export type Texts = Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** What a command says, in the user's language: `say('done', { rows: 3 })` fills `{rows}`. */
export function speaker<const T extends Texts>(texts: T) {
  return (name: keyof T & string, params: Readonly<Record<string, string | number>> = {}): string => {
    const text = (texts[name] as Record<Language, string>)[language()];
    return text.replace(/\{(\w+)\}/g, (whole, param: string) => String(params[param] ?? whole));
  };
}

/** `12.3 MB` */
export function megabytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
