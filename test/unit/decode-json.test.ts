import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrival, decoder, receivedAt, refuses, short } from '../support/decoding.ts';

test('fields are found by their paths', () => {
  const decode = decoder({
    topic: 'site/+machine',
    value: '$.data.temp',
    quantity: 'temperature',
    unit: '°C',
    time: 'data.at',
    sequence: 'n',
  });
  const { readings } = decode(arrival('site/pump', { data: { temp: 21.5, at: receivedAt - 10 }, n: 3 }));
  assert.deepEqual(readings, [
    {
      source: 'pump',
      quantity: 'temperature',
      unit: '°C',
      value: 21.5,
      time: receivedAt - 10,
      sequence: 3,
      receivedAt,
      clock: 'ok',
    },
  ]);
});

test('a flat object of many numbers gives one reading each', () => {
  const decode = decoder({ topic: 'plant/+machine' });
  const message = { ts: receivedAt, temperature: 20, humidity: 40.5, door: true, name: 'Hall', broken: null };
  assert.deepEqual(short(decode(arrival('plant/hall', message))), [
    'hall temperature 20',
    'hall humidity 40.5',
    'hall door 1',
  ]);
});

test('nested numbers are named by their path, and fields that templates use are left out', () => {
  const decode = decoder({ source: '{id}' });
  const message = { id: 12, bearing: { front: { rms: 1 }, rear: { rms: 2 } } };
  assert.deepEqual(short(decode(arrival('x', message))), ['12 bearing.front.rms 1', '12 bearing.rear.rms 2']);
});

test('a field called value is the value, with unit and quantity beside it', () => {
  const decode = decoder({ topic: 'a/+machine' });
  const message = { value: '5.5', unit: 'bar', quantity: 'pressure', battery: 90 };
  assert.deepEqual(short(decode(arrival('a/pump', message))), ['pump pressure 5.5 bar']);
});

test('an array of entries gives a reading each, with what is common taken from the top', () => {
  const decode = decoder({
    topic: 'gw/+gateway',
    each: '$.readings[*]',
    source: '{gateway}/{device}',
    quantity: '{q}',
  });
  const message = {
    time: receivedAt,
    device: 'd1',
    readings: [
      { q: 't', value: 1 },
      { q: 'h', value: 2, device: 'd2' },
    ],
  };
  assert.deepEqual(short(decode(arrival('gw/g', message))), ['g/d1 t 1', 'g/d2 h 2']);
});

test('a plain array of values is numbered in its order, the same on each delivery', () => {
  const decode = decoder({ each: 'samples', quantity: 'x' });
  const message = arrival('a/b', { time: receivedAt, samples: [5, 5, 7] });
  const keys = () => decode(message).readings.map(({ time, sequence, value }) => [time, sequence, value]);
  assert.deepEqual(keys(), [
    [receivedAt, 0, 5],
    [receivedAt, 1, 5],
    [receivedAt, 2, 7],
  ]);
  assert.deepEqual(keys(), keys());
});

test('a redelivery of a message with a time gets the same keys', () => {
  const message = { time: receivedAt - 5, value: 1 };
  const once = decoder({})(arrival('a/b', message));
  const again = decoder({})(arrival('a/b', message, { receivedAt: receivedAt + 9000 }));
  assert.equal(once.repeatable, true);
  const key = (d: typeof once) => d.readings.map((r) => [r.source, r.quantity, r.time, r.sequence]);
  assert.deepEqual(key(once), key(again));
});

test('two messages without a time in the same millisecond are both kept', () => {
  const decode = decoder({});
  const first = decode(arrival('a/b', { value: 1 }));
  const second = decode(arrival('a/b', { value: 1 }));
  assert.equal(first.repeatable, false);
  assert.notEqual(first.readings[0]?.sequence, second.readings[0]?.sequence);
});

test('a bare number and a numeric text are values', () => {
  assert.deepEqual(short(decoder({})(arrival('a/b', '21.5'))), ['a b 21.5']);
  assert.deepEqual(short(decoder({})(arrival('a/b', '"21.5"'))), ['a b 21.5']);
  assert.deepEqual(short(decoder({})(arrival('a/b', 'true'))), ['a b 1']);
});

for (const broken of [
  '{',
  '{"value":NaN}',
  '{"value":Infinity}',
  "{'value':1}",
  '{"value":1}}',
  'undefined',
  '{"value":01}',
]) {
  test(`broken JSON is refused without quoting it: ${broken}`, () => {
    refuses(() => decoder({})(arrival('a/b', broken)), 'decode-json');
  });
}

for (const value of ['NaN', '-inf', 'Infinity', '1e999', '0x1F', '1,5', '', ' ', null, [], {}, 'secret text']) {
  test(`${JSON.stringify(value)} is not a number`, () => {
    refuses(() => decoder({ value: 'v' })(arrival('a/b', { v: value })), 'decode-value');
  });
}

