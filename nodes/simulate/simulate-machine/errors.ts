import { defineErrors } from '../../kit/index.js';

export const simulateError = defineErrors({
  'simulate-quantity': {
    'en-US': {
      status: 'no such quantity',
      text: 'A {kind} has no "{quantity}".',
      action: 'It has {known}; choose among them.',
    },
    ko: {
      status: '없는 항목',
      text: '{kind}에는 "{quantity}" 항목이 없습니다.',
      action: '{known} 중에서 고르세요.',
    },
  },
  'simulate-topic': {
    'en-US': {
      status: 'check the topic',
      text: 'The topic "{topic}" does not fit: {problem}.',
      action: 'Write it like plant/{example}.',
    },
    ko: {
      status: '토픽을 확인하세요',
      text: '토픽 "{topic}"이(가) 맞지 않습니다: {problem}.',
      action: 'plant/{example}처럼 쓰세요.',
    },
  },
  'simulate-fault': {
    'en-US': {
      status: 'no such fault',
      text: 'A {kind} knows no fault "{fault}".',
      action: 'Send one of {known}, or none to mend everything.',
    },
    ko: {
      status: '없는 고장',
      text: '{kind}에는 "{fault}" 고장이 없습니다.',
      action: '{known} 중 하나를 보내세요. 모두 고치려면 none을 보내세요.',
    },
  },
  'simulate-speed': {
    'en-US': {
      status: 'speed out of range',
      text: 'This {kind} cannot turn at {speed} rpm.',
      action: 'Send a speed from 0 to {most}, or null to give it back to the machine.',
    },
    ko: {
      status: '회전수 범위 밖',
      text: '이 {kind}은(는) {speed} rpm으로 돌 수 없습니다.',
      action: '0에서 {most} 사이의 값을 보내세요. null을 보내면 기계가 스스로 정합니다.',
    },
  },
  'simulate-command': {
    'en-US': {
      status: 'bad message',
      text: 'msg.payload holds nothing that this node does.',
      action: 'Send fault, severity, clear, load, speed or run; the help of the node shows how.',
    },
    ko: {
      status: '잘못된 메시지',
      text: 'msg.payload에 이 노드가 처리할 내용이 없습니다.',
      action: 'fault, severity, clear, load, speed, run 중 하나를 보내세요. 방법은 노드 도움말에 있습니다.',
    },
  },
  'simulate-memory': {
    'en-US': {
      status: 'memory lost',
      text: 'The file {path}, which keeps the faults over a restart, cannot be used ({detail}).',
      action: 'The machine goes on without it; check that the user directory can be written, or remove the file.',
    },
    ko: {
      status: '기억 없음',
      text: '재시작 후에도 고장을 유지하는 파일 {path}을(를) 쓸 수 없습니다({detail}).',
      action: '기계는 계속 동작합니다. 사용자 디렉터리에 쓸 수 있는지 확인하거나 파일을 지우세요.',
    },
  },
});
