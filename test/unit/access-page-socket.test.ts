import assert from 'node:assert/strict';
import test from 'node:test';
import { maySend } from '../../dist/access/page-socket.js';

const widget = 'b1';

for (const [what, message] of [
  ['a question of a chart', { payload: { kind: 'series' }, request: 'r1' }],
  ['a choice of what is shown', { select: { sources: ['pump-1'] } }],
  ['watching a spectrogram', { watch: 'pump-1', fresh: true }],
  ['all cards of a page that has just opened', { whole: true }],
  ['the list of models', { about: 'pump-1', models: true }],
  ['who is on call', { policy: true }],
  ['how the channels are', { channels: true }],
] as const) {
  test(`a viewer may send ${what}`, () => {
    assert.equal(maySend('viewer', ['widget-action', widget, message]), true);
  });
}

for (const [what, packet] of [
  ['a press of a button', ['widget-action', widget, { payload: 'pressed' }]],
  ['a bare value', ['widget-action', widget, 1]],
  ['a new value of a slider', ['widget-change', widget, { payload: 1, request: 'r1' }]],
  ['a form', ['widget-send', widget, { select: {} }]],
  ['a wish to learn', ['widget-action', widget, { about: 'pump-1', learn: 'start' }]],
  ['a way back to an older model', ['widget-action', widget, { about: 'pump-1', rollback: '1' }]],
  ['that somebody takes an alert', ['widget-action', widget, { acknowledge: { id: 1 }, of: 'door' }]],
  ['a silence', ['widget-action', widget, { silence: { minutes: 5 }, of: 'door' }]],
  ['a test of a channel', ['widget-action', widget, { test: { channel: 'c1' } }]],
  ['dead letters to be driven again', ['widget-action', widget, { redrive: [1] }]],
  ['a wish hidden in a question', ['widget-action', widget, { payload: {}, request: 'r1', learn: 'start' }]],
  ['a wish instead of a part of a question', ['widget-action', widget, { payload: {}, learn: 'start' }]],
  ['an event of somebody else’s widget', ['take-picture', widget, {}]],
  ['nonsense', [undefined, widget, null]],
] as const) {
  test(`a viewer may not send ${what}, an operator may`, () => {
    assert.equal(maySend('viewer', packet), false);
    assert.equal(maySend('operator', packet), true);
  });
}
