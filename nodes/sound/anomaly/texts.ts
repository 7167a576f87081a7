import { type Language, language } from '../../kit/index.js';

const texts = {
  silent: {
    'en-US': 'The microphone hears nothing at all. Check its cable, its power and whether it is muted.',
    ko: '마이크에 아무 소리도 들어오지 않습니다. 케이블, 전원, 음소거를 확인하세요.',
  },
  clipped: {
    'en-US': 'The sound is clipped: too loud for the microphone. Turn its gain down or move it away.',
    ko: '소리가 너무 커서 잘립니다(클리핑). 입력 이득을 낮추거나 마이크를 떨어뜨리세요.',
  },
  offset: {
    'en-US':
      'The sound lies beside zero: the microphone, its cable or its converter is faulty. Check the plug and its power.',
    ko: '소리 신호가 0에서 벗어나 있습니다(직류 오프셋). 마이크, 케이블, 변환기를 점검하고 단자와 전원을 확인하세요.',
  },
  worn: {
    'en-US': 'It has drifted as far from what was learned as it may. Check the machine; if all is well, learn again.',
    ko: '학습한 상태에서 허용 한도까지 서서히 벗어났습니다. 기계를 점검하고 이상이 없으면 다시 학습하세요.',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

export function say(key: keyof typeof texts): string {
  return texts[key][language()];
}
