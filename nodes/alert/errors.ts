import { defineErrors } from '../kit/index.js';

export const alertError = defineErrors({
  'alert-hours': {
    'en-US': {
      status: 'check the hours',
      text: '"{part}" in "{text}" is no stretch of time.',
      action: 'Write days and times as in "mon-fri 22:00-07:00, sat-sun 23:00-09:00", or times alone for every day.',
    },
    ko: {
      status: '시간대를 확인하세요',
      text: '"{text}"의 "{part}"은(는) 시간대가 아닙니다.',
      action: '"mon-fri 22:00-07:00, sat-sun 23:00-09:00"처럼 요일과 시각을 쓰거나, 매일이면 시각만 쓰세요.',
    },
  },
  'alert-time-zone': {
    'en-US': {
      status: 'unknown time zone',
      text: 'The time zone "{zone}" is not known here.',
      action: 'Write it as in "Asia/Seoul" or "Europe/Berlin", or leave it empty for that of this machine.',
    },
    ko: {
      status: '알 수 없는 시간대',
      text: '시간대 "{zone}"을(를) 알 수 없습니다.',
      action: '"Asia/Seoul"이나 "Europe/Berlin"처럼 쓰거나, 이 기기의 시간대를 쓰려면 비워 두세요.',
    },
  },
  'alert-template': {
    'en-US': {
      status: 'check the template',
      text: 'The {field} "{template}" cannot be used: {problem}. The usual one is used instead.',
      action: 'Correct it in the alert node and deploy; its help lists what braces may hold.',
    },
    ko: {
      status: '템플릿을 확인하세요',
      text: '{field} "{template}"을(를) 쓸 수 없습니다: {problem}. 대신 기본값을 씁니다.',
      action: 'alert 노드에서 고친 뒤 배포하세요. 중괄호 안에 쓸 수 있는 것은 도움말에 있습니다.',
    },
  },
  'alert-chain': {
    'en-US': {
      status: 'check the routes',
      text: 'A route names the chain "{chain}", which has no step.',
      action: 'Add a step to that chain, or choose one of: {known}.',
    },
    ko: {
      status: '경로를 확인하세요',
      text: '경로가 단계가 없는 체인 "{chain}"을(를) 가리킵니다.',
      action: '그 체인에 단계를 추가하거나 다음 중에서 고르세요: {known}.',
    },
  },
  'alert-duty': {
    'en-US': {
      status: 'check on-call',
      text: 'The on-call schedule "{name}" cannot be used: {problem}.',
      action: 'Give at least one person, a handover as in "08:00" and a first day as in "2026-01-05".',
    },
    ko: {
      status: '당번을 확인하세요',
      text: '당번표 "{name}"을(를) 쓸 수 없습니다: {problem}.',
      action: '사람을 한 명 이상 넣고, 교대 시각은 "08:00", 첫날은 "2026-01-05"처럼 쓰세요.',
    },
  },
  'alert-no-key': {
    'en-US': {
      status: 'finding has no key',
      text: 'The finding gives no key: {problem}.',
      action: 'A finding needs kind and source, and whatever else the key template of this node asks for.',
    },
    ko: {
      status: '키 없는 감지 결과',
      text: '감지 결과로 키를 만들 수 없습니다: {problem}.',
      action: '감지 결과에는 kind와 source, 그리고 이 노드의 키 템플릿이 요구하는 값이 있어야 합니다.',
    },
  },
  'alert-unknown': {
    'en-US': {
      status: 'no such alert',
      text: 'There is no open alert {which} for {what}.',
      action: 'It may be over already; look at the alerts page.',
    },
    ko: {
      status: '알림 없음',
      text: '{what} 대상인 열린 알림 {which}이(가) 없습니다.',
      action: '이미 끝났을 수 있습니다. 알림 페이지를 확인하세요.',
    },
  },
  'alert-unknown-notice': {
    'en-US': {
      status: 'unknown notice',
      text: 'msg.delivery is about the notice "{notice}", which this node has not sent.',
      action: 'Send receipts to the alert node that the notice came from, with msg.alert.notice as it was.',
    },
    ko: {
      status: '알 수 없는 통지',
      text: 'msg.delivery의 통지 "{notice}"은(는) 이 노드가 보낸 것이 아닙니다.',
      action: '통지를 보낸 alert 노드로, msg.alert.notice를 그대로 담아 결과를 보내세요.',
    },
  },
  'alert-which': {
    'en-US': {
      status: 'which alert?',
      text: 'msg.{what} does not say which alert it is about.',
      action: 'Give its id or key, or send it with the msg.alert that it is about.',
    },
    ko: {
      status: '어느 알림인가요?',
      text: 'msg.{what}에 대상 알림이 없습니다.',
      action: 'id나 key를 넣거나, 대상 msg.alert와 함께 보내세요.',
    },
  },
  'alert-how-long': {
    'en-US': {
      status: 'until when?',
      text: 'msg.{what} does not say for how long, or its end has passed.',
      action: 'Give minutes, or until in ms UTC.',
    },
    ko: {
      status: '언제까지인가요?',
      text: 'msg.{what}에 기간이 없거나 끝나는 시각이 지났습니다.',
      action: 'minutes 또는 until(ms UTC)을 넣으세요.',
    },
  },
  'alert-nothing': {
    'en-US': {
      status: 'nothing to do',
      text: 'The message has nothing for an alert.',
      action: 'It needs msg.finding, or one of delivery, acknowledge, snooze, silence, resolve, presence, test.',
    },
    ko: {
      status: '할 일 없음',
      text: '메시지에 알림에 필요한 것이 없습니다.',
      action: 'msg.finding 또는 delivery, acknowledge, snooze, silence, resolve, presence, test 중 하나가 필요합니다.',
    },
  },
  'alert-journal': {
    'en-US': {
      status: 'not on the disk',
      text: '{count} findings wait for the store and are in memory alone, since {path} does not take them: {detail}.',
      action: 'Make room, or let Node-RED write there, and look why the store does not answer; a crash now loses them.',
    },
    ko: {
      status: '디스크에 없음',
      text: '감지 결과 {count}건이 저장소를 기다리고 있지만 {path}에 쓸 수 없어 메모리에만 있습니다: {detail}.',
      action:
        '디스크 공간이나 쓰기 권한을 확보하고 저장소가 응답하지 않는 이유를 확인하세요. 지금 중단되면 잃게 됩니다.',
    },
  },
  'alert-journal-damaged': {
    'en-US': {
      status: 'damaged file',
      text: '{count} findings that waited on the disk for the store cannot be read any more.',
      action: 'What there was lies in {path}; look there which alerts are missing.',
    },
    ko: {
      status: '손상된 파일',
      text: '디스크에서 저장소를 기다리던 감지 결과 {count}건을 읽을 수 없습니다.',
      action: '원본은 {path}에 있습니다. 어떤 알림이 빠졌는지 확인하세요.',
    },
  },
  'alert-too-many': {
    'en-US': {
      status: 'too many waiting',
      text: '{count} messages wait for the store; this one was not taken.',
      action: 'Look why the store does not answer; a Catch node gets what was not taken.',
    },
    ko: {
      status: '대기가 너무 많음',
      text: '메시지 {count}개가 저장소를 기다리고 있어 이 메시지는 받지 못했습니다.',
      action: '저장소가 응답하지 않는 이유를 확인하세요. 받지 못한 메시지는 Catch 노드로 갑니다.',
    },
  },
});
