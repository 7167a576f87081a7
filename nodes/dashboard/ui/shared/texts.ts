/** What several widgets say alike; each widget spreads them into its own. */
export const commonTexts = {
  'en-US': {
    silent: 'The history did not answer.',
    silentHelp: "Wire this widget's first output to a history node and that node's output back to this widget.",
    failed: 'The history could not answer.',
    loading: 'Loading…',
    retry: 'Ask again',
    offline: 'No connection: what you see stands still.',
  },
  ko: {
    silent: '이력 노드가 응답하지 않습니다.',
    silentHelp: '이 위젯의 첫째 출력을 history 노드에, 그 노드의 출력을 다시 이 위젯에 연결하세요.',
    failed: '이력을 불러오지 못했습니다.',
    loading: '불러오는 중…',
    retry: '다시 요청',
    offline: '연결이 끊겨 화면이 멈춰 있습니다.',
  },
} as const;
