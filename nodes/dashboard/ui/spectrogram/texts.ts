import type { Texts } from '../shared/language.ts';
import { commonTexts } from '../shared/texts.ts';

const english = {
  ...commonTexts['en-US'],
  title: 'Spectrogram',
  source: 'Machine',
  empty: 'Nothing has been heard yet.',
  emptyHelp: 'Wire a spectrogram node to this widget: each message that it sends is drawn as it comes.',
  noneOf: 'Nothing has been heard of {source} yet.',
  picture: 'Sound of {source} in the last minute, by frequency',
  quiet: 'quiet',
  loud: 'loud',
  point: 'Rest on the picture to read a moment, its frequency and its level.',
} as const;

export type SpectrogramText = keyof typeof english;

export const spectrogramTexts: Texts<SpectrogramText> = {
  'en-US': english,
  ko: {
    ...commonTexts.ko,
    title: '스펙트로그램',
    source: '기계',
    empty: '아직 들어온 소리가 없습니다.',
    emptyHelp: 'spectrogram 노드를 이 위젯에 연결하세요. 보내는 메시지를 오는 대로 그립니다.',
    noneOf: '아직 {source}의 소리가 없습니다.',
    picture: '지난 1분 동안 {source}의 소리(주파수별)',
    quiet: '작음',
    loud: '큼',
    point: '그림 위에 올리면 그 순간의 주파수와 세기를 읽을 수 있습니다.',
  },
};
