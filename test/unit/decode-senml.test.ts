import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrival, decoder, receivedAt, refuses, short } from '../support/decoding.ts';

const decode = decoder({ format: 'senml' });
const pack = (records: unknown) => decode(arrival('senml/gw', records as object));
const times = (records: unknown) => pack(records).readings.map(({ time }) => time);

// the examples of RFC 8428, 5.1.1 to 5.1.4 and 5.1.7

test('5.1.1: a single value without a time is of now', () => {
  const decoded = pack([{ n: 'urn:dev:ow:10e2073a01080063', u: 'Cel', v: 23.1 }]);
  assert.deepEqual(short(decoded), ['urn:dev:ow:10e2073a01080063 Cel 23.1 Cel']);
  assert.deepEqual([decoded.readings[0]?.time, decoded.readings[0]?.clock], [receivedAt, 'none']);
  assert.equal(decoded.repeatable, false);
});

test('5.1.2: several values under a base name', () => {
  const decoded = pack([
    { bn: 'urn:dev:ow:10e2073a01080063:', n: 'voltage', u: 'V', v: 120.1 },
    { n: 'current', u: 'A', v: 1.2 },
  ]);
  assert.deepEqual(short(decoded), [
    'urn:dev:ow:10e2073a01080063 voltage 120.1 V',
    'urn:dev:ow:10e2073a01080063 current 1.2 A',
  ]);
});

test('5.1.2: base time, base unit, and times relative to them', () => {
  const base = { bn: 'urn:dev:ow:10e2073a0108006:', bt: 1.276020076001e9, bu: 'A', bver: 5 };
  const decoded = pack([
    { ...base, n: 'voltage', u: 'V', v: 120.1 },
    { n: 'current', t: -5, v: 1.2 },
    { n: 'current', t: -4, v: 1.3 },
    { n: 'current', v: 1.7 },
  ]);
  assert.deepEqual(short(decoded).slice(1), [
    'urn:dev:ow:10e2073a0108006 current 1.2 A',
    'urn:dev:ow:10e2073a0108006 current 1.3 A',
    'urn:dev:ow:10e2073a0108006 current 1.7 A',
  ]);
  const at = 1_276_020_076_001;
  assert.deepEqual(
    decoded.readings.map(({ time }) => time),
    [at, at - 5000, at - 4000, at],
  );
  assert.equal(decoded.repeatable, true);
});

const moving = [
  { bn: 'urn:dev:ow:10e2073a01080063', bt: 1.320067464e9, bu: '%RH', v: 20 },
  { u: 'lon', v: 24.30621 },
  { u: 'lat', v: 60.07965 },
  { t: 60, v: 20.3 },
  { u: 'lon', t: 60, v: 24.30622 },
  { u: '%EL', t: 150, v: 98 },
];
const resolved = [
  { n: 'urn:dev:ow:10e2073a01080063', u: '%RH', t: 1.320067464e9, v: 20 },
  { n: 'urn:dev:ow:10e2073a01080063', u: 'lon', t: 1.320067464e9, v: 24.30621 },
  { n: 'urn:dev:ow:10e2073a01080063', u: 'lat', t: 1.320067464e9, v: 60.07965 },
  { n: 'urn:dev:ow:10e2073a01080063', u: '%RH', t: 1.320067524e9, v: 20.3 },
  { n: 'urn:dev:ow:10e2073a01080063', u: 'lon', t: 1.320067524e9, v: 24.30622 },
  { n: 'urn:dev:ow:10e2073a01080063', u: '%EL', t: 1.320067614e9, v: 98 },
];

test('5.1.3 and 5.1.4: a pack and its resolved form mean the same', () => {
  assert.deepEqual(pack(moving), pack(resolved));
  assert.deepEqual(short(pack(moving)).slice(0, 3), [
    'urn:dev:ow:10e2073a01080063 %RH 20 %RH',
    'urn:dev:ow:10e2073a01080063 lon 24.30621 lon',
    'urn:dev:ow:10e2073a01080063 lat 60.07965 lat',
  ]);
});

