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
  'history-which-alert': {
    'en-US': {
      status: 'which alert?',
      text: 'A timeline is of one alert, and none was named.',
      action: 'Give its id in payload.alert.',
    },
    ko: {
      status: '어느 알림인가요?',
      text: '타임라인은 알림 하나의 것인데, 알림이 지정되지 않았습니다.',
      action: 'payload.alert에 id를 넣으세요.',
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
  'history-file-outside': {
    'en-US': {
      status: 'file not allowed',
      text: 'A message may not have an export written to {file}.',
      action: 'Name a file without folders above it, it goes to {folder}; anything else is set in the node itself.',
    },
    ko: {
      status: '허용되지 않는 파일',
      text: '메시지로는 {file}에 내보내기를 쓸 수 없습니다.',
      action: '상위 폴더가 없는 파일 이름을 쓰면 {folder}에 저장됩니다. 다른 곳은 노드에서 직접 설정하세요.',
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
  'history-sound-bucket': {
    'en-US': {
      status: 'no bucket chosen',
      text: 'Sound lies in a bucket, and none is chosen.',
      action: 'Open the node and choose the bucket that sensor in puts recordings into.',
    },
    ko: {
      status: '버킷 미선택',
      text: '소리는 버킷에 있는데, 버킷이 선택되지 않았습니다.',
      action: '노드를 열어 sensor in이 녹음을 넣는 버킷을 고르세요.',
    },
  },
  'history-sound-source': {
    'en-US': {
      status: 'name one source',
      text: 'Sound is of one source and one quantity; this was asked for: {found}.',
      action: 'Give one name in sources and at most one in quantities, without a star.',
    },
    ko: {
      status: '소스를 하나만',
      text: '소리는 소스 하나, 항목 하나의 것입니다. 요청한 것: {found}.',
      action: 'sources에 이름 하나, quantities에 많아야 하나를 별표 없이 지정하세요.',
    },
  },
  'history-sound-none': {
    'en-US': {
      status: 'nothing recorded',
      text: 'Of {source} ({quantity}) nothing was recorded at {time}, or it is no longer kept.',
      action: 'Choose another moment; sensor in needs a bucket, and the store says how long recordings are kept.',
    },
    ko: {
      status: '녹음 없음',
      text: '{time}에 {source}({quantity})의 녹음이 없거나 보존 기간이 지났습니다.',
      action: '다른 시각을 고르세요. sensor in에 버킷이 필요하고, 녹음 보존 기간은 저장소 설정에 있습니다.',
    },
  },
  'history-sound-file': {
    'en-US': {
      status: 'damaged recording',
      text: 'The recording {key} is no WAV file that can be read: {problem}.',
      action: 'Compare it with your backup; the readings of that time are not affected.',
    },
    ko: {
      status: '손상된 녹음',
      text: '녹음 {key}은(는) 읽을 수 있는 WAV 파일이 아닙니다: {problem}.',
      action: '백업과 비교하세요. 그 시각의 측정값에는 영향이 없습니다.',
    },
  },
});
