import assert from 'node:assert/strict';
import test from 'node:test';
import { answerAbout, isQuestion, type PolicyView, policyView } from '../../dist/alert/alert/about.js';
import type { Message } from '../../dist/kit/index.js';
import { policyOf } from './../support/alert-trial.ts';

const at = (text: string): number => Date.parse(`${text}:00Z`);
const view = (settings: object, now: string): PolicyView => policyView('door', policyOf(settings), at(now));
const duty = {
  name: 'watch',
  people: 'anna, ben',
  rotation: 'week',
  handover: '08:00',
  start: '2026-01-05',
  hours: '',
};

test('who has duty, until when, and who has it then', () => {
  const { duties } = view({ duties: [duty] }, '2026-01-07T12:00');
  assert.deepEqual(duties, [{ name: 'watch', people: ['anna'], until: at('2026-01-12T08:00'), next: ['ben'] }]);
});

test('a duty that stays with the same people has no end', () => {
  const { duties } = view({ duties: [{ ...duty, rotation: 'none' }] }, '2026-01-07T12:00');
  assert.deepEqual(duties, [{ name: 'watch', people: ['anna', 'ben'] }]);
});

test('hours without anybody on duty are told: until when nobody is there, and who comes then', () => {
  const nights = { ...duty, rotation: 'day', hours: '20:00-06:00' };
  const noon = view({ duties: [nights] }, '2026-01-07T12:00').duties[0];
  assert.deepEqual([noon?.people, noon?.until, noon?.next], [[], at('2026-01-07T20:00'), ['anna']]);
  const night = view({ duties: [nights] }, '2026-01-07T23:00').duties[0];
  assert.deepEqual([night?.people, night?.until, night?.next], [['anna'], at('2026-01-08T06:00'), []]);
});

test('quiet hours tell their end while they are on, and their beginning while they are not', () => {
  const quiet = 'mon-fri 22:00-07:00';
  assert.deepEqual(view({ quiet }, '2026-01-07T23:00').quiet, { hours: quiet, until: at('2026-01-08T07:00') });
  assert.deepEqual(view({ quiet }, '2026-01-10T12:00').quiet, { hours: quiet, from: at('2026-01-12T22:00') });
  assert.deepEqual(view({}, '2026-01-10T12:00').quiet, { hours: '' });
});

test('times of day go by the policy’s own zone, also when clocks change', () => {
  const zoned = { timeZone: 'Europe/Berlin', duties: [{ ...duty, rotation: 'day' }] };
  // clocks go forward on the 29th of March
  assert.equal(view(zoned, '2026-03-28T12:00').duties[0]?.until, at('2026-03-29T06:00'));
  assert.equal(view(zoned, '2026-03-27T12:00').duties[0]?.until, at('2026-03-28T07:00'));
});

test('the chains come step by step, with what comes after', () => {
  const steps = [
    { chain: '', after: 0, channel: 'push', to: 'watch' },
    { chain: '', after: 20, channel: 'sms', to: 'anna, ben' },
    { chain: 'fire', after: 0, channel: 'voice', to: '' },
  ];
  const { chains, repeat } = view({ steps, repeat: 60 }, '2026-01-07T12:00');
  assert.equal(repeat, 60);
  assert.deepEqual(chains, [
    {
      name: '',
      steps: [
        { after: 0, channel: 'push', to: ['watch'] },
        { after: 20, channel: 'sms', to: ['anna', 'ben'] },
      ],
    },
    { name: 'fire', steps: [{ after: 0, channel: 'voice', to: [] }] },
  ]);
});

test('an answer goes back on the message that asked; what is asked of notify passes by; a finding is no question', () => {
  const policy = policyOf();
  const asked = { _msgid: 'm', about: 'policy', request: 'r' } as Message;
  const answered = answerAbout(asked, 'door', policy);
  assert.deepEqual([answered?.['request'], (answered?.['policy'] as PolicyView | undefined)?.name], ['r', 'door']);
  const channels = { _msgid: 'm', about: 'channels' } as Message;
  assert.deepEqual([isQuestion(channels), answerAbout(channels, 'door', policy)], [true, null]);
  assert.equal(isQuestion({ _msgid: 'm', about: 'pump-1', finding: {} } as Message), false);
});

test('many pages that ask within a moment get the same answer; later it is made anew', () => {
  const policy = policyOf({ duties: [duty] });
  const ask = (now: number): unknown => answerAbout({ about: 'policy' } as Message, 'door', policy, now)?.['policy'];
  const first = ask(at('2026-01-12T07:59'));
  assert.equal(ask(at('2026-01-12T07:59') + 4000), first);
  const later = ask(at('2026-01-12T08:00')) as PolicyView;
  assert.deepEqual(later.duties[0]?.people, ['ben']);
});
