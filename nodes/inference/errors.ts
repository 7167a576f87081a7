import { defineErrors } from '../kit/index.js';

export const inferenceError = defineErrors({
  'model-bad-card': {
    'en-US': {
      status: 'bad model card',
      text: 'The model card {card} cannot be used: {detail}.',
      action: "Correct it; models/README.md tells a card's fields.",
    },
    ko: {
      status: '잘못된 모델 카드',
      text: '모델 카드 {card}을(를) 사용할 수 없습니다: {detail}.',
      action: '카드를 고치세요. 필드 설명은 models/README.md에 있습니다.',
    },
  },
  'model-unknown': {
    'en-US': {
      status: 'unknown model',
      text: 'There is no model {model} in {places}.',
      action: 'percept models list shows what there is; percept models add brings a model of your own.',
    },
    ko: {
      status: '알 수 없는 모델',
      text: '{places}에 모델 {model}이(가) 없습니다.',
      action: 'percept models list로 목록을 확인하고, 직접 만든 모델은 percept models add로 추가하세요.',
    },
  },
  'model-not-pulled': {
    'en-US': {
      status: 'model not pulled',
      text: 'The card of the model {model} is here, its file is not: it is a public one and nothing is downloaded by itself.',
      action: 'Run: percept models pull {model}',
    },
    ko: {
      status: '모델 파일 없음',
      text: '모델 {model}의 카드는 있지만 파일이 없습니다. 공개 모델은 저절로 내려받지 않습니다.',
      action: '다음을 실행하세요: percept models pull {model}',
    },
  },
  'model-corrupt': {
    'en-US': {
      status: 'model differs',
      text: 'The file of the model {model} in {place} is not the one of its card: its sha256 begins with {found}, not {expected}.',
      action: 'Pull or copy it again, or correct the card if the new file is meant.',
    },
    ko: {
      status: '모델 파일 불일치',
      text: '{place}의 모델 {model} 파일이 카드와 다릅니다. sha256이 {expected}이(가) 아니라 {found}(으)로 시작합니다.',
      action: '다시 내려받거나 복사하세요. 새 파일이 맞다면 카드를 고치세요.',
    },
  },
  'model-unreadable': {
    'en-US': {
      status: 'model unreadable',
      text: 'The model {model} cannot be loaded: {detail}.',
      action: 'Export it again as ONNX, opset 21 or lower; percept models verify {model} tries it without a flow.',
    },
    ko: {
      status: '모델 로드 실패',
      text: '모델 {model}을(를) 로드할 수 없습니다: {detail}.',
      action: 'opset 21 이하의 ONNX로 다시 내보내세요. percept models verify {model}로 따로 확인할 수 있습니다.',
    },
  },
  'model-other-shape': {
    'en-US': {
      status: 'other shape',
      text: 'The model {model} takes {found}, but its card says {expected}.',
      action: 'Correct the shape in the card, or use the file that the card was written for.',
    },
    ko: {
      status: '입력 형태 불일치',
      text: '모델 {model}의 입력은 {found}인데 카드에는 {expected}(으)로 되어 있습니다.',
      action: '카드의 shape를 고치거나 카드에 맞는 파일을 사용하세요.',
    },
  },
  'model-bad-input': {
    'en-US': {
      status: 'bad input',
      text: 'The model {model} was given something that it cannot take: {detail}.',
      action: "Compare what is wired to it with the shape in the model's card.",
    },
    ko: {
      status: '잘못된 입력',
      text: '모델 {model}이(가) 받을 수 없는 입력입니다: {detail}.',
      action: '연결된 입력을 모델 카드의 shape와 비교하세요.',
    },
  },
  'model-no-runtime': {
    'en-US': {
      status: 'no ONNX runtime',
      text: 'Models cannot be run on this machine: {detail}.',
      action:
        'Install one where Percept is installed: npm install onnxruntime-node, or onnxruntime-web on Alpine and 32 bits.',
    },
    ko: {
      status: 'ONNX 런타임 없음',
      text: '이 장비에서 모델을 실행할 수 없습니다: {detail}.',
      action:
        'Percept가 설치된 곳에서 npm install onnxruntime-node를 실행하세요. Alpine이나 32비트에서는 onnxruntime-web을 설치하세요.',
    },
  },
  'model-worker-died': {
    'en-US': {
      status: 'model restarted',
      text: 'The thread of the model {model} ended while it worked: {detail}. It was replaced; what it was working on is lost.',
      action: 'Send it again. If it happens again with the same input, keep that input and report it.',
    },
    ko: {
      status: '모델 재시작',
      text: '모델 {model}의 스레드가 작업 중에 종료되었습니다: {detail}. 새 스레드로 교체했고 처리 중이던 입력은 잃었습니다.',
      action: '다시 보내세요. 같은 입력에서 반복되면 그 입력을 보관해 알려 주세요.',
    },
  },
  'model-busy': {
    'en-US': {
      status: 'model too slow',
      text: 'The model {model} does not keep up: {waiting} inputs are waiting, this one was refused.',
      action: 'Send less often, use a smaller model, or raise the number that may wait.',
    },
    ko: {
      status: '모델 처리 지연',
      text: '모델 {model}이(가) 따라가지 못합니다. 입력 {waiting}개가 대기 중이라 이 입력은 거부했습니다.',
      action: '더 드물게 보내거나 더 작은 모델을 쓰거나 대기 한도를 늘리세요.',
    },
  },
  'model-released': {
    'en-US': {
      status: 'stopped',
      text: 'The model {model} was let go of before this input had its turn.',
      action: 'This is what a redeploy does; send it again.',
    },
    ko: {
      status: '중지됨',
      text: '이 입력의 차례가 오기 전에 모델 {model} 사용이 끝났습니다.',
      action: '다시 배포할 때 생기는 일입니다. 다시 보내세요.',
    },
  },
  'model-version-taken': {
    'en-US': {
      status: 'version exists',
      text: 'The model {model} already has a version {version} in {place}, with another file.',
      action: 'Give the new one another version in its card.',
    },
    ko: {
      status: '이미 있는 버전',
      text: '{place}에 모델 {model}의 버전 {version}이(가) 다른 파일로 이미 있습니다.',
      action: '새 카드에 다른 버전을 쓰세요.',
    },
  },
  'model-nothing-before': {
    'en-US': {
      status: 'nothing before',
      text: 'The model {model} has no earlier version to go back to.',
      action: 'Choose a version by name; percept models list shows them.',
    },
    ko: {
      status: '이전 버전 없음',
      text: '모델 {model}에는 되돌아갈 이전 버전이 없습니다.',
      action: '버전을 직접 고르세요. percept models list로 볼 수 있습니다.',
    },
  },
  'model-place-refused': {
    'en-US': {
      status: 'cannot write',
      text: 'The folder of models {place} cannot be used: {detail}.',
      action: 'Correct its permissions or free space, or choose another folder.',
    },
    ko: {
      status: '쓸 수 없음',
      text: '모델 폴더 {place}을(를) 사용할 수 없습니다: {detail}.',
      action: '권한을 고치거나 공간을 확보하거나 다른 폴더를 고르세요.',
    },
  },
  'model-download-failed': {
    'en-US': {
      status: 'download failed',
      text: 'The model {model} could not be downloaded from {url}: {detail}.',
      action: 'Check the network and run the command again, or copy the file here and use percept models add.',
    },
    ko: {
      status: '내려받기 실패',
      text: '모델 {model}을(를) {url}에서 내려받지 못했습니다: {detail}.',
      action: '네트워크를 확인하고 다시 실행하거나, 파일을 복사한 뒤 percept models add를 사용하세요.',
    },
  },
  'model-download-cut': {
    'en-US': {
      status: 'download cut off',
      text: 'The download of the model {model} was cut off after {got} of {whole} bytes: {detail}.',
      action: 'Run the command again; it goes on from there.',
    },
    ko: {
      status: '내려받기 중단',
      text: '모델 {model} 내려받기가 {whole}바이트 중 {got}바이트에서 끊겼습니다: {detail}.',
      action: '다시 실행하면 끊긴 곳부터 이어집니다.',
    },
  },
  'model-download-other': {
    'en-US': {
      status: 'other file',
      text: 'What came from {url} is not the model {model}: its sha256 begins with {found}, not {expected}. It was thrown away.',
      action: 'Do not use it. The address may have changed hands; see whether a newer Percept names another.',
    },
    ko: {
      status: '다른 파일',
      text: '{url}에서 받은 파일은 모델 {model}이(가) 아닙니다. sha256이 {expected}이(가) 아니라 {found}(으)로 시작해 버렸습니다.',
      action: '사용하지 마세요. 주소의 주인이 바뀌었을 수 있으니 새 Percept에 다른 주소가 있는지 확인하세요.',
    },
  },
});

/** Enough of a checksum for a person to compare. */
export function headOf(sha256: string): string {
  return sha256.slice(0, 12);
}
