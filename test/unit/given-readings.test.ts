import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Message } from '../../dist/kit/index.js';
import { readingsReader } from '../../dist/sensor/given/readings.js';
import { refuses } from '../support/decoding.ts';

const now = 1_790_000_000_000;
const reader = readingsReader();
const read = (msg: object): ReturnType<typeof reader> => reader(msg as Message, now);
const given = { source: 'pump', quantity: 'temperature', value: 21.5, unit: '°C', time: now - 1000, sequence: 3 };

describe('what a message brings', () => {
  test('is its reading, or each of them, as it is', () => {
    const full = { ...given, id: 7, receivedAt: now, clock: 'ok', more: 'than needed' };
    assert.deepEqual(read({ reading: full }), [given]);
    assert.deepEqual(read({ reading: [full, given] }), [given, given]);
  });

  test('gets the time of arrival where it has none, and no number then', () => {
    const { time: _, sequence: __, ...timeless } = given;
    const [row] = read({ reading: timeless });
    assert.deepEqual({ time: row?.time, sequence: row?.sequence }, { time: now, sequence: undefined });
    const [plain] = read({ topic: 'pump/temperature', payload: 3 });
    assert.deepEqual({ time: plain?.time, sequence: plain?.sequence }, { time: now, sequence: undefined });
  });

  test('that two of one message share an instant makes two of them', () => {
    const payload = [
      { value: 1, time: now },
      { value: 2, time: now },
    ];
    const rows = read({ topic: 'pump/temperature', payload });
    assert.deepEqual(
      rows.map(({ sequence }) => sequence),
      [0, 1],
    );
  });

  for (const wrong of [
    { value: Number.NaN },
    { value: Number.NEGATIVE_INFINITY },
    { value: '21' },
    { value: null },
    { time: Number.NaN },
    { time: 9e15 },
    { source: 5 },
    { source: 'a\nb' },
    { quantity: 'constructor' },
    { unit: 'x'.repeat(41) },
    { sequence: -1 },
    { sequence: 2 ** 31 },
  ]) {
    test(`is refused as a whole where one has ${JSON.stringify(wrong)}`, () => {
      refuses(() => read({ reading: [given, { ...given, ...wrong }] }), 'reading-unfit', /Reading 2/);
    });
  }

  test('that is no reading at all is refused', () => {
    for (const reading of [null, 5, 'x', [[]]]) refuses(() => read({ reading }), 'reading-unfit');
    refuses(() => read({ topic: 'a/b', payload: 'NaN' }), 'decode-json');
    refuses(() => read({ topic: 'a/b', payload: { value: 'inf' } }), 'decode-value');
    refuses(() => read({ topic: 'a/b', payload: undefined }), 'ingest-payload');
  });
});
