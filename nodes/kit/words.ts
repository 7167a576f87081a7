import { type Language, language } from './language.js';

/**
 * What kinds of findings are called. The dashboard has the same ones of its own; anybody's flow may make more, which are
 * shown as they are called there.
 */
export const kindWords: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  anomaly: { 'en-US': 'anomaly', ko: '이상' },
  outlier: { 'en-US': 'outlier', ko: '이상치' },
  stuck: { 'en-US': 'stuck', ko: '값 고정' },
  silent: { 'en-US': 'silent', ko: '응답 없음' },
  quantised: { 'en-US': 'quantised', ko: '분해능 저하' },
  drift: { 'en-US': 'drift', ko: '드리프트' },
  range: { 'en-US': 'range', ko: '범위 이탈' },
  limit: { 'en-US': 'limit', ko: '한계 초과' },
  'microphone-silent': { 'en-US': 'microphone silent', ko: '마이크 무음' },
  'microphone-clipped': { 'en-US': 'microphone clipped', ko: '마이크 클리핑' },
  'microphone-offset': { 'en-US': 'microphone offset', ko: '마이크 오프셋' },
  following: { 'en-US': 'following', ko: '뒤따라 들어옴' },
  loitering: { 'en-US': 'loitering', ko: '배회' },
};

export function kindWord(kind: string, lang: Language = language()): string {
  return Object.hasOwn(kindWords, kind) ? (kindWords[kind]?.[lang] ?? kind) : kind;
}
