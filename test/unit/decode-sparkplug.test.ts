import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrival, decoder, receivedAt, refuses, short } from '../support/decoding.ts';
import { type MetricSketch, type PayloadSketch, sparkplugPayload } from '../support/sparkplug.ts';

const t = receivedAt - 1000;
const births: readonly MetricSketch[] = [
  { name: 'bdSeq', datatype: 8, long: 1 },
  { name: 'Node Control/Rebirth', datatype: 11, boolean: false },
  { name: 'Temperature', alias: 1, datatype: 9, float: 20.5, unit: '°C' },
  { name: 'Level', alias: 2, datatype: 3, int: 7 },
  { name: 'Hardware', alias: 3, datatype: 12, string: 'v2' },
];

function edge() {
  const decode = decoder({ format: 'sparkplug', topic: 'spBv1.0/#' });
  return (topic: string, payload: PayloadSketch) =>
    decode(arrival(`spBv1.0/plant/${topic}`, sparkplugPayload(payload)));
}

function born() {
  const send = edge();
  send('NBIRTH/edge1', { timestamp: t, seq: 0, metrics: births });
  return send;
}

test('a birth gives its numeric metrics with unit and time; controls and texts are left out', () => {
  const decoded = edge()('NBIRTH/edge1', { timestamp: t, seq: 0, metrics: births });
  assert.deepEqual(short(decoded), ['plant/edge1 Temperature 20.5 °C', 'plant/edge1 Level 7']);
  assert.deepEqual(
    decoded.readings.map(({ time, sequence, clock }) => [time, sequence, clock]),
    [
      [t, 0, 'ok'],
      [t, 0, 'ok'],
    ],
  );
});

test('data by alias has the name, type and unit of the birth', () => {
  const decoded = born()('NDATA/edge1', {
    timestamp: t,
    seq: 1,
    metrics: [{ alias: 1, timestamp: t + 5, float: 21.5 }],
  });
  assert.deepEqual(short(decoded), ['plant/edge1 Temperature 21.5 °C']);
  assert.equal(decoded.readings[0]?.time, t + 5);
});

test('devices have their own births, and aliases that are unique in their edge node', () => {
  const send = born();
  send('DBIRTH/edge1/pump', { timestamp: t, seq: 1, metrics: [{ name: 'Speed', alias: 9, datatype: 7, int: 1480 }] });
  assert.deepEqual(short(send('DDATA/edge1/pump', { timestamp: t, seq: 2, metrics: [{ alias: 9, int: 1500 }] })), [
    'plant/edge1/pump Speed 1500',
  ]);
  assert.deepEqual(short(send('NDATA/edge1', { timestamp: t, seq: 3, metrics: [{ alias: 2, int: 8 }] })), [
    'plant/edge1 Level 8',
  ]);
});

for (const [type, datatype, value, expected] of [
  ['Int8', 1, { int: 0xfb }, -5],
  ['Int8 sign-extended to 32 bits', 1, { int: 0xfffffffb }, -5],
  ['Int16', 2, { int: 0xfffe }, -2],
  ['Int32', 3, { int: 0xffffffff }, -1],
  ['Int32 sign-extended to 64 bits', 3, { int: -3 }, -3],
  ['Int64', 4, { long: -9_007_199_254_740_991 }, -9_007_199_254_740_991],
  ['UInt8', 5, { int: 250 }, 250],
  ['UInt16', 6, { int: 65_535 }, 65_535],
  ['UInt32', 7, { int: 4_294_967_295 }, 4_294_967_295],
  ['UInt64', 8, { long: 9_007_199_254_740_991 }, 9_007_199_254_740_991],
  ['Float', 9, { float: 1.5 }, 1.5],
  ['Double', 10, { double: -2.25e-9 }, -2.25e-9],
  ['Boolean', 11, { boolean: true }, 1],
] as const) {
  test(`${type} is read`, () => {
    const decoded = edge()('NDATA/edge1', { timestamp: t, seq: 5, metrics: [{ name: 'x', datatype, ...value }] });
    assert.equal(decoded.readings[0]?.value, expected);
  });
}

test('null metrics hold nothing to store', () => {
  const decoded = born()('NDATA/edge1', { timestamp: t, seq: 1, metrics: [{ alias: 1, isNull: true }] });
  assert.deepEqual(decoded.readings, []);
});

test('an unknown alias asks for a rebirth, and is understood after it', () => {
  const send = edge();
  const data: PayloadSketch = { timestamp: t, seq: 4, metrics: [{ alias: 1, float: 1 }] };
  refuses(() => send('NDATA/edge1', data), 'decode-sparkplug-birth', /edge1.*1.*rebirth/);
  send('NBIRTH/edge1', { timestamp: t, seq: 0, metrics: births });
  assert.equal(send('NDATA/edge1', data).readings.length, 1);
});

test('an integer without a type asks for a rebirth: its sign is unknown', () => {
  refuses(() => edge()('NDATA/edge1', { timestamp: t, metrics: [{ name: 'x', int: 1 }] }), 'decode-sparkplug-birth');
});

