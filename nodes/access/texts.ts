import type { Language } from '../kit/index.js';

/** Texts of the pages at the door. */
export interface DoorTexts {
  readonly title: string;
  readonly name: string;
  readonly password: string;
  readonly enter: string;
  readonly provider: string;
  readonly hint: string;
  readonly newTitle: string;
  readonly newText: string;
  readonly current: string;
  readonly chosen: string;
  readonly save: string;
  readonly outTitle: string;
  readonly out: string;
  readonly signedIn: string;
  readonly deniedTitle: string;
  readonly denied: string;
  readonly back: string;
}

export const doorTexts: Readonly<Record<Language, DoorTexts>> = {
  'en-US': {
    title: 'Sign in to Percept',
    name: 'User name',
    password: 'Password',
    enter: 'Sign in',
    provider: 'Sign in with {name}',
    hint: 'First time? User name and one-time password were printed where Percept was started.',
    newTitle: 'Choose your own password',
    newText: 'Ten characters or more; a few words are best.',
    current: 'Present password',
    chosen: 'New password',
    save: 'Save',
    outTitle: 'Sign out',
    out: 'Sign out',
    signedIn: 'Signed in as {user} ({role}).',
    deniedTitle: 'Not for this role',
    denied: '{user} is signed in as {role}. This needs {needed}.',
    back: 'To the dashboard',
  },
  ko: {
    title: 'Percept 로그인',
    name: '사용자 이름',
    password: '비밀번호',
    enter: '로그인',
    provider: '{name}(으)로 로그인',
    hint: '처음이신가요? 사용자 이름과 일회용 비밀번호는 Percept를 시작한 곳에 출력되었습니다.',
    newTitle: '새 비밀번호 정하기',
    newText: '열 글자 이상. 단어 몇 개가 가장 좋습니다.',
    current: '현재 비밀번호',
    chosen: '새 비밀번호',
    save: '저장',
    outTitle: '로그아웃',
    out: '로그아웃',
    signedIn: '{user}({role})(으)로 로그인되어 있습니다.',
    deniedTitle: '권한이 없습니다',
    denied: '{user}은(는) {role}입니다. 이곳에는 {needed} 권한이 필요합니다.',
    back: '대시보드로',
  },
};
