import { type Language, language } from '../../kit/index.js';
import type { Form } from './model.js';

const names: Readonly<Record<keyof Form, Readonly<Record<Language, string>>>> = {
  channels: { 'en-US': 'the number of channels', ko: '채널 수' },
  frames: { 'en-US': 'the number of frames', ko: '프레임 수' },
  bands: { 'en-US': 'the number of bands', ko: '대역 수' },
  scale: { 'en-US': 'the scale', ko: '척도' },
  sampleRate: { 'en-US': 'the sample rate', ko: '샘플레이트' },
  window: { 'en-US': 'the window', ko: '창 길이' },
  hop: { 'en-US': 'the step between windows', ko: '창 간격' },
};

export function nameOf(key: keyof Form): string {
  return names[key][language()];
}

/** With its unit. */
export function valueIn(key: keyof Form, value: number | string | undefined): string {
  if (typeof value !== 'number') return value ?? '?';
  if (key === 'sampleRate') return `${value} Hz`;
  if (key === 'window' || key === 'hop') return `${Number((1000 * value).toPrecision(4))} ms`;
  return String(value);
}
