import { defineErrors } from '../kit/index.js';

/** Every way in which a store refuses. `store` is the label: path or URL without password. */
export const storeError = defineErrors({
  'store-read-only': {
    'en-US': {
      status: 'store read-only',
      text: 'The store {store} can be read but not written ({detail}).',
      action: 'Give the user that runs Node-RED write access to the file and its folder, or point to a primary server.',
    },
    ko: {
      status: '저장소 읽기 전용',
      text: '저장소 {store}은(는) 읽을 수만 있고 쓸 수 없습니다({detail}).',
      action: 'Node-RED를 실행하는 사용자에게 파일과 폴더의 쓰기 권한을 주거나, 주 서버를 지정하세요.',
    },
  },
  'store-full': {
    'en-US': {
      status: 'disk full',
      text: 'The store {store} has no room left ({detail}).',
      action: 'Free disk space or shorten the retention; nothing that was acknowledged is lost.',
    },
    ko: {
      status: '디스크 가득 참',
      text: '저장소 {store}에 남은 공간이 없습니다({detail}).',
      action: '디스크 공간을 확보하거나 보존 기간을 줄이세요. 이미 확인된 데이터는 사라지지 않습니다.',
    },
  },
  'store-unreachable': {
    'en-US': {
      status: 'store unreachable',
      text: 'The store {store} does not answer: {detail}.',
      action: 'Check that it runs and that the address is right; Percept goes on trying.',
    },
    ko: {
      status: '저장소 연결 안 됨',
      text: '저장소 {store}이(가) 응답하지 않습니다: {detail}.',
      action: '실행 중인지, 주소가 맞는지 확인하세요. Percept는 계속 다시 시도합니다.',
    },
  },
  'store-silent': {
    'en-US': {
      status: 'store hangs',
      text: 'The database {store} has not answered for {seconds} s, not even a new connection.',
      action:
        'Look at the load and the disk of its server, or restart it; nothing is lost, and Percept goes on trying.',
    },
    ko: {
      status: '저장소 응답 없음',
      text: '데이터베이스 {store}이(가) {seconds}초 동안 응답하지 않았고 새 연결도 받지 않습니다.',
      action:
        '서버의 부하와 디스크를 확인하거나 서버를 다시 시작하세요. 데이터는 사라지지 않으며 Percept는 계속 다시 시도합니다.',
    },
  },
  'store-wrong-password': {
    'en-US': {
      status: 'wrong password',
      text: 'The store {store} refuses the user name or the password.',
      action: 'Correct them in the percept-store node and deploy.',
    },
    ko: {
      status: '비밀번호 오류',
      text: '저장소 {store}이(가) 사용자 이름 또는 비밀번호를 거부했습니다.',
      action: 'percept-store 노드에서 고친 뒤 배포하세요.',
    },
  },
  'store-newer': {
    'en-US': {
      status: 'store is newer',
      text: 'The store {store} was written by Percept {version}, which is newer than this one. Nothing was changed.',
      action: 'Update Percept to at least that version, or restore an older backup.',
    },
    ko: {
      status: '더 새로운 저장소',
      text: '저장소 {store}은(는) 이보다 새로운 Percept {version}이(가) 기록했습니다. 아무것도 바꾸지 않았습니다.',
      action: 'Percept를 그 버전 이상으로 업데이트하거나 이전 백업을 복원하세요.',
    },
  },
  'store-locked': {
    'en-US': {
      status: 'store locked',
      text: 'Another program holds the store {store} locked ({detail}).',
      action: 'End what writes to it for long (a backup tool, a database browser); then it goes on by itself.',
    },
    ko: {
      status: '저장소 잠김',
      text: '다른 프로그램이 저장소 {store}을(를) 잠그고 있습니다({detail}).',
      action: '오래 쓰고 있는 프로그램(백업 도구, 데이터베이스 뷰어)을 끝내면 자동으로 계속됩니다.',
    },
  },
  'store-corrupt': {
    'en-US': {
      status: 'store damaged',
      text: 'The store {store} is damaged ({detail}).',
      action: 'Stop Node-RED, keep a copy of the file, run "percept doctor", then "percept restore" from a backup.',
    },
    ko: {
      status: '저장소 손상',
      text: '저장소 {store}이(가) 손상되었습니다({detail}).',
      action:
        'Node-RED를 멈추고 파일을 복사해 둔 뒤 "percept doctor"를 실행하고 "percept restore"로 백업에서 복원하세요.',
    },
  },
  'store-not-a-database': {
    'en-US': {
      status: 'not a database',
      text: 'The file {store} is no SQLite database. It was left as it is.',
      action: 'Choose another path in the percept-store node.',
    },
    ko: {
      status: '데이터베이스 아님',
      text: '파일 {store}은(는) SQLite 데이터베이스가 아닙니다. 그대로 두었습니다.',
      action: 'percept-store 노드에서 다른 경로를 지정하세요.',
    },
  },
  'store-no-permission': {
    'en-US': {
      status: 'no permission',
      text: 'The store {store} may not be opened or changed by this user ({detail}).',
      action: 'Check the owner of the file and its folder, or the rights of the database user.',
    },
    ko: {
      status: '권한 없음',
      text: '이 사용자는 저장소 {store}을(를) 열거나 바꿀 수 없습니다({detail}).',
      action: '파일과 폴더의 소유자 또는 데이터베이스 사용자의 권한을 확인하세요.',
    },
  },
  'store-missing': {
    'en-US': {
      status: 'store not found',
      text: 'The store {store} does not exist ({detail}).',
      action: 'Create the database on the server, or correct the address in the percept-store node.',
    },
    ko: {
      status: '저장소 없음',
      text: '저장소 {store}이(가) 없습니다({detail}).',
      action: '서버에 데이터베이스를 만들거나 percept-store 노드의 주소를 고치세요.',
    },
  },
  'store-driver-missing': {
    'en-US': {
      status: 'driver missing',
      text: 'PostgreSQL needs the package "pg", which is not installed.',
      action: 'Run "npm install pg" in the Node-RED user directory and restart, or use a SQLite file.',
    },
    ko: {
      status: '드라이버 없음',
      text: 'PostgreSQL에 필요한 "pg" 패키지가 설치되어 있지 않습니다.',
      action: 'Node-RED 사용자 폴더에서 "npm install pg"를 실행하고 다시 시작하거나 SQLite 파일을 사용하세요.',
    },
  },
  'store-row-invalid': {
    'en-US': {
      status: 'row refused',
      text: 'The store {store} cannot hold this row: {detail}. Nothing of its batch was written.',
      action: 'Correct the source: values and times must be finite numbers, texts free of NUL characters.',
    },
    ko: {
      status: '행 거부됨',
      text: '저장소 {store}에 이 행을 넣을 수 없습니다: {detail}. 함께 보낸 묶음은 기록되지 않았습니다.',
      action: '소스를 고치세요. 값과 시간은 유한한 숫자여야 하고 텍스트에 NUL 문자가 없어야 합니다.',
    },
  },
  'store-failed': {
    'en-US': {
      status: 'store failed',
      text: 'The store {store} failed: {detail}.',
      action: 'Run "percept doctor"; if it finds nothing, please report the text above.',
    },
    ko: {
      status: '저장소 오류',
      text: '저장소 {store}에서 오류가 발생했습니다: {detail}.',
      action: '"percept doctor"를 실행하고, 문제가 없다고 나오면 위 내용을 알려 주세요.',
    },
  },
  'store-closed': {
    'en-US': {
      status: 'store closed',
      text: 'The store {store} was closed while it was still in use.',
      action: 'Deploy again; if that does not help, restart Node-RED.',
    },
    ko: {
      status: '저장소 닫힘',
      text: '저장소 {store}이(가) 사용 중에 닫혔습니다.',
      action: '다시 배포하세요. 계속되면 Node-RED를 다시 시작하세요.',
    },
  },
  'store-unsupported': {
    'en-US': {
      status: 'not supported',
      text: 'The store {store} does not support this: {detail}.',
      action: 'Use the way that fits this kind of store.',
    },
    ko: {
      status: '지원되지 않음',
      text: '저장소 {store}은(는) 이 기능을 지원하지 않습니다: {detail}.',
      action: '이 저장소 종류에 맞는 방법을 사용하세요.',
    },
  },
});
