import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrival, decoder, receivedAt, refuses, short } from '../support/decoding.ts';

const number = decoder({ format: 'number', topic: '+source/+quantity' });

for (const [text, expected] of [
  ['21.5', 'p q 21.5'],
  [' -3\n', 'p q -3'],
  ['+.5e-3', 'p q 0.0005'],
  ['21.5 °C', 'p q 21.5 °C'],
  ['80%', 'p q 80 %'],
  ['3.2m/s²', 'p q 3.2 m/s²'],
  ['12 kWh', 'p q 12 kWh'],
  ['5 m3', 'p q 5 m3'],
  ['1e3', 'p q 1000'],
  ['ON', 'p q 1'],
  ['false', 'p q 0'],
] as const) {
  test(`the text ${JSON.stringify(text)} is a number`, () => {
    assert.deepEqual(short(number(arrival('p/q', text))), [expected]);
  });
}

for (const text of [
  '',
  ' ',
  'warm',
  '1,234',
  '21,5',
  '0x1F',
  '0xF',
  '12h30',
  'NaN',
  '-Infinity',
  '1e999',
  '1 2',
  '12:30',
  '--1',
  '1 °C x',
  '5'.repeat(500),
]) {
  test(`the text ${JSON.stringify(text.slice(0, 20))} is no number`, () => {
    refuses(() => number(arrival('p/q', text)), text === '' ? 'decode-empty' : 'decode-number');
  });
}

test('bytes that are no text are refused', () => {
  refuses(() => number(arrival('p/q', Buffer.from([0xff, 0xfe]))), 'decode-utf8');
});

test('a CSV line is read by its columns', () => {
  const decode = decoder({ format: 'csv', topic: '+source', columns: 'time,temp,-,hum' });
  const { readings } = decode(arrival('hall', '2026-05-01T11:00:00Z, 21.5, ignored, 40'));
  assert.deepEqual(
    readings.map((r) => [r.quantity, r.value, r.time]),
    [
      ['temp', 21.5, Date.UTC(2026, 4, 1, 11)],
      ['hum', 40, Date.UTC(2026, 4, 1, 11)],
    ],
  );
});

test('several lines are several instants, and empty cells hold nothing', () => {
  const decode = decoder({ format: 'csv', topic: '+source', columns: 'time;a;b' });
  const lines = `${receivedAt};1;2\r\n${receivedAt + 1};;3\r\n`;
  assert.deepEqual(short(decode(arrival('s', lines))), ['s a 1', 's b 2', 's b 3']);
});

test('a decimal comma counts where commas do not separate', () => {
  const decode = decoder({ format: 'csv', topic: '+source', columns: 'time,value' });
  assert.deepEqual(short(decode(arrival('s', `${receivedAt};21,5`))), ['s value 21.5']);
});

test('quoted cells may hold the separator', () => {
  const decode = decoder({ format: 'csv', columns: 'source,value,unit', source: '{source}', quantity: 'x' });
  assert.deepEqual(short(decode(arrival('t', '"a,b",5,bar'))), ['a,b x 5 bar']);
});

test('a line with another number of cells, an open quote or a NaN is refused', () => {
  const decode = decoder({ format: 'csv', columns: 'time,value' });
  refuses(() => decode(arrival('a/b', `${receivedAt},1,2`)), 'decode-csv', /3 cells instead of 2/);
  refuses(() => decode(arrival('a/b', `${receivedAt},"1`)), 'decode-csv', /quote/);
  refuses(() => decode(arrival('a/b', `${receivedAt},NaN`)), 'decode-value', /NaN/);
  refuses(() => decode(arrival('a/b', 'noon,1')), 'decode-time');
  refuses(() => decode(arrival('a/b', '\n\n')), 'decode-nothing');
});

test('columns named twice, or none, are refused at deploy time', () => {
  refuses(() => decoder({ format: 'csv', columns: 'a,a' }), 'decode-setting', /columns/);
  refuses(() => decoder({ format: 'csv', columns: '-,-' }), 'decode-setting', /columns/);
});
