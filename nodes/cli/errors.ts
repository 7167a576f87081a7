import { defineErrors } from '../kit/index.js';

export const error = defineErrors({
  'broker-missing': {
    'en-US': {
      status: 'no broker',
      text: 'The embedded broker is not installed.',
      action: 'Run: npm install aedes aedes-persistence-level classic-level',
    },
    ko: {
      status: '브로커 없음',
      text: '내장 브로커가 설치되어 있지 않습니다.',
      action: '다음을 실행하세요: npm install aedes aedes-persistence-level classic-level',
    },
  },
  'node-red-missing': {
    'en-US': {
      status: 'no Node-RED',
      text: 'The demo needs {name}, which is not installed here.',
      action: 'Run: npm install node-red@5 @flowfuse/node-red-dashboard @percept/node-red-dashboard-2-percept',
    },
    ko: {
      status: 'Node-RED 없음',
      text: '데모에 필요한 {name}이(가) 설치되어 있지 않습니다.',
      action:
        '다음을 실행하세요: npm install node-red@5 @flowfuse/node-red-dashboard @percept/node-red-dashboard-2-percept',
    },
  },
  'bad-host': {
    'en-US': {
      status: 'bad address',
      text: 'This machine has no address {host} to listen on.',
      action: 'Use one of its own, or 0.0.0.0 for all of them: --host ADDRESS',
    },
    ko: {
      status: '주소 오류',
      text: '이 컴퓨터에는 {host} 주소가 없습니다.',
      action: '이 컴퓨터의 주소나 0.0.0.0(모든 주소)을 쓰세요: --host ADDRESS',
    },
  },
  'port-taken': {
    'en-US': {
      status: 'port taken',
      text: 'Port {port} is already in use on this machine.',
      action: 'Stop what uses it, or choose another: --port {other}',
    },
    ko: {
      status: '포트 사용 중',
      text: '포트 {port}이(가) 이미 사용 중입니다.',
      action: '사용 중인 프로그램을 끝내거나 다른 포트를 고르세요: --port {other}',
    },
  },
  'port-forbidden': {
    'en-US': {
      status: 'port forbidden',
      text: 'This user may not open port {port}.',
      action: 'Choose one above 1023: --port 1880',
    },
    ko: {
      status: '포트 권한 없음',
      text: '현재 사용자는 포트 {port}을(를) 열 수 없습니다.',
      action: '1023보다 큰 포트를 고르세요: --port 1880',
    },
  },
  'user-dir-unwritable': {
    'en-US': {
      status: 'cannot write',
      text: 'The user directory {path} cannot be written: {detail}.',
      action: 'Correct its permissions, or choose another: --user-dir DIR',
    },
    ko: {
      status: '쓸 수 없음',
      text: '사용자 디렉터리 {path}에 쓸 수 없습니다: {detail}.',
      action: '권한을 고치거나 다른 디렉터리를 고르세요: --user-dir DIR',
    },
  },
  'user-dir-foreign': {
    'en-US': {
      status: 'not ours',
      text: '{path} holds files, but was not made by percept demo; --fresh would delete them.',
      action: 'Choose an empty directory, or delete it yourself.',
    },
    ko: {
      status: '다른 디렉터리',
      text: '{path}에 파일이 있지만 percept demo가 만든 것이 아닙니다. --fresh는 이 파일들을 지웁니다.',
      action: '빈 디렉터리를 고르거나 직접 지우세요.',
    },
  },
  'user-dir-busy': {
    'en-US': {
      status: 'already running',
      text: 'Another percept demo (process {pid}) uses {path}.',
      action: 'Stop it, or choose another directory: --user-dir DIR --port PORT',
    },
    ko: {
      status: '이미 실행 중',
      text: '다른 percept demo(프로세스 {pid})가 {path}을(를) 사용하고 있습니다.',
      action: '먼저 끝내거나 다른 디렉터리를 고르세요: --user-dir DIR --port PORT',
    },
  },
  'bad-option': {
    'en-US': { status: 'bad option', text: '{detail}.', action: 'Run percept demo --help to see the options.' },
    ko: { status: '잘못된 옵션', text: '{detail}.', action: 'percept demo --help로 옵션을 확인하세요.' },
  },
});
