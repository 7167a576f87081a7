import { defineErrors } from '../../kit/index.js';

export const notifyError = defineErrors({
  'notify-nothing': {
    'en-US': {
      status: 'nothing to send',
      text: 'The message has no msg.alert that a channel could deliver.',
      action: 'Wire the first output of an alert node to this one.',
    },
    ko: {
      status: '보낼 것 없음',
      text: '메시지에 채널이 보낼 수 있는 msg.alert가 없습니다.',
      action: 'alert 노드의 첫 번째 출력을 이 노드에 연결하세요.',
    },
  },
  'notify-no-channel': {
    'en-US': {
      status: 'no channel',
      text: 'No channel is chosen.',
      action: 'Open the node, add one at least and deploy.',
    },
    ko: {
      status: '채널 없음',
      text: '선택된 채널이 없습니다.',
      action: '노드를 열어 하나 이상 추가한 뒤 배포하세요.',
    },
  },
  'notify-failed': {
    'en-US': {
      status: 'not delivered',
      text: '"{title}" could not be delivered on any channel. The last one said: {problem}',
      action: 'The second output has the notice.',
    },
    ko: {
      status: '전달 실패',
      text: '"{title}"을(를) 어떤 채널로도 전달하지 못했습니다. 마지막 응답: {problem}',
      action: '두 번째 출력에 통지가 있습니다.',
    },
  },
});
