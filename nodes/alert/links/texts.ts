import type { AlertOccasion, AlertState, Language, Severity } from '../../kit/index.js';
import type { StepKind } from '../machine/state.js';

/** Texts of the page that a link opens. */
export interface PageTexts {
  readonly severity: Readonly<Record<Severity, string>>;
  readonly state: Readonly<Record<AlertState, string>>;
  /** What a person reads of a step; more of it in `to`, `why` and others. */
  readonly step: Readonly<Record<StepKind, string>>;
  /** What a notice was about, where it was no step of the chain. */
  readonly occasion: Readonly<Record<Exclude<AlertOccasion, 'step'>, string>>;
  readonly held: Readonly<Record<'group' | 'cooldown' | 'quiet', string>>;
  readonly test: string;
  readonly since: string;
  readonly closed: string;
  readonly source: string;
  readonly zone: string;
  readonly score: string;
  readonly scored: string;
  readonly count: string;
  readonly why: string;
  readonly seen: string;
  readonly picture: string;
  readonly told: string;
  readonly earlier: string;
  readonly by: string;
  readonly somebody: string;
  readonly take: string;
  readonly takeAs: string;
  readonly taken: string;
  readonly takenByYou: string;
  readonly over: string;
  readonly lookOnly: string;
  readonly live: string;
  readonly call: string;
  readonly callHint: string;
  readonly asOf: string;
  readonly reload: string;
  readonly refusedTitle: string;
  readonly refused: string;
  readonly leftTitle: string;
  readonly left: string;
  readonly enter: string;
  readonly awayTitle: string;
  readonly away: string;
  readonly unsureTitle: string;
  readonly unsure: string;
  readonly oftenTitle: string;
  readonly often: string;
}

