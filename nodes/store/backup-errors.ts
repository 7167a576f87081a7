import { defineErrors } from '../kit/index.js';

export const backupError = defineErrors({
  'backup-not-found': {
    'en-US': {
      status: 'no backup',
      text: 'The bucket {bucket} has no backup of "{name}" from {at} or before.',
      action: 'percept restore --list shows what is there; --name chooses among several stores.',
    },
    ko: {
      status: '백업 없음',
      text: '버킷 {bucket}에 "{name}"의 {at} 이전 백업이 없습니다.',
      action: 'percept restore --list로 목록을 보고, 저장소가 여럿이면 --name으로 고르세요.',
    },
  },
  'backup-damaged': {
    'en-US': {
      status: 'backup damaged',
      text: 'The backup {key} cannot be used: {detail}. Nothing was changed.',
      action: 'Restore an older one with --at; percept restore --list shows them.',
    },
    ko: {
      status: '백업 손상',
      text: '백업 {key}을(를) 사용할 수 없습니다: {detail}. 아무것도 바꾸지 않았습니다.',
      action: '--at으로 더 오래된 백업을 복원하세요. percept restore --list가 목록을 보여 줍니다.',
    },
  },
  'backup-newer': {
    'en-US': {
      status: 'other version',
      text: 'The backup {key} has the tables "{version}", this Percept has "{here}". Nothing was changed.',
      action: 'Restore it with the Percept that made it, then update.',
    },
    ko: {
      status: '버전이 다름',
      text: '백업 {key}의 테이블은 "{version}"이고 이 Percept는 "{here}"입니다. 아무것도 바꾸지 않았습니다.',
      action: '백업을 만든 버전의 Percept로 복원한 뒤 업데이트하세요.',
    },
  },
  'backup-needs-zstd': {
    'en-US': {
      status: 'newer Node needed',
      text: 'The backup {key} is packed with zstd, which Node.js {node} cannot read.',
      action: 'Use Node.js 22.15 or newer.',
    },
    ko: {
      status: 'Node 버전 낮음',
      text: '백업 {key}은(는) zstd로 압축되어 Node.js {node}에서 읽을 수 없습니다.',
      action: 'Node.js 22.15 이상을 사용하세요.',
    },
  },
  'restore-not-empty': {
    'en-US': {
      status: 'store not empty',
      text: 'The store {store} has rows already; it was left as it is.',
      action: 'Choose another, or say --force to replace what it holds.',
    },
    ko: {
      status: '비어 있지 않음',
      text: '저장소 {store}에 이미 데이터가 있어 그대로 두었습니다.',
      action: '다른 저장소를 고르거나 --force로 바꿔 쓰세요.',
    },
  },
  'restore-in-use': {
    'en-US': {
      status: 'store in use',
      text: 'The store {store} is in use by another program; it was left as it is.',
      action: 'Stop Node-RED first, then restore.',
    },
    ko: {
      status: '사용 중',
      text: '다른 프로그램이 저장소 {store}을(를) 사용 중이어서 그대로 두었습니다.',
      action: '먼저 Node-RED를 멈춘 뒤 복원하세요.',
    },
  },
});
