import type { Texts } from '../shared/language.ts';
import { commonTexts } from '../shared/texts.ts';

const english = {
  ...commonTexts['en-US'],
  rate: 'Arriving per second',
  hour: 'each minute of the last hour: {low} to {high}',
  stored: 'Stored',
  since: 'readings and recordings',
  sources: 'Sources',
  allWell: 'all sending',
  silentCount: '{count} silent',
  lateCount: '{count} late',
  clockCount: '{count} with a clock that is off',
  noSources: 'none yet',
  letters: 'Dead letters',
  noLetters: 'everything could be read',
  someLetters: 'waiting to be driven again',
} as const;

export type TilesText = keyof typeof english;

export const tilesTexts: Texts<TilesText> = {
  'en-US': english,
  ko: {
    ...commonTexts.ko,
    rate: '초당 수신',
    hour: '지난 1시간 분 평균: {low}~{high}',
    stored: '저장됨',
    since: '측정값과 녹음·사진',
    sources: '소스',
    allWell: '모두 보내는 중',
    silentCount: '{count}개 응답 없음',
    lateCount: '{count}개 지연',
    clockCount: '{count}개 시계 어긋남',
    noSources: '아직 없음',
    letters: '거부된 메시지',
    noLetters: '모두 읽었습니다',
    someLetters: '다시 처리 대기 중',
  },
};
