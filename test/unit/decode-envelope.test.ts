import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { answerTo, isClockMessage, questionText, readAnswer } from '../../dist/sensor/decode/clock-wire.js';
import type { DecoderSettings } from '../../dist/sensor/decode/contract.js';
import { decoder, refuses } from '../support/decoding.ts';

const now = 1_790_000_000_000;
const reading = { source: '공장/pump', quantity: 'temperature', value: 21.5, unit: '°C', time: now - 3 * 86_400_000 };

function decode(envelope: object | Buffer, settings: Partial<DecoderSettings> = {}) {
  const payload = Buffer.isBuffer(envelope) ? envelope : Buffer.from(JSON.stringify(envelope));
  return decoder({ topic: 'percept/#', ...settings })({ topic: 'percept/gw', payload, receivedAt: now });
}

describe("a gateway's envelope", () => {
  const envelope = { 'percept-gateway': 1, readings: [reading, { ...reading, value: 22, sequence: 1 }] };

  test('gives its readings as they are, whatever the format and the templates of the node', () => {
    const expected = [
      { ...reading, sequence: 0, receivedAt: now, clock: 'ok' },
      { ...reading, value: 22, sequence: 1, receivedAt: now, clock: 'ok' },
    ];
    for (const settings of [{}, { format: 'senml' as const }, { source: '{nothing}', quantity: '{no.thing}' }])
      assert.deepEqual(decode(envelope, settings).readings, expected);
  });

  test('is unpacked from gzip', () => {
    assert.equal(decode(gzipSync(JSON.stringify(envelope))).readings.length, 2);
  });

  test('keeps its sequences also where they are out of order: they are the key', () => {
    const readings = [5, 3, 4].map((sequence) => ({ ...reading, sequence }));
    const decoded = decode({ 'percept-gateway': 1, readings });
    assert.deepEqual(
      decoded.readings.map(({ sequence }) => sequence),
      [5, 3, 4],
    );
    assert.equal(decoded.repeatable, true);
  });

  test('of a newer version is refused with what to do', () => {
    refuses(() => decode({ 'percept-gateway': 2, whatever: true }), 'decode-envelope-newer', /version 2/);
  });

  test('that is not whole is refused, saying where', () => {
    refuses(() => decode({ 'percept-gateway': 1 }), 'decode-envelope', /readings/);
    for (const wrong of [{ value: null }, { value: '1e400' }, { time: -1 }, { source: '' }, { sequence: 1.5 }])
      refuses(
        () => decode({ 'percept-gateway': 1, readings: [reading, { ...reading, ...wrong }] }),
        'decode-envelope',
        /readings\.1/,
      );
    refuses(
      () => decode({ 'percept-gateway': 1, readings: [{ ...reading, source: '__proto__' }] }),
      'decode-envelope',
      /reserved/,
    );
    refuses(() => decode(envelope, { maxReadings: 1 }), 'decode-too-many');
  });

  test('flags the clock by what the gateway has measured, also for readings that are days old', () => {
    const flag = (offset: number, settings = {}): unknown =>
      decode({ ...envelope, clock: { offset, uncertainty: 5, at: now } }, settings).readings[0]?.clock;
    assert.equal(decode({ ...envelope, clock: { offset: -7, uncertainty: 5, at: now } }).clockOffset, -7);
    assert.equal(decode(envelope).clockOffset, undefined);
    assert.equal(flag(0), 'ok');
    assert.equal(flag(-61_000), 'ahead');
    assert.equal(flag(61_000), 'behind');
    assert.equal(flag(61_000, { behindSeconds: 120 }), 'ok');
    assert.equal(flag(61_000, { aheadSeconds: 0 }), 'ok');
  });
});

describe('gzip', () => {
  test('is unpacked in every text format', () => {
    const { readings } = decode(gzipSync('{"value": 7}'));
    assert.equal(readings[0]?.value, 7);
  });

  test('that is small and would become large is refused before it is', () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    assert.ok(bomb.length < 300_000);
    const before = process.memoryUsage().rss;
    refuses(() => decode(bomb), 'decode-unpacks-too-large', /1048576/);
    assert.ok(process.memoryUsage().rss - before < 50 * 1024 * 1024);
  });

  test('that is cut off or rubbish is refused', () => {
    refuses(() => decode(gzipSync('{"value": 7}'.repeat(100)).subarray(0, 30)), 'decode-gzip');
    refuses(() => decode(Buffer.from([0x1f, 0x8b, 1, 2, 3, 4])), 'decode-gzip');
  });
});

describe("a question for the far side's time", () => {
  test('is answered with two times, on the topic of who asked', () => {
    const question = Buffer.from(questionText({ id: 'percept-abc', n: 3 }));
    assert.ok(isClockMessage(question));
    const came = Date.now();
    const answer = answerTo(question, came);
    assert.equal(answer?.topic, 'percept-clock/percept-abc');
    const times = readAnswer(Buffer.from(answer.text));
    assert.deepEqual({ n: times?.n, t2: times?.t2 }, { n: 3, t2: came });
    assert.ok((times?.t3 ?? 0) >= came);
  });

  test('is not answered when it is none, or would reach another topic', () => {
    for (const text of [
      '{"percept-clock":1,"n":3,"t2":1,"t3":2}',
      '{"percept-clock":',
      questionText({ id: 'a/#', n: 1 }),
    ])
      assert.equal(answerTo(Buffer.from(text), now), undefined);
  });
});
