import { defineErrors } from '../kit/index.js';

export const soundError = defineErrors({
  'sound-fft': {
    'en-US': {
      status: 'no FFT',
      text: 'The Fourier transform could not be loaded: {detail}.',
      action: 'Run "npm install @echogarden/pffft-wasm" in the user directory of Node-RED and restart it.',
    },
    ko: {
      status: 'FFT 없음',
      text: '푸리에 변환 모듈을 불러올 수 없습니다: {detail}.',
      action: 'Node-RED 사용자 디렉터리에서 "npm install @echogarden/pffft-wasm"을 실행한 뒤 다시 시작하세요.',
    },
  },
  'sound-not-a-number': {
    'en-US': {
      status: 'not a number',
      text: '{bad} of {all} samples are not numbers (NaN or infinite).',
      action: 'Correct the source: a sensor that has no value should send none.',
    },
    ko: {
      status: '숫자가 아님',
      text: '샘플 {all}개 중 {bad}개가 숫자가 아닙니다(NaN 또는 무한대).',
      action: '보내는 쪽을 고치세요. 값이 없으면 보내지 않아야 합니다.',
    },
  },
  'sound-too-little': {
    'en-US': {
      status: 'too little sound',
      text: 'There are {found} stretches of normal sound; at least {needed} are needed.',
      action: 'Let the machine run normally for a few minutes more and learn again. What was learned before stays.',
    },
    ko: {
      status: '소리가 부족함',
      text: '정상 소리 구간이 {found}개입니다. 적어도 {needed}개가 필요합니다.',
      action: '기계를 몇 분 더 정상으로 가동한 뒤 다시 학습하세요. 이전에 학습한 내용은 그대로 남습니다.',
    },
  },
  'sound-model': {
    'en-US': {
      status: 'model damaged',
      text: 'What was learned cannot be read: {problem}.',
      action: 'Learn again, or put the file back from a backup. The recordings are not touched.',
    },
    ko: {
      status: '모델 손상',
      text: '학습한 모델을 읽을 수 없습니다: {problem}.',
      action: '다시 학습하거나 백업에서 파일을 되돌려 놓으세요. 녹음은 그대로입니다.',
    },
  },
  'sound-thread': {
    'en-US': {
      status: 'thread died',
      text: 'The thread that works on sound ended: {detail}.',
      action: 'It is started again with the next message; if it happens often, give Node-RED more memory.',
    },
    ko: {
      status: '스레드 종료됨',
      text: '소리를 처리하는 스레드가 끝났습니다: {detail}.',
      action: '다음 메시지에서 다시 시작합니다. 자주 일어나면 Node-RED에 메모리를 더 주세요.',
    },
  },
});

export type SoundErrorCode = Parameters<typeof soundError>[0];
