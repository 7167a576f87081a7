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
  'sound-wav': {
    'en-US': {
      status: 'bad WAV',
      text: 'The WAV file in the payload cannot be read: {problem}.',
      action: 'Record it again, or convert it to 16, 24 or 32 bit PCM or 32 bit float.',
    },
    ko: {
      status: '잘못된 WAV',
      text: '페이로드의 WAV 파일을 읽을 수 없습니다: {problem}.',
      action: '다시 녹음하거나 16, 24, 32비트 PCM 또는 32비트 float로 변환하세요.',
    },
  },
  'sound-nothing': {
    'en-US': {
      status: 'no sound',
      text: 'The message holds no sound: neither msg.sound nor a WAV file, PCM bytes or numbers in msg.payload.',
      action:
        'Wire a node that gives sound, such as sensor in or replay, or see what the help says of windows of numbers.',
    },
    ko: {
      status: '소리 없음',
      text: '메시지에 소리가 없습니다. msg.sound도, msg.payload의 WAV 파일, PCM 바이트, 숫자도 아닙니다.',
      action: 'sensor in이나 replay처럼 소리를 주는 노드를 연결하거나 숫자 구간에 대한 도움말을 보세요.',
    },
  },
  'sound-cut': {
    'en-US': {
      status: 'samples cut off',
      text: '{bytes} bytes are not whole samples of {frame} bytes.',
      action: 'Check the number of channels and the sample format in the node, or the source.',
    },
    ko: {
      status: '샘플이 잘림',
      text: '{bytes}바이트는 {frame}바이트 샘플로 나누어떨어지지 않습니다.',
      action: '노드의 채널 수와 샘플 형식, 또는 보내는 쪽을 확인하세요.',
    },
  },
  'sound-uneven': {
    'en-US': {
      status: 'uneven axes',
      text: 'The axes have different numbers of values: {lengths}.',
      action: 'Let the source send one value of every axis for each instant.',
    },
    ko: {
      status: '축 길이 불일치',
      text: '축마다 값의 수가 다릅니다: {lengths}.',
      action: '매 순간 모든 축의 값을 하나씩 보내게 하세요.',
    },
  },
  'sound-one-channel': {
    'en-US': {
      status: 'one microphone',
      text: 'The sound of {source} has one channel; to cancel what a second microphone hears, two are needed.',
      action:
        'Record both microphones in one file or stream, the machine first, or choose another use of the channels.',
    },
    ko: {
      status: '마이크 하나',
      text: '{source}의 소리는 채널이 하나입니다. 두 번째 마이크에 들리는 소리를 빼려면 채널이 둘이어야 합니다.',
      action: '두 마이크를 한 스트림에 담아(기계 쪽 먼저) 보내거나 채널 사용 방법을 바꾸세요.',
    },
  },
  'sound-short': {
    'en-US': {
      status: 'too short',
      text: 'The message from {source} is shorter than one window of {ms} ms.',
      action: 'Let the source send longer pieces, or make the window shorter.',
    },
    ko: {
      status: '너무 짧음',
      text: '{source}의 메시지가 창 하나({ms} ms)보다 짧습니다.',
      action: '더 긴 구간을 보내거나 창을 짧게 하세요.',
    },
  },
  'sound-pieces': {
    'en-US': {
      status: 'pieces too short',
      text: 'The sound of {source} comes in pieces of {found} s with gaps between them; {needed} s in one piece are needed, so there is no spectrogram.',
      action:
        'Send longer pieces, or pieces without gaps whose times go on from one to the next; or set a shorter length in the spectrogram node (0: each message by itself).',
    },
    ko: {
      status: '구간이 너무 짧음',
      text: '{source}의 소리가 {found}초씩 끊겨서 들어옵니다. 끊김 없이 {needed}초가 필요하므로 스펙트로그램을 만들 수 없습니다.',
      action:
        '더 긴 구간을 보내거나 시각이 이어지도록 끊김 없이 보내세요. 또는 spectrogram 노드에서 길이를 줄이세요(0: 메시지마다 따로).',
    },
  },
  'sound-busy': {
    'en-US': {
      status: 'too much at once',
      text: 'More than {limit} MiB of sound wait to be transformed; this message was left out.',
      action: 'Send less sound, or use larger steps between windows.',
    },
    ko: {
      status: '처리량 초과',
      text: '변환을 기다리는 소리가 {limit} MiB를 넘어 이 메시지는 건너뛰었습니다.',
      action: '소리를 줄이거나 창 사이 간격을 늘리세요.',
    },
  },
  'sound-other-form': {
    'en-US': {
      status: 'other sound',
      text: 'The sound of {source} is of another form than what was learned: {what} is {found}, it was {learned}.',
      action: 'Set the microphone and the spectrogram node as they were, or learn again. What was learned stays.',
    },
    ko: {
      status: '다른 형식의 소리',
      text: '{source}의 소리가 학습할 때와 형식이 다릅니다. {what}: 현재 {found}, 학습 당시 {learned}.',
      action: '마이크와 spectrogram 노드를 이전처럼 설정하거나 다시 학습하세요. 학습한 내용은 그대로 남습니다.',
    },
  },
  'sound-no-spectrogram': {
    'en-US': {
      status: 'no spectrogram',
      text: 'The message has no msg.spectrogram.',
      action: 'Put a spectrogram node before this one.',
    },
    ko: {
      status: '스펙트로그램 없음',
      text: '메시지에 msg.spectrogram이 없습니다.',
      action: '이 노드 앞에 spectrogram 노드를 연결하세요.',
    },
  },
  'sound-no-bucket': {
    'en-US': {
      status: 'no bucket',
      text: 'A message names a recording of {source} in a bucket, but no bucket is chosen here.',
      action: 'Open the spectrogram node and choose the bucket that sensor in writes to.',
    },
    ko: {
      status: '버킷 없음',
      text: '메시지가 버킷에 있는 {source}의 녹음을 가리키지만 이 노드에 버킷이 선택되지 않았습니다.',
      action: 'spectrogram 노드를 열어 sensor in이 쓰는 버킷을 고르세요.',
    },
  },
  'sound-no-recording': {
    'en-US': {
      status: 'no sound',
      text: 'The recording {key} is of kind {kind}, not sound.',
      action: 'Let the feed hand out recordings of kind sound only.',
    },
    ko: {
      status: '소리 아님',
      text: '녹음 {key}의 종류는 {kind}이며 소리가 아닙니다.',
      action: 'feed에서 kind가 sound인 녹음만 보내도록 설정하세요.',
    },
  },
  'sound-network-none': {
    'en-US': {
      status: 'no model chosen',
      text: 'It is to judge by a network, and no model is chosen.',
      action: 'Open the node and choose one; percept models list shows what there is.',
    },
    ko: {
      status: '모델 없음',
      text: '신경망으로 판단하도록 설정되어 있지만 모델이 선택되지 않았습니다.',
      action: '노드를 열어 모델을 고르세요. percept models list로 목록을 볼 수 있습니다.',
    },
  },
  'sound-network-kind': {
    'en-US': {
      status: 'other kind of model',
      text: 'The model {model} gives {decoder}; what judges sound gives classes or a reconstruction.',
      action: 'Choose another model, or correct the output in its card.',
    },
    ko: {
      status: '다른 종류의 모델',
      text: '모델 {model}의 출력은 {decoder}입니다. 소리를 판단하려면 classes나 reconstruction이어야 합니다.',
      action: '다른 모델을 고르거나 카드의 output을 고치세요.',
    },
  },
  'sound-network-form': {
    'en-US': {
      status: 'other picture',
      text: 'The model {model} looks at {expected}, but {source} is {found} (channels x bands x frames).',
      action: 'Set the spectrogram node to what the model was made for; for most it is the preset picture.',
    },
    ko: {
      status: '입력 형태 불일치',
      text: '모델 {model}의 입력은 {expected}인데 {source}은(는) {found}(채널 x 대역 x 프레임)입니다.',
      action: 'spectrogram 노드를 모델에 맞게 설정하세요. 대부분은 picture 프리셋입니다.',
    },
  },
  'sound-network-sound': {
    'en-US': {
      status: 'other sound',
      text: 'The model {model} was made for other sound than that of {source}: {what} is {found}, it should be {expected}.',
      action:
        'Record at the rate that the model wants and set the spectrogram node to the preset picture, or learn the machine as it is heard now.',
    },
    ko: {
      status: '다른 형식의 소리',
      text: '모델 {model}은(는) {source}의 소리와 다른 형식의 소리로 만들어졌습니다. {what}: 현재 {found}, 필요한 값 {expected}.',
      action:
        '모델에 맞는 샘플레이트로 녹음하고 spectrogram 노드를 picture 프리셋으로 설정하거나, 지금 들리는 그대로 기계를 학습하세요.',
    },
  },
  'sound-network-output': {
    'en-US': {
      status: 'unusable answer',
      text: 'The model {model} gave {problem}.',
      action: 'Correct its card, or use another version of the model; percept models verify {model} tries it.',
    },
    ko: {
      status: '잘못된 출력',
      text: '모델 {model}의 출력을 사용할 수 없습니다: {problem}.',
      action: '카드를 고치거나 다른 버전을 사용하세요. percept models verify {model}로 확인할 수 있습니다.',
    },
  },
  'sound-network-learns': {
    'en-US': {
      status: 'nothing to learn',
      text: '{source} is judged by a network that repeats what it knows; there is nothing to learn about it here.',
      action: 'Wire a learn node to train it anew, or set the kind to learned normal.',
    },
    ko: {
      status: '학습 대상 아님',
      text: '{source}은(는) 소리를 재현하는 신경망으로 판단합니다. 여기서는 학습할 것이 없습니다.',
      action: 'learn 노드를 연결해 다시 학습하거나 종류를 학습한 정상으로 바꾸세요.',
    },
  },
});

export type SoundErrorCode = Parameters<typeof soundError>[0];