export const pageTexts: Readonly<Record<Language, PageTexts>> = {
  'en-US': {
    severity: { notice: 'Notice', warning: 'Warning', critical: 'Critical' },
    state: {
      open: 'nobody reached yet',
      notified: 'told, nobody has taken it',
      acknowledged: 'taken',
      snoozed: 'snoozed',
      silenced: 'silenced',
      resolved: 'over',
      expired: 'nothing more was heard',
    },
    step: {
      opened: 'Began',
      joined: 'Another finding: {kind}, {source}',
      worse: 'Became worse: {severity}',
      held: 'Waits until {until}: {held}',
      escalated: 'Next step: {channel}',
      repeated: 'Nobody took it: from the first step again',
      handed: 'On its way to {who} over {channel}',
      'handed-again': 'No answer; once more to {who} over {channel}',
      taken: 'Kept for {who} by {channel}',
      delivered: 'Told {who} over {channel}',
      reached: 'It has reached {who} over {channel}',
      failed: '{who} was not reached over {channel}',
      missed: 'It did not reach {who} over {channel} after all',
      unknown: 'Perhaps told {who} over {channel}: no answer came',
      withdrawn: 'Not needed any more: {who} over {channel}',
      'failed-over': 'Nobody reached: the next step at once',
      unreached: 'Nobody was reached; again at {next}',
      acknowledged: 'Taken by {by}',
      snoozed: 'Snoozed by {by} until {until}',
      silenced: 'Silenced: {why}',
      reopened: 'Open again',
      resolved: 'Over',
      expired: 'Closed: nothing more was heard',
      clock: 'The clock was put back by {back} s',
    },
    occasion: {
      repeat: 'nobody has taken it',
      update: 'an update',
      acknowledged: 'that it is taken',
      resolved: 'that it is over',
      test: 'a test',
    },
    held: { group: 'more may follow', cooldown: 'told a short while ago', quiet: 'quiet hours' },
    test: 'Test',
    since: 'Since',
    closed: 'Until',
    source: 'Where',
    zone: 'Zone',
    score: 'Score',
    scored: '{score}; tells from {threshold}',
    count: 'Findings',
    why: 'Why',
    seen: 'What was seen',
    picture: 'Picture {n} of {count}',
    told: 'What happened',
    earlier: '{count} earlier steps',
    by: ' (by {by})',
    somebody: 'somebody',
    take: 'I take it',
    takeAs: 'As {person}. Nobody else is called then.',
    taken: 'Taken by {by}, {at}.',
    takenByYou: 'You took it, {at}. Those who were told are told that.',
    over: 'It is over. Nothing more is to be done.',
    lookOnly: 'With this link one looks. To take it, press “I take it” in the message that it came with.',
    live: 'View live',
    call: 'Call {number}',
    callHint: 'Nothing calls this number by itself.',
    asOf: 'As of {at}.',
    reload: 'Look again',
    leftTitle: 'This link is nobody’s any more',
    left: 'It was for somebody who has no access here any more. Nothing was changed.',
    refusedTitle: 'This link opens nothing',
    refused:
      'Links in messages are good for one purpose and a limited time. Open the newest message about the matter, or sign in.',
    enter: 'Sign in',
    awayTitle: 'Not at the moment',
    away: 'What this link leads to cannot be looked up now. Try again in a minute. If it stays so, sign in.',
    unsureTitle: 'Perhaps not taken',
    unsure: 'No answer came in time. Look again in a minute, and take it then if it still says that nobody has.',
    oftenTitle: 'Too many tries',
    often:
      'Links that open nothing were tried too often from here. Wait {minutes} min; links that are good still work.',
  },
  ko: {
    severity: { notice: '알림', warning: '경고', critical: '위험' },
    state: {
      open: '아직 아무에게도 닿지 않음',
      notified: '알렸지만 맡은 사람 없음',
      acknowledged: '맡은 사람 있음',
      snoozed: '잠시 미룸',
      silenced: '알리지 않음',
      resolved: '끝남',
      expired: '더 이상 소식 없음',
    },
    step: {
      opened: '시작',
      joined: '감지 추가: {kind}, {source}',
      worse: '심해짐: {severity}',
      held: '{until}까지 기다림: {held}',
      escalated: '다음 단계: {channel}',
      repeated: '맡은 사람이 없어 처음 단계부터 다시',
      handed: '{who}에게 보내는 중 ({channel})',
      'handed-again': '응답이 없어 {who}에게 한 번 더 ({channel})',
      taken: '{who}에게 보낼 것을 보관함 ({channel})',
      delivered: '{who}에게 알림 ({channel})',
      reached: '{who}에게 도착함 ({channel})',
      failed: '{who}에게 닿지 못함 ({channel})',
      missed: '알렸지만 {who}에게 도착하지 않음 ({channel})',
      unknown: '{who}에게 알렸을 수 있음, 응답 없음 ({channel})',
      withdrawn: '더 필요 없음: {who} ({channel})',
      'failed-over': '아무에게도 닿지 못해 바로 다음 단계로',
      unreached: '아무에게도 닿지 못함. {next}에 다시',
      acknowledged: '{by}이(가) 맡음',
      snoozed: '{by}이(가) {until}까지 미룸',
      silenced: '알리지 않음: {why}',
      reopened: '다시 열림',
      resolved: '끝남',
      expired: '더 이상 소식이 없어 닫음',
      clock: '시계를 {back}초 되돌림',
    },
    occasion: {
      repeat: '아직 맡은 사람 없음',
      update: '갱신',
      acknowledged: '맡은 사람 있음',
      resolved: '끝났음',
      test: '시험',
    },
    held: { group: '더 있을 수 있음', cooldown: '조금 전에 알림', quiet: '방해 금지 시간' },
    test: '시험',
    since: '시작',
    closed: '끝',
    source: '어디',
    zone: '구역',
    score: '점수',
    scored: '{score}, {threshold}부터 알림',
    count: '감지 수',
    why: '이유',
    seen: '본 것',
    picture: '사진 {n}/{count}',
    told: '있었던 일',
    earlier: '앞선 단계 {count}개',
    by: ' ({by})',
    somebody: '누군가',
    take: '제가 맡겠습니다',
    takeAs: '{person} 이름으로 맡습니다. 더는 다른 사람을 부르지 않습니다.',
    taken: '{by}이(가) 맡았습니다, {at}.',
    takenByYou: '맡으셨습니다, {at}. 알림을 받은 사람들에게 전합니다.',
    over: '끝났습니다. 더 할 일이 없습니다.',
    lookOnly: '이 링크로는 보기만 할 수 있습니다. 맡으려면 받은 메시지의 “제가 맡겠습니다”를 누르세요.',
    live: '실시간 보기',
    call: '{number}에 전화',
    callHint: '이 번호로 저절로 전화하는 일은 없습니다.',
    asOf: '{at} 기준.',
    reload: '다시 보기',
    leftTitle: '더 이상 쓸 수 없는 링크입니다',
    left: '이 링크를 받은 사람은 이제 이곳에 접근할 수 없습니다. 바뀐 것은 없습니다.',
    refusedTitle: '열 수 없는 링크입니다',
    refused:
      '메시지의 링크는 한 가지 용도로, 정해진 시간 동안만 쓸 수 있습니다. 가장 최근 메시지를 열거나 로그인하세요.',
    enter: '로그인',
    awayTitle: '지금은 볼 수 없습니다',
    away: '이 링크의 내용을 지금은 찾을 수 없습니다. 1분 뒤 다시 해 보세요. 계속 그러면 로그인하세요.',
    unsureTitle: '맡지 못했을 수 있습니다',
    unsure: '제때 응답이 없었습니다. 1분 뒤 다시 보고, 아직 맡은 사람이 없으면 그때 맡으세요.',
    oftenTitle: '시도가 너무 많습니다',
    often: '열 수 없는 링크를 이곳에서 너무 자주 열었습니다. {minutes}분 기다리세요. 올바른 링크는 계속 열립니다.',
  },
};
