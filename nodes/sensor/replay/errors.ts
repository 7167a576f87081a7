import { defineErrors } from '../../kit/index.js';

export const replayError = defineErrors({
  'replay-path': {
    'en-US': {
      status: 'nothing to play',
      text: 'Nothing can be played from {path}: {problem}.',
      action: 'Check the path; a relative one starts at the user directory of Node-RED.',
    },
    ko: {
      status: '재생할 것 없음',
      text: '{path}에서 재생할 수 있는 것이 없습니다: {problem}.',
      action: '경로를 확인하세요. 상대 경로는 Node-RED 사용자 디렉터리에서 시작합니다.',
    },
  },
  'replay-columns': {
    'en-US': {
      status: 'check the columns',
      text: 'The file {path} has no column "{column}"; it has {columns}.',
      action: 'Correct the setting, or leave it empty to have it found.',
    },
    ko: {
      status: '열을 확인하세요',
      text: '{path} 파일에 "{column}" 열이 없습니다. 있는 열: {columns}.',
      action: '설정을 고치거나, 비워 두어 자동으로 찾게 하세요.',
    },
  },
});
