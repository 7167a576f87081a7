import { defineErrors } from '../../kit/index.js';

export const channelError = defineErrors({
  'notify-unreachable': {
    'en-US': {
      status: 'not reachable',
      text: '{channel} cannot be reached: {problem}.',
      action: 'It is tried again; check the address and the line.',
    },
    ko: {
      status: '연결할 수 없음',
      text: '{channel}에 연결할 수 없습니다: {problem}.',
      action: '다시 시도합니다. 주소와 회선을 확인하세요.',
    },
  },
  'notify-no-answer': {
    'en-US': {
      status: 'no answer',
      text: '{channel} did not answer: {problem}. The notice may have arrived.',
      action: 'It is sent once more at most, and marked.',
    },
    ko: {
      status: '응답 없음',
      text: '{channel}이(가) 응답하지 않았습니다: {problem}. 통지가 도착했을 수 있습니다.',
      action: '최대 한 번만 표시와 함께 다시 보냅니다.',
    },
  },
  'notify-busy': {
    'en-US': {
      status: 'provider is busy',
      text: '{channel} answered {status}: {problem}.',
      action: 'It is tried again later.',
    },
    ko: {
      status: '제공자가 바쁨',
      text: '{channel}의 응답 {status}: {problem}.',
      action: '나중에 다시 시도합니다.',
    },
  },
  'notify-refused': {
    'en-US': {
      status: 'refused',
      text: '{channel} answered {status}: {problem}.',
      action: 'It is not tried again there; correct the settings of the channel.',
    },
    ko: {
      status: '거절됨',
      text: '{channel}의 응답 {status}: {problem}.',
      action: '이 채널로는 다시 시도하지 않습니다. 채널 설정을 고치세요.',
    },
  },
  'notify-password': {
    'en-US': {
      status: 'wrong password',
      text: '{channel} does not accept the user name, password or token: {problem}.',
      action: 'Correct them in the channel and deploy.',
    },
    ko: {
      status: '잘못된 비밀번호',
      text: '{channel}이(가) 사용자 이름, 비밀번호 또는 토큰을 받아들이지 않습니다: {problem}.',
      action: '채널에서 고친 뒤 배포하세요.',
    },
  },
  'notify-recipient': {
    'en-US': {
      status: 'unknown recipient',
      text: '{channel} does not know the recipient {to}: {problem}.',
      action: 'Correct the address in the channel and deploy.',
    },
    ko: {
      status: '알 수 없는 수신자',
      text: '{channel}에서 수신자 {to}을(를) 알 수 없습니다: {problem}.',
      action: '채널에서 주소를 고친 뒤 배포하세요.',
    },
  },
  'notify-missed': {
    'en-US': {
      status: 'did not arrive',
      text: '{channel} took a notice that did not arrive: {problem}.',
      action: 'The next channel gets it, where there is one; check the number if this happens again.',
    },
    ko: {
      status: '닿지 않음',
      text: '{channel}이(가) 받은 통지가 도착하지 않았습니다: {problem}.',
      action: '다음 채널이 있으면 그리로 보냅니다. 다시 일어나면 번호를 확인하세요.',
    },
  },
  'notify-no-address': {
    'en-US': {
      status: 'no address',
      text: '{channel} has no address for "{to}".',
      action: 'Add the person to the channel, or an address for everybody.',
    },
    ko: {
      status: '주소 없음',
      text: '{channel}에 "{to}"의 주소가 없습니다.',
      action: '채널에 그 사람을 추가하거나 모두를 위한 주소를 넣으세요.',
    },
  },
  'notify-setting': {
    'en-US': {
      status: 'check the settings',
      text: '{channel} lacks the setting "{setting}".',
      action: 'Open the channel in the editor, fill it in and deploy.',
    },
    ko: {
      status: '설정을 확인하세요',
      text: '{channel}에 설정 "{setting}"이(가) 없습니다.',
      action: '편집기에서 채널을 열어 입력한 뒤 배포하세요.',
    },
  },
  'notify-encryption': {
    'en-US': {
      status: 'not encrypted',
      text: '{channel} offers no encryption that can be trusted: {problem}.',
      action: 'Nothing is sent in the open. Turn on TLS at the server, or give its authority by a TLS setting.',
    },
    ko: {
      status: '암호화되지 않음',
      text: '{channel}에 믿을 수 있는 암호화가 없습니다: {problem}.',
      action: '암호화 없이는 보내지 않습니다. 서버에서 TLS를 켜거나 TLS 설정에 인증 기관을 넣으세요.',
    },
  },
  'notify-emergency': {
    'en-US': {
      status: 'emergency number',
      text: '{channel} is to reach {to}, which is an emergency number.',
      action: 'Such a number is only ever dialled by a person. Give the number of somebody who decides that.',
    },
    ko: {
      status: '긴급 전화번호',
      text: '{channel}의 대상 {to}은(는) 긴급 전화번호입니다.',
      action: '긴급 번호는 사람만 겁니다. 그것을 결정할 사람의 번호를 넣으세요.',
    },
  },
  'notify-part': {
    'en-US': {
      status: 'part missing',
      text: 'The package {part} is not installed, which {channel} needs.',
      action: 'Install it beside Percept: npm install {part}.',
    },
    ko: {
      status: '패키지 없음',
      text: '{channel}에 필요한 패키지 {part}이(가) 설치되어 있지 않습니다.',
      action: 'Percept와 함께 설치하세요: npm install {part}.',
    },
  },
});
