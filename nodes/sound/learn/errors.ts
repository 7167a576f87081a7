import { defineErrors } from '../../kit/index.js';

export const learnError = defineErrors({
  'learn-no-source': {
    'en-US': {
      status: 'no source',
      text: 'It is not said which source to learn.',
      action: 'Put its name into msg.topic, as in plant/pump-1, or into the node.',
    },
    ko: {
      status: '소스 없음',
      text: '어느 소스를 학습할지 정해지지 않았습니다.',
      action: 'msg.topic에 plant/pump-1처럼 소스 이름을 넣거나 노드에 설정하세요.',
    },
  },
  'learn-unknown-source': {
    'en-US': {
      status: 'unknown source',
      text: 'There is no recording of {source} with the quantity {quantity} in the store{known}.',
      action: 'Correct the name, or let sensor in store its recordings first.',
    },
    ko: {
      status: '모르는 소스',
      text: '저장소에 {source}의 {quantity} 녹음이 없습니다{known}.',
      action: '이름을 고치거나 sensor in으로 녹음을 먼저 저장하세요.',
    },
  },
  'learn-nothing-then': {
    'en-US': {
      status: 'no recordings',
      text: 'There is no recording of {source} from {since} to {until}; the newest is of {newest}.',
      action: 'Choose another stretch of time, or let the machine run and learn again.',
    },
    ko: {
      status: '녹음 없음',
      text: '{since}부터 {until}까지 {source}의 녹음이 없습니다. 가장 최근 녹음은 {newest}입니다.',
      action: '다른 구간을 고르거나 기계를 가동한 뒤 다시 학습하세요.',
    },
  },
  'learn-too-little': {
    'en-US': {
      status: 'too little sound',
      text: '{source} has {found} stretches that can be learned from, {minutes} min; at least {needed} are needed. {left}',
      action:
        'Let it run normally for longer, or choose a longer stretch of time, then learn again. What is in use stays.',
    },
    ko: {
      status: '소리가 부족함',
      text: '{source}에서 학습할 수 있는 구간이 {found}개({minutes}분)입니다. 적어도 {needed}개가 필요합니다. {left}',
      action: '더 오래 정상으로 가동하거나 더 긴 구간을 고른 뒤 다시 학습하세요. 사용 중인 모델은 그대로입니다.',
    },
  },
  'learn-rate': {
    'en-US': {
      status: 'rate too odd',
      text: 'Recordings of {source} at {rate} Hz give pictures of {found}; a network looks at {wanted}.',
      action: 'Learn the kind normal, which takes any rate, or record at 8 kHz or more.',
    },
    ko: {
      status: '맞지 않는 속도',
      text: '{source}의 {rate} Hz 녹음은 {found} 크기의 그림이 됩니다. 신경망은 {wanted}만 봅니다.',
      action: '어떤 속도든 되는 normal로 학습하거나 8 kHz 이상으로 녹음하세요.',
    },
  },
  'learn-no-labels': {
    'en-US': {
      status: 'no labels',
      text: 'A vgg learns what each condition sounds like, and msg.learn.labels names {found} of them; it takes {needed}.',
      action:
        'Give stretches of time as objects with since, until and condition, two conditions at least; without any, learn normal.',
    },
    ko: {
      status: '라벨 없음',
      text: 'vgg는 상태마다의 소리를 배웁니다. msg.learn.labels에 상태가 {found}개뿐이며 {needed}개가 필요합니다.',
      action: 'since, until, condition을 담은 객체로 구간을 두 상태 이상 주세요. 라벨이 없으면 normal로 학습하세요.',
    },
  },
  'learn-few-of-condition': {
    'en-US': {
      status: 'too few examples',
      text: 'Of {condition} there are {found} stretches of {source}; at least {needed} are needed. {left}',
      action: 'Give a longer stretch of time for it, or leave it out.',
    },
    ko: {
      status: '예가 부족함',
      text: '{source}의 {condition} 구간이 {found}개입니다. 적어도 {needed}개가 필요합니다. {left}',
      action: '그 상태의 더 긴 구간을 주거나 빼세요.',
    },
  },
  'learn-bad-range': {
    'en-US': {
      status: 'bad range',
      text: 'From {since} to {until} is no stretch of time.',
      action: 'Give since and until in ms or as 2026-11-21T10:00:00Z, the earlier one first.',
    },
    ko: {
      status: '잘못된 구간',
      text: '{since}부터 {until}까지는 구간이 아닙니다.',
      action: 'since와 until을 ms 또는 2026-11-21T10:00:00Z 형식으로, 이른 쪽을 먼저 주세요.',
    },
  },
  'learn-bad-command': {
    'en-US': {
      status: 'unknown command',
      text: 'msg.learn is {found}.',
      action: 'It takes start, cancel, pause, resume or an object with kind, minutes, since, until.',
    },
    ko: {
      status: '모르는 명령',
      text: 'msg.learn이 {found}입니다.',
      action: 'start, cancel, pause, resume 또는 kind, minutes, since, until을 담은 객체여야 합니다.',
    },
  },
  'learn-busy': {
    'en-US': {
      status: 'already learning',
      text: '{source} is being learned already.',
      action: 'Wait until it is done, or send msg.learn = "cancel" first.',
    },
    ko: {
      status: '이미 학습 중',
      text: '{source}은(는) 이미 학습 중입니다.',
      action: '끝날 때까지 기다리거나 먼저 msg.learn = "cancel"을 보내세요.',
    },
  },
  'learn-queue-full': {
    'en-US': {
      status: 'too many at once',
      text: '{limit} sources wait to be learned; {source} was left out.',
      action: 'Start it again when some of them are done.',
    },
    ko: {
      status: '대기 한도 초과',
      text: '학습을 기다리는 소스가 {limit}개라 {source}을(를) 받지 않았습니다.',
      action: '일부가 끝난 뒤 다시 시작하세요.',
    },
  },
  'learn-not-running': {
    'en-US': {
      status: 'not learning',
      text: '{source} is not being learned, and nothing of it was stopped half-way.',
      action: 'Start it with msg.learn = "start".',
    },
    ko: {
      status: '학습 중 아님',
      text: '{source}은(는) 학습 중이 아니며 중단된 학습도 없습니다.',
      action: 'msg.learn = "start"로 시작하세요.',
    },
  },
  'learn-no-version': {
    'en-US': {
      status: 'no such version',
      text: 'Of {source} there is no version {version}; there is: {known}.',
      action: 'Choose one of these; msg.models = true asks for them.',
    },
    ko: {
      status: '버전 없음',
      text: '{source}에 버전 {version}이(가) 없습니다. 있는 버전: {known}.',
      action: '그중 하나를 고르세요. msg.models = true로 목록을 볼 수 있습니다.',
    },
  },
  'learn-nothing-before': {
    'en-US': {
      status: 'nothing before',
      text: 'Of {source} no version was used before the present one, or none of them is left; there is: {known}.',
      action: 'Name one of these in msg.rollback, or learn again.',
    },
    ko: {
      status: '이전 버전 없음',
      text: '{source}에 지금보다 먼저 쓰던 버전이 없거나 남아 있지 않습니다. 있는 버전: {known}.',
      action: 'msg.rollback에 그중 하나를 넣거나 다시 학습하세요.',
    },
  },
  'learn-job': {
    'en-US': {
      status: 'job file damaged',
      text: 'A learning that was interrupted cannot be gone on with: {path}: {problem}.',
      action: 'Start it again; the file was set aside. What is in use stays.',
    },
    ko: {
      status: '작업 파일 손상',
      text: '중단된 학습을 이어 갈 수 없습니다: {path}: {problem}.',
      action: '다시 시작하세요. 파일은 따로 옮겨 두었고 사용 중인 모델은 그대로입니다.',
    },
  },
});

export type LearnErrorCode = Parameters<typeof learnError>[0];
