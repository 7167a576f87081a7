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
  'notify-unknown-channel': {
    'en-US': {
      status: 'no such channel',
      text: 'This node has no channel "{channel}" to test.',
      action: 'Name one of its channels, or say true for all.',
    },
    ko: {
      status: '없는 채널',
      text: '이 노드에는 시험할 채널 "{channel}"이(가) 없습니다.',
      action: '노드의 채널 이름을 넣거나, 모두 시험하려면 true를 넣으세요.',
    },
  },
  'notify-unknown-notice': {
    'en-US': {
      status: 'no such notice',
      text: 'No notice "{notice}" waits to be sent again.',
      action: 'The second output named those that no channel took; they are kept for 30 days.',
    },
    ko: {
      status: '없는 통지',
      text: '다시 보낼 통지 "{notice}"이(가) 없습니다.',
      action: '어떤 채널도 받지 않은 통지는 두 번째 출력에 나오며 30일 동안 보관됩니다.',
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
