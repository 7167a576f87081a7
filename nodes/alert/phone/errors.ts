import { defineErrors } from '../../kit/index.js';

export const phoneError = defineErrors({
  'phone-taken': {
    'en-US': {
      status: 'second phone page',
      text: 'Another phone node serves /percept/phone already.',
      action: 'Keep one of the two, and wire everything to it.',
    },
    ko: {
      status: '두 번째 페이지',
      text: '다른 phone 노드가 이미 /percept/phone을 제공합니다.',
      action: '하나만 남기고 모두 그 노드에 연결하세요.',
    },
  },
  'phone-not-push': {
    'en-US': {
      status: 'not a push channel',
      text: 'The channel "{channel}" is not one for Web Push.',
      action: 'Choose one of kind Web Push, or none: then the page rings while it is open.',
    },
    ko: {
      status: '푸시 채널이 아님',
      text: '채널 "{channel}"은(는) 웹 푸시 채널이 아닙니다.',
      action: '웹 푸시 종류를 고르거나 비워 두세요. 비우면 페이지가 열려 있는 동안만 울립니다.',
    },
  },
  'phone-nothing': {
    'en-US': {
      status: 'nothing to show',
      text: 'The message carries neither msg.alert nor msg.forget.',
      action: "Wire an alert node's outputs here.",
    },
    ko: {
      status: '보여 줄 것이 없음',
      text: '메시지에 msg.alert도 msg.forget도 없습니다.',
      action: 'alert 노드의 출력을 여기에 연결하세요.',
    },
  },
  'phone-no-page': {
    'en-US': {
      status: 'no page is open',
      text: 'No page is open that could ring.',
      action: 'Open /percept/phone and turn the sound on, or wire notices to notify with a push channel.',
    },
    ko: {
      status: '열린 페이지 없음',
      text: '울릴 수 있는 페이지가 열려 있지 않습니다.',
      action: '/percept/phone을 열어 소리를 켜거나, 통지를 푸시 채널이 있는 notify에 연결하세요.',
    },
  },
  'phone-nobody': {
    'en-US': {
      status: 'no page is open',
      text: 'No page of "{to}" is open that could ring.',
      action: 'Open /percept/phone and turn the sound on, or wire notices to notify with a push channel.',
    },
    ko: {
      status: '열린 페이지 없음',
      text: '울릴 수 있는 "{to}"의 페이지가 열려 있지 않습니다.',
      action: '/percept/phone을 열어 소리를 켜거나, 통지를 푸시 채널이 있는 notify에 연결하세요.',
    },
  },
});
