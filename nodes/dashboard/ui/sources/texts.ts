import type { Texts } from '../shared/language.ts';
import { commonTexts } from '../shared/texts.ts';

const english = {
  ...commonTexts['en-US'],
  title: 'Sources',
  ok: 'Normal',
  clock: 'Clock off',
  late: 'Late',
  silent_: 'Silent',
  source: 'Source',
  state: 'State',
  heard: 'Last heard',
  lag: 'Lag',
  lagHelp: 'From measuring to arrival',
  rate: 'Rate',
  stored: 'Stored',
  ago: '{duration} ago',
  perSecond: '{rate}/s',
  perMinute: '{rate}/min',
  search: 'Search {count} sources',
  empty: 'Nothing has sent anything yet.',
  emptyHelp: 'Point a device at the broker, or start a replay: a source appears with its first reading.',
  noMatch: 'No source is called “{search}”.',
  more: 'Show {count} more',
  worst: 'The {count} that need attention most; search to find others.',
  choose: 'Show {source} in the chart',
} as const;

export type SourcesText = keyof typeof english;

export const sourcesTexts: Texts<SourcesText> = {
  'en-US': english,
  ko: {
    ...commonTexts.ko,
    title: '소스',
    ok: '정상',
    clock: '시계 어긋남',
    late: '지연',
    silent_: '응답 없음',
    source: '소스',
    state: '상태',
    heard: '마지막 수신',
    lag: '지연 시간',
    lagHelp: '측정부터 도착까지',
    rate: '수신율',
    stored: '저장됨',
    ago: '{duration} 전',
    perSecond: '초당 {rate}',
    perMinute: '분당 {rate}',
    search: '소스 {count}개에서 찾기',
    empty: '아직 아무 장치도 보내지 않았습니다.',
    emptyHelp: '장치를 브로커에 연결하거나 재생을 시작하세요. 첫 측정값이 오면 소스가 나타납니다.',
    noMatch: '“{search}” 소스가 없습니다.',
    more: '{count}개 더 보기',
    worst: '주의가 가장 필요한 {count}개입니다. 나머지는 찾기로 보세요.',
    choose: '{source} 차트로 보기',
  },
};
