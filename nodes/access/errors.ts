import { defineErrors } from '../kit/index.js';

/** What can be wrong with letting people in. */
export const accessError = defineErrors({
  'access-user-taken': {
    'en-US': { status: 'name taken', text: 'There is a user "{name}" already.', action: 'Choose another name.' },
    ko: { status: '이름 중복', text: '"{name}" 사용자가 이미 있습니다.', action: '다른 이름을 고르세요.' },
  },
  'access-user-name': {
    'en-US': {
      status: 'bad name',
      text: '"{name}" cannot be the name of a user.',
      action: 'Use letters, digits, spaces and . _ @ + -, beginning with a letter or digit, 80 at most.',
    },
    ko: {
      status: '잘못된 이름',
      text: '"{name}"은(는) 사용자 이름이 될 수 없습니다.',
      action: '글자나 숫자로 시작하고 글자, 숫자, 공백, . _ @ + - 만 최대 80자까지 쓰세요.',
    },
  },
  'access-user-unknown': {
    'en-US': { status: 'unknown user', text: 'There is no user "{name}".', action: 'List them: percept users list' },
    ko: { status: '없는 사용자', text: '"{name}" 사용자가 없습니다.', action: '목록 보기: percept users list' },
  },
  'access-last-owner': {
    'en-US': {
      status: 'last owner',
      text: '"{name}" is the only owner.',
      action: 'Make somebody else an owner first: percept users role NAME owner',
    },
    ko: {
      status: '유일한 소유자',
      text: '"{name}"은(는) 유일한 소유자입니다.',
      action: '먼저 다른 사람을 소유자로 만드세요: percept users role NAME owner',
    },
  },
  'access-password-weak': {
    'en-US': {
      status: 'weak password',
      text: 'This password will not do ({why}).',
      action: 'Use ten characters or more that are not made of the user name; a few words are best.',
    },
    ko: {
      status: '약한 비밀번호',
      text: '이 비밀번호는 쓸 수 없습니다({why}).',
      action: '사용자 이름과 다른 열 글자 이상을 쓰세요. 단어 몇 개가 가장 좋습니다.',
    },
  },
  'access-wrong-password': {
    'en-US': {
      status: 'wrong password',
      text: 'User name or password is wrong.',
      action: 'Try again; an owner can give you a new one.',
    },
    ko: {
      status: '비밀번호 틀림',
      text: '사용자 이름이나 비밀번호가 틀렸습니다.',
      action: '다시 시도하세요. 소유자가 새 비밀번호를 줄 수 있습니다.',
    },
  },
  'access-too-often': {
    'en-US': {
      status: 'too many attempts',
      text: 'There were too many wrong attempts.',
      action: 'Wait {minutes} min, then try again.',
    },
    ko: {
      status: '시도 횟수 초과',
      text: '틀린 시도가 너무 많았습니다.',
      action: '{minutes}분 기다린 뒤 다시 시도하세요.',
    },
  },
  'access-code-used': {
    'en-US': {
      status: 'code used',
      text: 'This address has been used, or is too old.',
      action: 'Sign in with user name and password, or restart Percept for a new address.',
    },
    ko: {
      status: '사용된 주소',
      text: '이미 사용했거나 너무 오래된 주소입니다.',
      action: '사용자 이름과 비밀번호로 로그인하거나 Percept를 다시 시작해 새 주소를 받으세요.',
    },
  },
  'access-provider-away': {
    'en-US': {
      status: 'provider away',
      text: 'The identity provider {issuer} cannot be reached ({detail}).',
      action:
        'Who is signed in stays so; owners can use their local password. It is tried again with the next sign-in.',
    },
    ko: {
      status: '제공자 연결 안 됨',
      text: '인증 제공자 {issuer}에 연결할 수 없습니다({detail}).',
      action:
        '이미 로그인한 사람은 계속 쓸 수 있고, 소유자는 로컬 비밀번호를 쓸 수 있습니다. 다음 로그인 때 다시 시도합니다.',
    },
  },
  'access-provider-refused': {
    'en-US': {
      status: 'sign-in refused',
      text: 'Signing in through {issuer} did not succeed ({detail}).',
      action: 'Begin again from the sign-in page.',
    },
    ko: {
      status: '로그인 거부됨',
      text: '{issuer} 로그인에 실패했습니다({detail}).',
      action: '로그인 페이지에서 다시 시작하세요.',
    },
  },
  'access-clocks': {
    'en-US': {
      status: 'clocks differ',
      text: 'The clocks of {issuer} and of this machine differ too much ({detail}).',
      action: 'Set the clock here (NTP), then begin again from the sign-in page; owners can use their local password.',
    },
    ko: {
      status: '시계 불일치',
      text: '{issuer}와(과) 이 장치의 시계가 너무 다릅니다({detail}).',
      action:
        '이 장치의 시계를 맞춘(NTP) 뒤 로그인 페이지에서 다시 시작하세요. 소유자는 로컬 비밀번호를 쓸 수 있습니다.',
    },
  },
  'access-no-role': {
    'en-US': {
      status: 'no role',
      text: '{name} is known to the identity provider, but none of their groups has a role here.',
      action: 'Ask an owner to put one of your groups into the settings (oidc.groups).',
    },
    ko: {
      status: '역할 없음',
      text: '인증 제공자가 {name}을(를) 알지만, 속한 그룹 중 이곳에서 역할이 있는 것이 없습니다.',
      action: '소유자에게 그룹을 설정(oidc.groups)에 넣어 달라고 요청하세요.',
    },
  },
  'access-part-missing': {
    'en-US': { status: 'part missing', text: '{name} is not installed.', action: 'Run: npm install {name}' },
    ko: {
      status: '구성 요소 없음',
      text: '{name}이(가) 설치되어 있지 않습니다.',
      action: '다음을 실행하세요: npm install {name}',
    },
  },
  'access-files': {
    'en-US': {
      status: 'no certificate',
      text: 'Certificate or key for TLS cannot be used ({detail}).',
      action: 'Give PEM files that this user can read: --tls-cert FILE --tls-key FILE',
    },
    ko: {
      status: '인증서 오류',
      text: 'TLS 인증서나 키를 쓸 수 없습니다({detail}).',
      action: '이 사용자가 읽을 수 있는 PEM 파일을 주세요: --tls-cert FILE --tls-key FILE',
    },
  },
});
