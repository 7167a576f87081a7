import { type Language, language } from '../../kit/index.js';
import type { Left } from './collector.js';

const texts = {
  waits: { 'en-US': 'Waits until {source} has been learned.', ko: '{source} 학습이 끝나기를 기다립니다.' },
  resumed: {
    'en-US': 'Goes on from where it was stopped.',
    ko: '멈춘 지점부터 이어서 학습합니다.',
  },
  again: { 'en-US': 'Tries again in {seconds} s. {problem}', ko: '{seconds}초 뒤 다시 시도합니다. {problem}' },
  left: { 'en-US': 'Left out: {what}.', ko: '제외: {what}.' },
  missing: { 'en-US': '{count} that are not in the bucket', ko: '버킷에 없는 녹음 {count}개' },
  damaged: { 'en-US': '{count} damaged recordings', ko: '손상된 녹음 {count}개' },
  large: { 'en-US': '{count} recordings that are too large', ko: '너무 큰 녹음 {count}개' },
  other: { 'en-US': '{count} stretches of another form ({forms})', ko: '형식이 다른 구간 {count}개({forms})' },
  silent: { 'en-US': '{count} silent stretches', ko: '무음 구간 {count}개' },
  short: { 'en-US': '{count} recordings that are too short', ko: '너무 짧은 녹음 {count}개' },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

export function say(key: keyof typeof texts, params: Readonly<Record<string, string | number>> = {}): string {
  return texts[key][language()].replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** What could not be learned from, in words; empty when nothing was left out. */
export function sayLeft({ forms, ...counts }: Left): string {
  const parts = (['missing', 'damaged', 'large', 'other', 'silent', 'short'] as const)
    .filter((key) => counts[key] > 0)
    .map((key) => say(key, { count: counts[key], forms: forms.join('; ') }));
  return parts.length > 0 ? say('left', { what: parts.join(', ') }) : '';
}
