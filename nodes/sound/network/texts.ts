import { type Language, language } from '../../kit/index.js';

type Texts = Readonly<Record<Language, string>>;

const texts = {
  sure: { 'en-US': '{condition}, {share} % sure.', ko: '{condition}, 확신도 {share} %.' },
  beyond: {
    'en-US': '{condition}, {share} % sure; up to {usual} % is usual for this machine.',
    ko: '{condition}, 확신도 {share} %. 이 기계에서는 보통 {usual} % 이하입니다.',
  },
  or: { 'en-US': 'Or {condition}, {share} %.', ko: '또는 {condition}, {share} %.' },
  unlike: {
    'en-US': 'The network repeats it {times} times worse than its limit: it does not know this sound.',
    ko: '신경망의 재현 오차가 한도의 {times}배입니다. 학습하지 않은 소리입니다.',
  },
  louder: {
    'en-US': '{where} is {amount} dB louder than the network expects.',
    ko: '{where} 대역이 신경망의 예상보다 {amount} dB 큽니다.',
  },
  quieter: {
    'en-US': '{where} is {amount} dB quieter than the network expects.',
    ko: '{where} 대역이 신경망의 예상보다 {amount} dB 작습니다.',
  },
} as const satisfies Readonly<Record<string, Texts>>;

export function say(key: keyof typeof texts, params: Readonly<Record<string, string | number>>): string {
  return texts[key][language()].replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
