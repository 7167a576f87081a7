import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topicPattern } from '../../dist/sensor/decode/decode.js';
import { arrival, decoder, refuses, short } from '../support/decoding.ts';

test('named wildcards become a plain filter and give their parts', () => {
  const pattern = topicPattern('site/+machine/+quantity');
  assert.equal(pattern.filter, 'site/+/+');
  assert.deepEqual(pattern.names, ['machine', 'quantity']);
  assert.deepEqual({ ...pattern.match('site/pump-1/temperature') }, { machine: 'pump-1', quantity: 'temperature' });
});

test('a named # takes all that is left, also nothing', () => {
  const pattern = topicPattern('plant/#rest');
  assert.equal(pattern.filter, 'plant/#');
  assert.equal(pattern.match('plant/a/b/c')?.['rest'], 'a/b/c');
  assert.equal(pattern.match('plant')?.['rest'], '');
});

test('wildcards without a name match as MQTT has it', () => {
  assert.deepEqual(topicPattern('+/x').match('a/x'), {});
  assert.equal(topicPattern('+/x').match('a/y'), undefined);
  assert.equal(topicPattern('+').match('a/b'), undefined);
  assert.deepEqual(topicPattern('+/+').match('/a'), {});
  assert.deepEqual(topicPattern('#').match('a/b'), {});
});

test('a leading wildcard leaves the topics of the broker alone', () => {
  assert.equal(topicPattern('#').match('$SYS/uptime'), undefined);
  assert.equal(topicPattern('+/uptime').match('$SYS/uptime'), undefined);
  assert.deepEqual(topicPattern('$SYS/#').match('$SYS/uptime'), {});
});

for (const pattern of ['', 'a/#/b', 'a+b/c', '+a/+a', '+1x', '#re st', 'a/b#', '+__proto__', '+constructor']) {
  test(`the pattern "${pattern}" is refused`, () => {
    refuses(() => topicPattern(pattern), 'decode-topic-pattern');
  });
}

test('a topic that does not match is refused with both names', () => {
  const decode = decoder({ topic: 'site/+machine/+quantity', format: 'number' });
  refuses(() => decode(arrival('site/pump-1', '1')), 'decode-topic', /site\/pump-1.*site\/\+machine/);
});

test('an input wire without a topic is not held against the pattern', () => {
  const decode = decoder({ topic: 'site/+machine', format: 'number', source: 'bench', quantity: 'weight' });
  assert.deepEqual(short(decode(arrival('', '12.5 kg'))), ['bench weight 12.5 kg']);
});

test('the source is the parts of the topic but the quantity', () => {
  const decode = decoder({ topic: '+site/+line/+machine/+quantity', format: 'number' });
  assert.deepEqual(short(decode(arrival('oslo/3/pump/rpm', '1480'))), ['oslo/3/pump rpm 1480']);
});

test('a part named source is the source', () => {
  const decode = decoder({ topic: 'a/+source/+skipped/+quantity', format: 'number' });
  assert.deepEqual(short(decode(arrival('a/pump/x/rpm', '1'))), ['pump rpm 1']);
});

test('without named parts the last level of the topic is the quantity', () => {
  const decode = decoder({ format: 'number' });
  assert.deepEqual(short(decode(arrival('plant/pump-1/temperature', '21.5'))), ['plant/pump-1 temperature 21.5']);
  assert.deepEqual(short(decode(arrival('lonely', '1'))), ['lonely value 1']);
});

test('templates join topic parts, fields and literal text', () => {
  const decode = decoder({
    topic: 'gw/+gateway',
    source: '{gateway}/{device.id}',
    quantity: 'temp-{device["slot no"]}',
    unit: '{u}',
    value: 'v',
  });
  const message = { device: { id: 7, 'slot no': 'A' }, v: 4, u: '°C' };
  assert.deepEqual(short(decode(arrival('gw/north', message))), ['north/7 temp-A 4 °C']);
});

test('a template whose field is missing says which name it could not form', () => {
  const decode = decoder({ source: '{device.id}', value: 'v' });
  refuses(() => decode(arrival('t', { v: 1 })), 'decode-name', /source/);
});

test('a template with stray braces is refused at deploy time', () => {
  refuses(() => decoder({ source: '{machine' }), 'decode-setting', /source/);
  refuses(() => decoder({ quantity: '{}' }), 'decode-setting', /quantity/);
  refuses(() => decoder({ value: 'a..b' }), 'decode-setting', /value/);
});

test('names with control characters, reserved or longer than 200 characters are refused', () => {
  const decode = decoder({ source: '{s}', value: 'v' });
  refuses(() => decode(arrival('t', { s: 'a\nb', v: 1 })), 'decode-name');
  refuses(() => decode(arrival('t', { s: '__proto__', v: 1 })), 'decode-name');
  refuses(() => decode(arrival('t', { s: 'x'.repeat(201), v: 1 })), 'decode-name');
  refuses(() => decode(arrival('t', { s: '  ', v: 1 })), 'decode-name');
});
