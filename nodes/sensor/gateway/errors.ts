import { defineErrors, type PerceptError, toPerceptError } from '../../kit/index.js';

export const gatewayError = defineErrors({
  'gateway-busy': {
    'en-US': {
      status: 'too fast',
      text: '{waiting} readings wait for the disk already; this message was not taken in.',
      action: 'Send it again later (a Catch node gets it), or see why the disk is slow.',
    },
    ko: {
      status: '너무 빠름',
      text: '측정값 {waiting}개가 이미 디스크를 기다리고 있어 이 메시지는 받지 않았습니다.',
      action: '나중에 다시 보내거나(Catch 노드로 전달됨) 디스크가 느린 이유를 확인하세요.',
    },
  },
  'gateway-full': {
    'en-US': {
      status: 'outbox full',
      text: 'The outbox {outbox} holds {waiting} readings, which is all it may; this message was refused.',
      action: 'Bring the link back, raise the limit, or choose that the oldest or the newest goes.',
    },
    ko: {
      status: '보관함 가득 참',
      text: '보관함 {outbox}에 측정값 {waiting}개가 차서 이 메시지를 거부했습니다.',
      action: '연결을 복구하거나 한도를 늘리거나, 오래된 것 또는 새것을 버리도록 설정하세요.',
    },
  },
  'gateway-disk-full': {
    'en-US': {
      status: 'disk full',
      text: 'The disk of the outbox {outbox} is full ({detail}); this message was not taken in, what was taken in before is safe.',
      action: 'Free disk space and send it again (a Catch node gets it); forwarding goes on meanwhile.',
    },
    ko: {
      status: '디스크 가득 참',
      text: '보관함 {outbox}의 디스크가 가득 차서({detail}) 이 메시지를 받지 못했습니다. 앞서 받은 것은 안전합니다.',
      action: '디스크 공간을 확보한 뒤 다시 보내세요(Catch 노드로 전달됨). 전송은 그동안에도 계속됩니다.',
    },
  },
  'gateway-closing': {
    'en-US': {
      status: 'closing',
      text: 'The node was closed before the message was safe.',
      action: 'Send it again.',
    },
    ko: {
      status: '닫는 중',
      text: '메시지가 안전하게 기록되기 전에 노드가 닫혔습니다.',
      action: '다시 보내세요.',
    },
  },
  'gateway-in-use': {
    'en-US': {
      status: 'outbox in use',
      text: 'Another gateway or program has the outbox {outbox} open.',
      action: 'Give each gateway a file of its own, or end the other one.',
    },
    ko: {
      status: '보관함 사용 중',
      text: '다른 gateway나 프로그램이 보관함 {outbox}을(를) 열고 있습니다.',
      action: 'gateway마다 다른 파일을 쓰거나 다른 쪽을 종료하세요.',
    },
  },
  'gateway-newer': {
    'en-US': {
      status: 'outbox is newer',
      text: 'The outbox {outbox} was written by a newer Percept (version {version} of its tables). Nothing was changed.',
      action: 'Update Percept, or choose another file until what it holds has been forwarded.',
    },
    ko: {
      status: '더 새로운 보관함',
      text: '보관함 {outbox}은(는) 더 새로운 Percept가 기록했습니다(테이블 버전 {version}). 아무것도 바꾸지 않았습니다.',
      action: 'Percept를 업데이트하거나, 그 내용이 전송될 때까지 다른 파일을 지정하세요.',
    },
  },
  'gateway-not-outbox': {
    'en-US': {
      status: 'not an outbox',
      text: 'The file {outbox} is something else than an outbox. It was left as it is.',
      action: 'Choose another path in the node.',
    },
    ko: {
      status: '보관함 아님',
      text: '파일 {outbox}은(는) 보관함이 아닙니다. 그대로 두었습니다.',
      action: '노드에서 다른 경로를 지정하세요.',
    },
  },
  'gateway-damaged': {
    'en-US': {
      status: 'outbox was damaged',
      text: 'The outbox was damaged ({detail}) and has been set aside as {kept}; a new one was begun.',
      action: 'Check the disk. SQLite\'s ".recover" may save readings from the file; delete it when it is not needed.',
    },
    ko: {
      status: '보관함 손상됨',
      text: '보관함이 손상되어({detail}) {kept}(으)로 옮겨 두고 새로 시작했습니다.',
      action: '디스크를 점검하세요. SQLite의 ".recover"로 측정값을 살릴 수 있으며, 필요 없으면 그 파일을 삭제하세요.',
    },
  },
  'gateway-broken': {
    'en-US': {
      status: 'outbox damaged',
      text: 'The outbox {outbox} is damaged ({detail}).',
      action:
        'Check the disk and keep a copy of the file and of its "-wal": SQLite\'s ".recover" may save readings. The gateway sets it aside when it starts, and begins a new one.',
    },
    ko: {
      status: '보관함 손상',
      text: '보관함 {outbox}이(가) 손상되었습니다({detail}).',
      action:
        '디스크를 점검하고 파일과 "-wal" 파일의 사본을 남기세요. SQLite의 ".recover"로 측정값을 살릴 수 있습니다. gateway는 시작할 때 이 파일을 옮겨 두고 새로 시작합니다.',
    },
  },
  'gateway-copy-busy': {
    'en-US': {
      status: 'outbox is busy',
      text: 'The outbox {outbox} is written to so fast that no copy of one moment could be made.',
      action: 'Try again, or stop its gateway for as long as it takes.',
    },
    ko: {
      status: '보관함 사용 많음',
      text: '보관함 {outbox}에 쓰기가 너무 잦아 한 시점의 사본을 만들 수 없습니다.',
      action: '다시 시도하거나 잠시 gateway를 멈추세요.',
    },
  },
  'gateway-refused': {
    'en-US': {
      status: 'broker refuses',
      text: 'The broker {broker} refused what was published to {topic} ({reason}). It is kept and sent again.',
      action: 'Allow it in the access list or raise the quota of the broker; or correct the topic.',
    },
    ko: {
      status: '브로커가 거부함',
      text: '브로커 {broker}이(가) {topic}(으)로 보낸 것을 거부했습니다({reason}). 보관해 두고 다시 보냅니다.',
      action: '브로커의 접근 목록에서 허용하거나 할당량을 늘리거나 토픽을 고치세요.',
    },
  },
  'gateway-unheard': {
    'en-US': {
      status: 'nobody listens',
      text: 'Nobody subscribes to {topic} at the broker {broker}, which would throw the readings away. They are kept.',
      action:
        'Start the sensor in of the far side; if something without a subscription takes them, say so in the node.',
    },
    ko: {
      status: '구독자 없음',
      text: '브로커 {broker}에 {topic}을(를) 구독하는 곳이 없어 보내면 측정값이 버려지므로 보관합니다.',
      action: '받는 쪽 sensor in을 시작하세요. 구독 없이 받는 서비스라면 노드에서 그렇게 설정하세요.',
    },
  },
  'gateway-silent': {
    'en-US': {
      status: 'no answer',
      text: 'The broker {broker} has not acknowledged anything for {seconds} s; the link counts as broken.',
      action:
        'Percept connects again by itself and sends what was not acknowledged. If this repeats, allow more patience.',
    },
    ko: {
      status: '응답 없음',
      text: '브로커 {broker}이(가) {seconds}초 동안 확인 응답을 보내지 않아 연결이 끊긴 것으로 봅니다.',
      action: '자동으로 다시 연결해 확인되지 않은 것을 보냅니다. 반복되면 대기 시간을 늘리세요.',
    },
  },
});

/** What the thread of SQLite says, as it concerns an outbox. */
export function outboxError(thrown: unknown, outbox: string): PerceptError {
  const error = toPerceptError(thrown);
  const cause = { cause: thrown };
  const detail = String(error.params['detail'] ?? error.code);
  if (error.code === 'store-full') return gatewayError('gateway-disk-full', { outbox, detail }, cause);
  if (error.code === 'store-locked') return gatewayError('gateway-in-use', { outbox }, cause);
  return error;
}
