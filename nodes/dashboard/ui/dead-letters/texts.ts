import type { Texts } from '../shared/language.ts';
import { commonTexts } from '../shared/texts.ts';

const english = {
  ...commonTexts['en-US'],
  title: 'Dead letters',
  empty: 'No dead letters.',
  emptyHelp: 'Everything that arrived could be read. What cannot be is kept here whole, with the reason.',
  received: 'Received',
  topic: 'Topic',
  reason: 'Reason',
  preview: 'Message',
  bytes: '{count} bytes',
  choose: 'Choose the message from {topic}',
  chooseAll: 'Choose all that are shown',
  driveChosen: 'Drive {count} again',
  driveNone: 'Drive chosen again',
  driveAll: 'Drive all {count} again',
  driving: 'Driving {count} again…',
  stored: '{stored} stored.',
  both: '{stored} stored, {left} still refused: see the reasons below.',
  refused: 'Still refused: correct the decoding in the sensor in node first, then drive again.',
  newest: 'The newest {count} of {total}.',
} as const;

export type DeadLettersText = keyof typeof english;

export const deadLettersTexts: Texts<DeadLettersText> = {
  'en-US': english,
  ko: {
    ...commonTexts.ko,
    title: '거부된 메시지',
    empty: '거부된 메시지가 없습니다.',
    emptyHelp: '도착한 것은 모두 읽었습니다. 읽지 못한 것은 이유와 함께 통째로 여기에 보관됩니다.',
    received: '수신',
    topic: '토픽',
    reason: '이유',
    preview: '메시지',
    bytes: '{count}바이트',
    choose: '{topic} 메시지 선택',
    chooseAll: '보이는 것 모두 선택',
    driveChosen: '{count}건 다시 처리',
    driveNone: '선택 항목 다시 처리',
    driveAll: '{count}건 모두 다시 처리',
    driving: '{count}건을 다시 처리하는 중…',
    stored: '{stored}건을 저장했습니다.',
    both: '{stored}건을 저장했고 {left}건은 여전히 거부되었습니다. 아래 이유를 보세요.',
    refused: '여전히 거부되었습니다. sensor in 노드의 해석 설정을 고친 뒤 다시 처리하세요.',
    newest: '전체 {total}건 가운데 최근 {count}건입니다.',
  },
};
