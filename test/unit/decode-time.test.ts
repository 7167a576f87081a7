import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTime } from '../../dist/sensor/decode/time.js';
import { arrival, decoder, receivedAt, refuses } from '../support/decoding.ts';

const moment = Date.UTC(2026, 4, 1, 11, 59, 58, 250);

for (const [text, expected] of [
  ['2026-05-01T11:59:58.250Z', moment],
  ['2026-05-01 11:59:58.250', moment],
  ['2026-05-01T13:59:58,25+02:00', moment],
  ['2026-05-01T06:29:58.25-0530', moment],
  ['2026-05-01T11:59Z', Date.UTC(2026, 4, 1, 11, 59)],
  ['2026-05-01', Date.UTC(2026, 4, 1)],
  ['2026-05-01T11:59:58.250123Z', moment + 0.123],
  ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
] as const) {
  test(`${text} is understood`, () => assert.equal(readTime(text, 'auto'), expected));
}

test('seconds, milliseconds, microseconds and nanoseconds are told apart by their size', () => {
  for (const scale of [1e-3, 1, 1e3, 1e6]) {
    const read = readTime(moment * scale, 'auto');
    assert.ok(typeof read === 'number' && Math.abs(read - moment) < 0.001, String(read));
  }
  assert.equal(readTime(String(moment), 'auto'), moment);
});

test('a stated unit is taken at its word', () => {
  assert.equal(readTime(moment / 1000, 's'), moment);
  assert.equal(readTime(moment * 1000, 'us'), moment);
  assert.match(String(readTime(moment, 's')), /far beyond|no time/);
  assert.match(String(readTime(moment, 'us')), /1970/);
  assert.match(String(readTime(moment, 'iso')), /neither|not an ISO/);
  assert.match(String(readTime('2026-05-01T11:59Z', 'ms')), /not a number/);
});

for (const wrong of [12, 0, -1, '2026-02-30', '2026-13-01', '2026-05-01T25:00Z', 'yesterday', '', {}, true, 1e30]) {
  test(`${JSON.stringify(wrong)} is no time of a measurement`, () => {
    assert.equal(typeof readTime(wrong, 'auto'), 'string');
  });
}

test('a clock that was never set is refused with what it would be', () => {
  const decode = decoder({});
  refuses(() => decode(arrival('a/b', { value: 1, time: 86_400 })), 'decode-time', /1970-01-02/);
});

test('a time of the source is kept, and flagged when it is ahead', () => {
  const decode = decoder({});
  const at = (time: number) => decode(arrival('a/b', { value: 1, time })).readings[0];
  assert.equal(at(receivedAt - 5000)?.clock, 'ok');
  assert.equal(at(receivedAt + 59_000)?.clock, 'ok');
  assert.deepEqual([at(receivedAt + 61_000)?.clock, at(receivedAt + 61_000)?.time], ['ahead', receivedAt + 61_000]);
});

test('a time behind is a backlog unless the node says otherwise', () => {
  const hourAgo = { value: 1, time: receivedAt - 3_600_000 };
  assert.equal(decoder({})(arrival('a/b', hourAgo)).readings[0]?.clock, 'ok');
  assert.equal(decoder({ behindSeconds: 600 })(arrival('a/b', hourAgo)).readings[0]?.clock, 'behind');
});

test('without a time of the source, the time of arrival is it', () => {
  const reading = decoder({})(arrival('a/b', { value: 1 })).readings[0];
  assert.deepEqual([reading?.time, reading?.clock], [receivedAt, 'none']);
});

test('topic parts and MQTT 5 user properties can carry time, sequence and unit', () => {
  const byTopic = decoder({ topic: '+source/+time/+sequence/+unit', format: 'number' });
  const one = byTopic(arrival(`p/${moment}/7/bar`, '3')).readings[0];
  assert.deepEqual([one?.time, one?.sequence, one?.unit], [moment, 7, 'bar']);
  const properties = { userProperties: { time: String(moment), sequence: ['8'] } };
  const two = decoder({ format: 'number' })(arrival('p/q', '3', { properties })).readings[0];
  assert.deepEqual([two?.time, two?.sequence], [moment, 8]);
});
