import { defineErrors } from '../../kit/index.js';

export const pushError = defineErrors({
  'push-keys': {
    'en-US': {
      status: 'check the push key',
      text: 'The key for pushes cannot be had from {where}: {problem}.',
      action: 'Put it right, or remove it: then a new one is made, and each device turns notifications on once more.',
    },
    ko: {
      status: '푸시 키를 확인하세요',
      text: '{where}에서 푸시 키를 얻을 수 없습니다: {problem}.',
      action: '바로잡거나 지우세요. 지우면 새 키가 만들어지고 기기마다 알림을 다시 켜야 합니다.',
    },
  },
  'push-nobody': {
    'en-US': {
      status: 'no device',
      text: '{channel} has no device of "{to}", and no page of theirs is open.',
      action: 'Open /percept/phone on the phone, sign in, and turn on notifications.',
    },
    ko: {
      status: '기기 없음',
      text: '{channel}에 "{to}"의 기기가 없고 열린 페이지도 없습니다.',
      action: '휴대폰에서 /percept/phone을 열어 로그인하고 알림을 켜세요.',
    },
  },
  'push-no-device': {
    'en-US': {
      status: 'no device',
      text: '{channel} knows no device yet, and nobody has the page open.',
      action: 'Open /percept/phone on a phone, sign in, and turn on notifications.',
    },
    ko: {
      status: '기기 없음',
      text: '{channel}에 등록된 기기가 없고 열린 페이지도 없습니다.',
      action: '휴대폰에서 /percept/phone을 열어 로그인하고 알림을 켜세요.',
    },
  },
  'push-gone': {
    'en-US': {
      status: 'device is gone',
      text: '{channel}: the devices of "{to}" no longer want notifications, and were removed.',
      action: 'Open /percept/phone there and turn on notifications again.',
    },
    ko: {
      status: '기기가 없어짐',
      text: '{channel}: "{to}"의 기기가 더 이상 알림을 받지 않아 삭제했습니다.',
      action: '그 기기에서 /percept/phone을 열어 알림을 다시 켜세요.',
    },
  },
  'push-other-key': {
    'en-US': {
      status: 'other push key',
      text: '{channel}: the devices of "{to}" were registered with another key than the one used here.',
      action: 'Give all processes the same PERCEPT_VAPID_PRIVATE_KEY, or open /percept/phone on each device once.',
    },
    ko: {
      status: '다른 푸시 키',
      text: '{channel}: "{to}"의 기기는 여기서 쓰는 것과 다른 키로 등록되었습니다.',
      action: '모든 프로세스에 같은 PERCEPT_VAPID_PRIVATE_KEY를 주거나 기기마다 /percept/phone을 한 번 여세요.',
    },
  },
  'push-not-accepted': {
    'en-US': {
      status: 'key not accepted',
      text: '{channel}: the push service does not accept our signature: {problem}.',
      action: 'Check the clock of this machine, and give a contact address that exists.',
    },
    ko: {
      status: '키가 거절됨',
      text: '{channel}: 푸시 서비스가 서명을 받아들이지 않습니다: {problem}.',
      action: '이 기기의 시계를 확인하고 실제로 있는 연락처 주소를 넣으세요.',
    },
  },
  'push-service': {
    'en-US': {
      status: 'unknown push service',
      text: 'The push service {service} is not one of the known ones.',
      action: 'If it is yours, put its address into the push channel.',
    },
    ko: {
      status: '모르는 푸시 서비스',
      text: '{service}은(는) 알려진 푸시 서비스가 아닙니다.',
      action: '직접 운영하는 것이라면 푸시 채널에 주소를 넣으세요.',
    },
  },
});
