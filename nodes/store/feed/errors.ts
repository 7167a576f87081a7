import { defineErrors } from '../../kit/index.js';

export const feedError = defineErrors({
  'feed-name-taken': {
    'en-US': {
      status: 'name is taken',
      text: 'The feed name "{name}" already follows the table {other}, not {table}.',
      action: 'Give this feed a name of its own.',
    },
    ko: {
      status: '이름 사용 중',
      text: '피드 이름 "{name}"은(는) 이미 {table}이(가) 아니라 {other} 테이블을 따르고 있습니다.',
      action: '이 피드에 다른 이름을 지정하세요.',
    },
  },
  'feed-pattern-invalid': {
    'en-US': {
      status: 'bad pattern',
      text: 'The pattern "{pattern}" does not work: {problem}.',
      action: 'Write it like an MQTT topic filter: plant/+/motor or plant/#.',
    },
    ko: {
      status: '잘못된 패턴',
      text: '패턴 "{pattern}"을(를) 쓸 수 없습니다: {problem}.',
      action: 'MQTT 토픽 필터처럼 plant/+/motor 또는 plant/# 형식으로 쓰세요.',
    },
  },
});