test('a number too large for a double is refused', () => {
  refuses(() => decoder({})(arrival('a/b', '{"value": 1e400}')), 'decode-value', /Infinity/);
  refuses(() => decoder({})(arrival('a/b', '{"a": 1, "b": -1e400}')), 'decode-value', /-Infinity/);
});

test('a NaN sent as text among many numbers is refused, not passed over', () => {
  refuses(() => decoder({})(arrival('a/b', { a: 1, b: 'nan' })), 'decode-value', /"b"/);
});

test('what a private message holds is not quoted in the error', () => {
  assert.throws(
    () => decoder({ value: 'v' })(arrival('a/b', { v: 'hunter2' })),
    (thrown: Error) => !thrown.message.includes('hunter2'),
  );
});

test('a missing field is named', () => {
  refuses(() => decoder({ value: 'data.temp' })(arrival('a/b', { data: {} })), 'decode-path', /data\.temp/);
  refuses(() => decoder({ time: 'at' })(arrival('a/b', { value: 1 })), 'decode-path', /"at"/);
  refuses(() => decoder({ each: 'rows' })(arrival('a/b', {})), 'decode-path', /rows/);
});

test('a message without any number is refused', () => {
  refuses(() => decoder({})(arrival('a/b', { state: 'fine' })), 'decode-nothing');
  refuses(() => decoder({})(arrival('a/b', [])), 'decode-nothing');
});

test('an empty payload, a huge one and one with too many readings are refused', () => {
  refuses(() => decoder({})(arrival('a/b', '')), 'decode-empty');
  refuses(() => decoder({})(arrival('a/b', Buffer.alloc(10_000_000, 0x20))), 'decode-too-large', /10000000/);
  refuses(() => decoder({ maxReadings: 3 })(arrival('a/b', { a: 1, b: 2, c: 3, d: 4 })), 'decode-too-many');
  refuses(() => decoder({ maxReadings: 3 })(arrival('a/b', [1, 2, 3, 4])), 'decode-too-many');
});

test('bad UTF-8 is refused, a byte order mark is not', () => {
  refuses(() => decoder({})(arrival('a/b', Buffer.from([0x22, 0xc3, 0x28, 0x22]))), 'decode-utf8');
  assert.deepEqual(short(decoder({})(arrival('a/b', '\uFEFF{"value":1}'))), ['a b 1']);
});

test('deep nesting is refused before anything walks it', () => {
  refuses(() => decoder({})(arrival('a/b', '['.repeat(100_000))), 'decode-nested');
  refuses(() => decoder({})(arrival('a/b', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`)), 'decode-nested');
});

test('brackets inside texts are no nesting', () => {
  assert.deepEqual(short(decoder({})(arrival('a/b', { value: 1, note: '[{\\"'.repeat(100) }))), ['a b 1']);
});

test('a __proto__ key neither pollutes anything nor becomes a quantity', () => {
  refuses(() => decoder({})(arrival('a/b', '{"__proto__": 5}')), 'decode-name', /reserved/);
  refuses(() => decoder({ value: 'constructor.length' })(arrival('a/b', '{"a":1}')), 'decode-path');
  decoder({})(arrival('a/b', '{"a":1,"__proto__":{"polluted":1}}'));
  assert.equal(({} as { polluted?: number }).polluted, undefined);
});

for (const sequence of [-1, 1.5, 'x', 2 ** 31, true]) {
  test(`the sequence ${sequence} is refused`, () => {
    refuses(() => decoder({ sequence: 'n' })(arrival('a/b', { value: 1, n: sequence })), 'decode-sequence');
  });
}

const schema = JSON.stringify({
  type: 'object',
  required: ['value', 'unit'],
  properties: { value: { type: 'number', maximum: 100 }, unit: { enum: ['bar'] } },
});

test('a message that breaks the schema of its source is refused with field and reason', () => {
  const decode = decoder({ topic: '+source', schemas: [{ source: 'pump-*', schema }] });
  assert.deepEqual(short(decode(arrival('pump-1', { value: 5, unit: 'bar' }))), ['pump-1 value 5 bar']);
  refuses(() => decode(arrival('pump-1', { value: 101, unit: 'bar' })), 'decode-schema', /pump-1: \/value .*100/);
  refuses(() => decode(arrival('pump-2', { value: 1 })), 'decode-schema', /unit/);
});

test('a schema says nothing about other sources', () => {
  const decode = decoder({ topic: '+source', schemas: [{ source: 'pump-*', schema }] });
  assert.deepEqual(short(decode(arrival('fan', { value: 500 }))), ['fan value 500']);
});

test('a schema that is none is refused at deploy time', () => {
  refuses(() => decoder({ schemas: [{ source: '*', schema: '{' }] }), 'decode-setting', /schemas/);
  refuses(() => decoder({ schemas: [{ source: '*', schema: '[]' }] }), 'decode-setting', /schemas/);
});
