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
});
