import { defineErrors } from '../../kit/index.js';

export const linkError = defineErrors({
  'links-address': {
    'en-US': {
      status: 'check the address',
      text: 'Notices carry no links: "{address}" is no address that they could lead to.',
      action: 'Write the public address as in "https://plant.example", or leave it empty.',
    },
    ko: {
      status: '주소를 확인하세요',
      text: '통지에 링크를 넣지 않습니다. "{address}"은(는) 링크가 가리킬 수 있는 주소가 아닙니다.',
      action: '공개 주소를 "https://plant.example"처럼 쓰거나 비워 두세요.',
    },
  },
  'links-key': {
    'en-US': {
      status: 'links have no key',
      text: 'The key that links in notices are signed with cannot be used: {problem}.',
      action: 'Set PERCEPT_LINK_KEY to 16 characters or more, or make {file} readable and writable for Node-RED.',
    },
    ko: {
      status: '링크 키 없음',
      text: '통지의 링크에 서명하는 키를 쓸 수 없습니다: {problem}.',
      action: 'PERCEPT_LINK_KEY를 16자 이상으로 설정하거나 Node-RED가 {file}을(를) 읽고 쓸 수 있게 하세요.',
    },
  },
  'links-live': {
    'en-US': {
      status: 'check the live view',
      text: 'The page of an alert shows no live view: "{address}" is no address.',
      action: 'Write it as in "/dashboard/live" or "https://…".',
    },
    ko: {
      status: '실시간 보기 확인',
      text: '알림 페이지에 실시간 보기를 넣지 않습니다. "{address}"은(는) 주소가 아닙니다.',
      action: '"/dashboard/live" 또는 "https://…"처럼 쓰세요.',
    },
  },
  'links-call': {
    'en-US': {
      status: 'check the number',
      text: 'The page of an alert offers no call: "{number}" is no telephone number.',
      action: 'Write digits, as in "112" or "+82 2 123 4567".',
    },
    ko: {
      status: '전화번호 확인',
      text: '알림 페이지에 전화 버튼을 넣지 않습니다. "{number}"은(는) 전화번호가 아닙니다.',
      action: '"112"나 "+82 2 123 4567"처럼 숫자로 쓰세요.',
    },
  },
});
