import { defineErrors } from '../../kit/index.js';

export const ingestError = defineErrors({
  'ingest-payload': {
    'en-US': {
      status: 'bad message',
      text: 'msg.payload is {found}, which cannot be taken in.',
      action: 'Send a text, a Buffer, a number or an object that JSON can hold.',
    },
    ko: {
      status: '잘못된 메시지',
      text: 'msg.payload가 {found}이어서 받을 수 없습니다.',
      action: '문자열, Buffer, 숫자 또는 JSON으로 표현할 수 있는 객체를 보내세요.',
    },
  },
  'ingest-busy': {
    'en-US': {
      status: 'queue full',
      text: '{waiting} messages of the input wire wait for the store already; this one was not taken in.',
      action: 'Send it again later (a Catch node gets it), or see why the store is slow or away.',
    },
    ko: {
      status: '대기열 가득 참',
      text: '입력 메시지 {waiting}개가 이미 저장을 기다리고 있어 이 메시지는 받지 못했습니다.',
      action: '나중에 다시 보내거나(Catch 노드로 전달됨) 저장소가 느리거나 끊긴 이유를 확인하세요.',
    },
  },
  'ingest-no-bucket': {
    'en-US': {
      status: 'no bucket',
      text: 'The message on "{topic}" is a recording, and the node has no bucket to put it into.',
      action: 'Choose a bucket in the node, deploy, and drive the dead letters through again.',
    },
    ko: {
      status: '버킷 없음',
      text: '"{topic}" 메시지는 녹음 또는 사진인데 노드에 저장할 버킷이 없습니다.',
      action: '노드에서 버킷을 선택해 배포한 뒤 보류된 메시지를 다시 처리하세요.',
    },
  },
  'ingest-closing': {
    'en-US': {
      status: 'closing',
      text: 'The node was closed before the message was stored.',
      action: 'Send it again.',
    },
    ko: {
      status: '닫는 중',
      text: '메시지가 저장되기 전에 노드가 닫혔습니다.',
      action: '다시 보내세요.',
    },
  },
  'ingest-slow': {
    'en-US': {
      status: 'waiting for store',
      text: 'The store {store} has not answered for {seconds} s; messages wait at the broker.',
      action: 'Look whether the database is up and, with a synchronous standby, whether the standby is.',
    },
    ko: {
      status: '저장소 대기 중',
      text: '저장소 {store}이(가) {seconds}초 동안 응답하지 않아 메시지가 브로커에서 기다립니다.',
      action: '데이터베이스와 (동기 복제를 쓴다면) 대기 서버가 켜져 있는지 확인하세요.',
    },
  },
});
