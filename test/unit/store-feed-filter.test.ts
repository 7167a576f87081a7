import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matcher } from '../../dist/store/feed/rows.js';
import { reading } from '../support/stores.ts';

const at = (source: string, quantity = 't') => ({ id: 1, ...reading(0, { source, quantity }) });

test('a source pattern reads like an MQTT topic filter', () => {
  const cases: [pattern: string, source: string, fits: boolean][] = [
    ['plant/press', 'plant/press', true],
    ['plant/press', 'plant/press/2', false],
    ['plant/+', 'plant/press', true],
    ['plant/+', 'plant/press/2', false],
    ['+/press', 'plant/press', true],
    ['plant/#', 'plant/press/2', true],
    ['plant/#', 'plant', true],
    ['plant/#', 'plantation', false],
    ['#', 'anything/at/all', true],
    ['a.b', 'axb', false],
    ['', 'anything', true],
  ];
  for (const [source, given, fits] of cases) assert.equal(matcher({ source })(at(given)), fits, `${source} ~ ${given}`);
});

test('source, quantity and kind must all fit', () => {
  const fits = matcher({ source: 'plant/#', quantity: 'temp', kind: '' });
  assert.equal(fits(at('plant/a', 'temp')), true);
  assert.equal(fits(at('plant/a', 'speed')), false);
  const finding = { id: 1, kind: 'limit', source: 'plant/a', quantity: '', score: 1, threshold: 0, since: 1 };
  const whole = { ...finding, severity: 'notice' as const, reasons: [], evidence: [] };
  assert.equal(matcher({ kind: 'limit' })(whole), true);
  assert.equal(matcher({ kind: 'silent' })(whole), false);
});

test('a dead letter is matched by its topic and its code', () => {
  const letter = {
    id: 1,
    node: 'n',
    topic: 'a/b',
    payload: Buffer.alloc(0),
    code: 'decode-json',
    reason: '',
    receivedAt: 1,
  };
  assert.equal(matcher({ source: 'a/+', kind: 'decode-json' })(letter), true);
  assert.equal(matcher({ source: 'b/+' })(letter), false);
});

test('a pattern that MQTT would refuse is refused with its reason', () => {
  for (const source of ['a/#/b', 'a/b+', '#a'])
    assert.throws(() => matcher({ source }), { code: 'feed-pattern-invalid' });
});
