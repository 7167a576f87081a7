import { defineErrors } from '../../kit/index.js';

export const recordError = defineErrors({
  'record-source': {
    'en-US': {
      status: 'no source',
      text: 'The finding does not say what it concerns.',
      action: 'Wire this node behind a sensor, set msg.finding.source, or set the source in the node.',
    },
    ko: {
      status: '소스 없음',
      text: '감지 결과에 대상 소스가 없습니다.',
      action: '센서 뒤에 연결하거나 msg.finding.source 또는 노드의 소스를 지정하세요.',
    },
  },
  'record-finding': {
    'en-US': {
      status: 'bad finding',
      text: 'msg.finding is {found}, not an object.',
      action: "Leave it out to use the node's settings, or see the help for its properties.",
    },
    ko: {
      status: '잘못된 감지 결과',
      text: 'msg.finding이 객체가 아니라 {found}입니다.',
      action: '노드 설정을 쓰려면 빼고, 속성은 도움말을 보세요.',
    },
  },
});
