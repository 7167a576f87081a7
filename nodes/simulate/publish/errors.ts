import { defineErrors } from '../../kit/index.js';

export const publishError = defineErrors({
  'simulate-broker': {
    'en-US': {
      status: 'no broker',
      text: 'The MQTT broker {broker} is away ({detail}).',
      action:
        'Check host, port, user and network in the broker settings; what is missed meanwhile is published afterwards.',
    },
    ko: {
      status: '브로커 연결 안 됨',
      text: 'MQTT 브로커 {broker}에 연결되어 있지 않습니다({detail}).',
      action: '브로커 설정의 호스트, 포트, 사용자, 네트워크를 확인하세요. 그동안 밀린 값은 나중에 발행합니다.',
    },
  },
  'simulate-refused': {
    'en-US': {
      status: 'topic refused',
      text: 'The MQTT broker {broker} does not accept what is published to {topic} ({detail}).',
      action: "Allow the topic in the broker's access list, or change it in the node.",
    },
    ko: {
      status: '토픽 거부됨',
      text: 'MQTT 브로커 {broker}이(가) {topic} 토픽의 발행을 받아들이지 않습니다({detail}).',
      action: '브로커의 접근 목록에서 토픽을 허용하거나 노드에서 토픽을 바꾸세요.',
    },
  },
});

export function reasonOf(cause: Error | undefined): string {
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string') return code;
  return cause?.message.slice(0, 120) ?? 'the connection was closed';
}
