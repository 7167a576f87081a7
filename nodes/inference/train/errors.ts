import { defineErrors, PerceptError } from '../../kit/index.js';

const texts = {
  'training-bad-network': {
    'en-US': {
      status: 'bad network',
      text: 'This network cannot be built: {detail}.',
      action: 'Correct its layers or the size of its input.',
    },
    ko: {
      status: '잘못된 네트워크',
      text: '이 네트워크를 만들 수 없습니다: {detail}.',
      action: '계층이나 입력 크기를 고치세요.',
    },
  },
  'training-too-little': {
    'en-US': {
      status: 'too little data',
      text: 'There are {count} examples to learn from; at least {needed} are needed.',
      action: 'Record for longer, or choose a longer stretch of time, then learn again.',
    },
    ko: {
      status: '데이터 부족',
      text: '학습할 예가 {count}개뿐입니다. 적어도 {needed}개가 필요합니다.',
      action: '더 오래 기록하거나 더 긴 구간을 고른 뒤 다시 학습하세요.',
    },
  },
  'training-bad-data': {
    'en-US': {
      status: 'bad data',
      text: 'The data to learn from do not fit: {detail}.',
      action: 'Leave out or repair what is not a number, and see that every example has the size of the input.',
    },
    ko: {
      status: '잘못된 데이터',
      text: '학습할 데이터가 맞지 않습니다: {detail}.',
      action: '숫자가 아닌 값을 빼거나 고치고, 모든 예의 크기가 입력과 같은지 확인하세요.',
    },
  },
  'training-diverged': {
    'en-US': {
      status: 'learning diverged',
      text: 'The loss is no number any more in epoch {epoch}: the steps were too long.',
      action: 'Learn again with a tenth of the learning rate. The model in use stays.',
    },
    ko: {
      status: '학습 발산',
      text: '{epoch}번째 에포크에서 손실이 숫자가 아니게 되었습니다. 학습 보폭이 너무 큽니다.',
      action: '학습률을 10분의 1로 줄여 다시 학습하세요. 사용 중인 모델은 그대로입니다.',
    },
  },
  'training-cancelled': {
    'en-US': {
      status: 'cancelled',
      text: 'The training was cancelled in epoch {epoch}.',
      action: 'The model in use stays; start it again when you like.',
    },
    ko: {
      status: '취소됨',
      text: '{epoch}번째 에포크에서 학습을 취소했습니다.',
      action: '사용 중인 모델은 그대로입니다. 원할 때 다시 시작하세요.',
    },
  },
  'training-died': {
    'en-US': {
      status: 'training ended',
      text: 'The thread that was learning ended: {detail}.',
      action: 'Start it again; it goes on from its last checkpoint. Where memory was short, use a smaller batch.',
    },
    ko: {
      status: '학습 중단',
      text: '학습하던 스레드가 종료되었습니다: {detail}.',
      action: '다시 시작하면 마지막 체크포인트부터 이어집니다. 메모리가 부족했다면 배치를 줄이세요.',
    },
  },
  'training-no-room': {
    'en-US': {
      status: 'no checkpoint',
      text: 'The checkpoint {path} cannot be written: {detail}.',
      action: 'Free space there or choose another folder, then start again.',
    },
    ko: {
      status: '체크포인트 실패',
      text: '체크포인트 {path}을(를) 쓸 수 없습니다: {detail}.',
      action: '공간을 확보하거나 다른 폴더를 고른 뒤 다시 시작하세요.',
    },
  },
  'training-paused': {
    'en-US': {
      status: 'paused',
      text: 'The training was stopped in epoch {epoch}; where it was is kept.',
      action: 'Start it again with the same data and it goes on from there.',
    },
    ko: {
      status: '일시 중지',
      text: '{epoch}번째 에포크에서 학습을 멈추고 상태를 저장했습니다.',
      action: '같은 데이터로 다시 시작하면 그 자리에서 이어집니다.',
    },
  },
} as const;

export const trainingError = defineErrors(texts);

/** What is left of an error of ours on its way out of a thread. */
export interface Carried {
  readonly code: string;
  readonly params: PerceptError['params'];
}

/** The error again, with its texts. */
export function revived({ code, params }: Carried): PerceptError {
  const known = Object.hasOwn(texts, code) ? (code as keyof typeof texts) : 'training-died';
  return new PerceptError(known, texts[known], params);
}
