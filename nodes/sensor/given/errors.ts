import { defineErrors } from '../../kit/index.js';

export const givenError = defineErrors({
  'reading-unfit': {
    'en-US': {
      status: 'bad reading',
      text: 'Reading {at} of the message does not fit: {problem}. None of the message was taken in.',
      action:
        'Send source, quantity, a finite value and, where there is one, time in ms UTC; or a payload that JSON can hold.',
    },
    ko: {
      status: '잘못된 측정값',
      text: '메시지의 {at}번째 측정값이 맞지 않습니다: {problem}. 이 메시지는 전혀 받지 않았습니다.',
      action:
        'source, quantity, 유한한 value와 (있다면) UTC 밀리초 time을 보내거나 JSON으로 표현할 수 있는 payload를 보내세요.',
    },
  },
});
