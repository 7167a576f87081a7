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
});
