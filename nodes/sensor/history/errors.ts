import { defineErrors } from '../../kit/index.js';

export const historyError = defineErrors({
  'history-range': {
    'en-US': {
      status: 'check the range',
      text: 'The range cannot be used: {problem}.',
      action: 'Give from and to as ISO dates or milliseconds, or a length such as 90m, 24h, 7d, 1y or all.',
    },
    ko: {
      status: '기간을 확인하세요',
      text: '기간을 쓸 수 없습니다: {problem}.',
      action: 'from과 to를 ISO 날짜나 밀리초로, 또는 90m, 24h, 7d, 1y, all처럼 길이로 지정하세요.',
    },
  },
  'history-busy': {
    'en-US': {
      status: 'too many questions',
      text: 'More than {limit} questions wait for an answer; this one was refused.',
      action: 'Ask less often: put a delay node in front, or trigger on a timer instead of on every reading.',
    },
    ko: {
      status: '조회가 너무 많음',
      text: '답을 기다리는 조회가 {limit}개를 넘어 이 조회는 거부했습니다.',
      action: '덜 자주 조회하세요. 앞에 delay 노드를 두거나, 측정값마다 말고 타이머로 실행하세요.',
    },
  },
  'history-file': {
    'en-US': {
      status: 'cannot write file',
      text: 'The export could not be written to {file}: {problem}.',
      action: 'Check the folder, its permissions and the free space; nothing was left behind.',
    },
    ko: {
      status: '파일을 쓸 수 없음',
      text: '내보내기를 {file}에 쓰지 못했습니다: {problem}.',
      action: '폴더, 권한, 남은 공간을 확인하세요. 쓰다 만 파일은 남지 않습니다.',
    },
  },
  'history-response': {
    'en-US': {
      status: 'export cut off',
      text: 'The export ended early: {problem}.',
      action: 'The browser or program that asked for it has gone away; ask again.',
    },
    ko: {
      status: '내보내기 중단',
      text: '내보내기가 도중에 끝났습니다: {problem}.',
      action: '요청한 브라우저나 프로그램이 연결을 끊었습니다. 다시 요청하세요.',
    },
  },
});
