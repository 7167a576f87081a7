import { defineErrors } from '../../kit/index.js';

export const outlierError = defineErrors({
  'outlier-state-newer': {
    'en-US': {
      status: 'state too new',
      text: 'What was learnt was saved by a newer version (format {version}; this one reads up to {known}).',
      action: 'Update Percept, or forget what was learnt and let it warm up again.',
    },
    ko: {
      status: '상태가 더 새 버전',
      text: '학습한 내용이 더 새로운 버전에서 저장되었습니다(형식 {version}, 이 버전은 {known}까지 읽습니다).',
      action: 'Percept를 업데이트하거나, 학습한 내용을 지우고 다시 학습하게 하세요.',
    },
  },
  'outlier-state-broken': {
    'en-US': {
      status: 'state unreadable',
      text: 'What was learnt cannot be read: it is {bytes} bytes long instead of {expected}, or damaged.',
      action: 'Forget it and let the detector warm up again.',
    },
    ko: {
      status: '상태를 읽을 수 없음',
      text: '학습한 내용을 읽을 수 없습니다. 길이가 {expected}바이트가 아니라 {bytes}바이트이거나 손상되었습니다.',
      action: '학습한 내용을 지우고 다시 학습하게 하세요.',
    },
  },
  'outlier-state-other': {
    'en-US': {
      status: 'other channels',
      text: 'What was learnt belongs to other channels than {channels}.',
      action: 'Use the same channels in the same order, or forget what was learnt.',
    },
    ko: {
      status: '채널이 다름',
      text: '학습한 내용이 {channels}이(가) 아닌 다른 채널의 것입니다.',
      action: '같은 채널을 같은 순서로 쓰거나, 학습한 내용을 지우세요.',
    },
  },
  'outlier-bad-setting': {
    'en-US': {
      status: 'bad setting',
      text: '{setting} is {value}.',
      action: 'Give {expected}.',
    },
    ko: {
      status: '잘못된 설정',
      text: '{setting} 값이 {value}입니다.',
      action: '{expected}을(를) 입력하세요.',
    },
  },
  'outlier-unknown-source': {
    'en-US': {
      status: 'unknown source',
      text: 'Nothing is known of {source} {quantity} here, so feedback changes nothing.',
      action: 'Send feedback with the msg.finding that this node sent, while the source is still watched.',
    },
    ko: {
      status: '알 수 없는 소스',
      text: '이 노드는 {source} {quantity}을(를) 알지 못하므로 피드백이 반영되지 않습니다.',
      action: '소스가 감시되는 동안 이 노드가 보낸 msg.finding과 함께 피드백을 보내십시오.',
    },
  },
  'outlier-no-finding': {
    'en-US': {
      status: 'no finding',
      text: 'msg.feedback came without the msg.finding that it is about.',
      action: 'Send the finding along, as this node or the store gave it.',
    },
    ko: {
      status: '발견 항목 없음',
      text: 'msg.feedback에 대상이 되는 msg.finding이 없습니다.',
      action: '이 노드나 저장소가 준 발견 항목을 함께 보내십시오.',
    },
  },
  'outlier-save': {
    'en-US': {
      status: 'state not saved',
      text: 'What was learnt could not be saved: {detail}.',
      action: 'Make room on the disk, or make the folder writable; watching goes on, and saving is tried again.',
    },
    ko: {
      status: '상태를 저장하지 못함',
      text: '학습한 내용을 저장하지 못했습니다: {detail}.',
      action: '디스크 공간을 확보하거나 폴더에 쓰기 권한을 주십시오. 감시는 계속되며 저장을 다시 시도합니다.',
    },
  },
});
