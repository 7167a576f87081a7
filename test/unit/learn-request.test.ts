import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configReader, type Message } from '../../dist/kit/index.js';
import { commandOf } from '../../dist/sound/learn/request.js';
import { LearnConfig } from '../../dist/sound/learn/settings.js';

const config = configReader(LearnConfig)({ minutes: '12' });
const now = Date.UTC(2026, 10, 21, 10);
const of = (msg: object) => commandOf(msg as Message, config, now);
const hour = 3_600_000;

test('start takes the newest minutes of the setting up to now', () => {
  for (const learn of ['start', true, {}])
    assert.deepEqual(of({ learn }), {
      act: 'start',
      asked: { kind: 'normal', epochs: 50, minutes: 12, labels: [], since: 0, until: now },
    });
});

test('an object chooses kind, minutes and time, in ms or as ISO 8601; who names a beginning means all from there on', () => {
  const chosen = of({ learn: { kind: 'autoencoder', minutes: 3, until: '2026-11-21T09:00:00Z', epochs: 9 } });
  const asked = { kind: 'autoencoder', epochs: 9, minutes: 3, labels: [], since: 0, until: now - hour };
  assert.deepEqual(chosen, { act: 'start', asked });
  const from = of({ learn: { since: now - hour } });
  assert.deepEqual(from, {
    act: 'start',
    asked: { kind: 'normal', epochs: 50, minutes: 1440, labels: [], since: now - hour, until: now },
  });
});

test('a vgg takes labelled stretches of time; without two conditions it says what to give', () => {
  const label = (condition: string) => ({ since: now - hour, until: now, condition });
  const command = of({ learn: { kind: 'vgg', labels: [label('normal'), label('stall')] } });
  assert.deepEqual(command.act === 'start' && command.asked.labels.map(({ condition }) => condition), [
    'normal',
    'stall',
  ]);
  for (const labels of [undefined, [], [label('normal'), label('normal')]])
    assert.throws(() => of({ learn: { kind: 'vgg', labels } }), { code: 'learn-no-labels' });
});

test('cancel, pause, resume, rollback and the list of models are told apart', () => {
  for (const act of ['cancel', 'pause', 'resume'] as const) assert.deepEqual(of({ learn: act }), { act });
  assert.deepEqual(of({ learn: false }), { act: 'cancel' });
  assert.deepEqual(of({ rollback: true }), { act: 'rollback' });
  assert.deepEqual(of({ rollback: 3 }), { act: 'rollback', version: '3' });
  assert.deepEqual(of({ models: true }), { act: 'models' });
});

test('anything else is an error that says what it takes', () => {
  for (const learn of ['begin', 7, [], undefined])
    assert.throws(() => of({ learn }), { code: 'learn-bad-command', message: /start, cancel, pause, resume/ });
  assert.throws(() => of({ learn: { kind: 'magic' } }), { code: 'message-invalid', message: /^msg\.learn\.kind does/ });
  for (const range of [{ since: 5, until: 4 }, { since: 'yesterday' }])
    assert.throws(() => of({ learn: range }), { code: 'learn-bad-range' });
});
