import type { Texts } from '../shared/language.ts';
import { commonTexts } from '../shared/texts.ts';

const english = {
  ...commonTexts['en-US'],
  title: 'Findings',
  empty: 'Nothing unusual.',
  emptyHelp: 'Findings appear here with their reasons: a limit crossed, a source gone silent, a clock that is off.',
  none: 'None of the chosen kind.',
  lasting: 'still going on',
  lasted: 'lasted {duration}',
  more: 'Show {count} more',
  filter: 'Show {severity}',
  show: 'Show in the chart',
} as const;

export type FindingsText = keyof typeof english;

export const findingsTexts: Texts<FindingsText> = {
  'en-US': english,
  ko: {
    ...commonTexts.ko,
    title: '감지 결과',
    empty: '감지된 것이 없습니다.',
    emptyHelp: '한계를 넘거나, 소스가 조용해지거나, 시계가 어긋나면 이유와 함께 여기에 나타납니다.',
    none: '선택한 종류가 없습니다.',
    lasting: '진행 중',
    lasted: '{duration} 동안 지속',
    more: '{count}건 더 보기',
    filter: '{severity} 보기',
    show: '차트에서 보기',
  },
};