test('5.1.5: texts and data are left out, booleans are 0 or 1', () => {
  const decoded = pack([
    { bn: 'urn:dev:ow:10e2073a01080063:', n: 'temp', u: 'Cel', v: 23.1 },
    { n: 'label', vs: 'Machine Room' },
    { n: 'open', vb: false },
    { n: 'nfv-reader', vd: 'aGkgCg' },
  ]);
  assert.deepEqual(short(decoded), ['urn:dev:ow:10e2073a01080063 temp 23.1 Cel', 'urn:dev:ow:10e2073a01080063 open 0']);
});

test('base value and base sum are added, and a sum is a quantity of its own', () => {
  const decoded = pack([{ bn: 'meter:', bt: 1.32e9, bv: 10, bs: 1000, n: 'power', u: 'W', v: 2.5, s: 60 }]);
  assert.deepEqual(short(decoded), ['meter power 12.5 W', 'meter power.sum 1060 Ws']);
});

test('times below 2^28 count from now', () => {
  assert.deepEqual(times([{ n: 'a/b', t: -30, v: 1 }]), [receivedAt - 30_000]);
  assert.deepEqual(times([{ n: 'a/b', t: 2, v: 1 }]), [receivedAt + 2000]);
});

test('base fields hold until they are given again', () => {
  const decoded = pack([
    { bn: 'a:', bu: 'V', n: 'x', v: 1 },
    { n: 'y', v: 2 },
    { bn: 'b:', n: 'x', v: 3 },
    { bu: 'A', n: 'y', v: 4 },
  ]);
  assert.deepEqual(short(decoded), ['a x 1 V', 'a y 2 V', 'b x 3 V', 'b y 4 A']);
});

test('a name alone is taken apart at its last separator', () => {
  assert.deepEqual(short(pack([{ n: 'plant/pump/temp', v: 1 }])), ['plant/pump temp 1']);
  assert.deepEqual(short(pack([{ n: 'lonely', u: 'V', v: 1 }])), ['lonely V 1 V']);
});

test('templates can use the parts of the name and of the topic', () => {
  const own = decoder({ format: 'senml', topic: 'senml/+gateway', source: '{gateway}', quantity: '{name}' });
  assert.deepEqual(short(own(arrival('senml/gw1', [{ bn: 'a:', n: 'x', v: 1 }]))), ['gw1 a:x 1']);
});

for (const [what, records] of [
  ['an object instead of an array', { n: 'a', v: 1 }],
  ['a record that is none', [1]],
  ['a value of another type', [{ n: 'a', v: '1' }]],
  ['a name of another type', [{ n: 1, v: 1 }]],
  ['no name', [{ v: 1 }]],
  ['a name with a character that is not allowed', [{ n: 'a b', v: 1 }]],
  ['a name that starts with a separator', [{ n: '-a', v: 1 }]],
  ['two values', [{ n: 'a', v: 1, vb: true }]],
  ['no value', [{ n: 'a' }]],
  ['a version that is unknown', [{ bver: 11, n: 'a', v: 1 }]],
  [
    'two versions',
    [
      { bver: 5, n: 'a', v: 1 },
      { bver: 6, n: 'a', v: 1 },
    ],
  ],
  ['a field that must be understood', [{ n: 'a', v: 1, unknown_: 1 }]],
] as const) {
  test(`${what} is refused with the record's number`, () => refuses(() => pack(records), 'decode-senml', /record \d/));
}

test('fields that need not be understood are passed over', () => {
  assert.deepEqual(short(pack([{ n: 'a/b', v: 1, unknown: 'x', ut: 60 }])), ['a b 1']);
});

test('an empty pack holds nothing to store', () => refuses(() => pack([]), 'decode-nothing'));

test('an overflowing number is refused', () => {
  refuses(() => decode(arrival('s', '[{"n":"a","v":1e999}]')), 'decode-senml', /too large/);
});
