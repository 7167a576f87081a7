import { defineErrors } from '../../kit/index.js';

export const trialError = defineErrors({
  'trial-variable': {
    'en-US': {
      status: 'has a variable',
      text: 'The setting "{field}" comes from an environment variable, which a trial does not read.',
      action: 'Write an example value in its place to try it, and put the variable back before you deploy.',
    },
    ko: {
      status: '환경 변수 사용',
      text: '설정 "{field}" 값은 환경 변수에서 오는데, 시험에서는 환경 변수를 읽지 않습니다.',
      action: '시험할 때는 예시 값을 적고, 배포하기 전에 변수로 되돌리세요.',
    },
  },
});