test('a death voids the aliases, one of an earlier session does not', () => {
  const send = born();
  const data: PayloadSketch = { timestamp: t, seq: 1, metrics: [{ alias: 1, float: 1 }] };
  send('NDEATH/edge1', { metrics: [{ name: 'bdSeq', datatype: 8, long: 0 }] });
  assert.equal(send('NDATA/edge1', data).readings.length, 1);
  send('NDEATH/edge1', { metrics: [{ name: 'bdSeq', datatype: 8, long: 1 }] });
  refuses(() => send('NDATA/edge1', data), 'decode-sparkplug-birth');
});

test('two changes in one millisecond differ by the sequence, also within one message', () => {
  const send = born();
  const one = { alias: 1, timestamp: t, float: 1 };
  const keys = (seq: number) =>
    send('NDATA/edge1', { timestamp: t, seq, metrics: [one, { ...one, float: 2 }] }).readings.map((r) => r.sequence);
  assert.deepEqual(keys(1), [65_536, 65_537]);
  assert.deepEqual(keys(2), [131_072, 131_073]);
  assert.deepEqual(keys(1), [65_536, 65_537]);
});

test('without any time, the arrival is the time', () => {
  const decoded = born()('NDATA/edge1', { seq: 1, metrics: [{ alias: 1, float: 1 }] });
  assert.deepEqual([decoded.readings[0]?.time, decoded.readings[0]?.clock], [receivedAt, 'none']);
});

test('commands and states hold nothing to store', () => {
  const decode = decoder({ format: 'sparkplug' });
  for (const topic of [
    'spBv1.0/plant/NCMD/edge1',
    'spBv1.0/plant/DCMD/edge1/pump',
    'spBv1.0/STATE/host',
    'STATE/host',
  ]) {
    assert.deepEqual(decode(arrival(topic, '{"online":true}')).readings, []);
  }
});

test('templates can name the source otherwise', () => {
  const decode = decoder({ format: 'sparkplug', source: '{group}:{node}', quantity: 'x.{metric}' });
  const payload = sparkplugPayload({ timestamp: t, metrics: [{ name: 'T', datatype: 9, float: 1 }] });
  assert.deepEqual(short(decode(arrival('spBv1.0/plant/NDATA/edge1', payload))), ['plant:edge1 x.T 1']);
});

test('topics of another form are refused', () => {
  const decode = decoder({ format: 'sparkplug' });
  const payload = sparkplugPayload({ seq: 1 });
  for (const topic of [
    'plant/pump',
    'spBv1.0/plant/NDATA',
    'spBv1.0/plant/DDATA/edge1',
    'spBv1.0/p/XDATA/e',
    'spBv1.0/p/NDATA/e/d',
  ]) {
    refuses(() => decode(arrival(topic, payload)), 'decode-sparkplug');
  }
});

test('NaN, a time of 1970 and compressed payloads are refused', () => {
  const metric = { name: 'x', datatype: 10, double: Number.NaN };
  refuses(() => edge()('NDATA/e', { timestamp: t, metrics: [metric] }), 'decode-value', /NaN/);
  refuses(() => edge()('NDATA/e', { timestamp: 5000, metrics: [{ ...metric, double: 1 }] }), 'decode-time', /1970/);
  refuses(() => edge()('NDATA/e', { uuid: 'SPBV1.0_COMPRESSED' }), 'decode-sparkplug', /compressed/);
});

test('broken protobuf is refused, wherever it is cut or bent', () => {
  const decode = decoder({ format: 'sparkplug' });
  const whole = sparkplugPayload({ timestamp: t, seq: 3, metrics: births });
  for (let length = 1; length < whole.length; length++) {
    try {
      decode(arrival('spBv1.0/p/NBIRTH/e', whole.subarray(0, length)));
    } catch (thrown) {
      assert.match(String((thrown as { code?: string }).code), /^decode-/, `cut at ${length}`);
    }
  }
  for (let i = 0; i < 2000; i++) {
    const bent = Buffer.from(whole);
    const at = (i * 7919) % bent.length;
    bent[at] = (bent[at] ?? 0) ^ (1 << (i % 8));
    try {
      decode(arrival('spBv1.0/p/NBIRTH/e', bent));
    } catch (thrown) {
      assert.match(String((thrown as { code?: string }).code), /^decode-/, `bit ${i}`);
    }
  }
  refuses(() => decode(arrival('spBv1.0/p/NBIRTH/e', '{"json":1}')), 'decode-sparkplug');
});

test('aliases of ever more edge nodes do not fill the memory: the oldest is forgotten', () => {
  const send = edge();
  const many = Array.from({ length: 10_000 }, (_, i) => ({ name: `m${i}`, alias: i, datatype: 9, float: 0 }));
  for (let i = 0; i < 12; i++) send(`NBIRTH/edge${i}`, { timestamp: t, seq: 0, metrics: many });
  const data: PayloadSketch = { timestamp: t, seq: 1, metrics: [{ alias: 5, float: 1 }] };
  assert.equal(send('NDATA/edge11', data).readings.length, 1);
  refuses(() => send('NDATA/edge0', data), 'decode-sparkplug-birth');
});
