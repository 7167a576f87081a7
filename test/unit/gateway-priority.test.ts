import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { prioritizer } from '../../dist/sensor/gateway/priority.js';

describe("a source's priority", () => {
  test('is that of the first pattern that fits', () => {
    const of = prioritizer([
      { source: '*/pump-*', priority: 9 },
      { source: 'hall/*', priority: 2 },
    ]);
    assert.deepEqual(['hall/pump-1', 'hall/fan', 'roof/fan'].map(of), [9, 2, 5]);
  });

  test('takes no more memory the more names come', () => {
    const of = prioritizer([{ source: 'vital*', priority: 9 }]);
    for (let i = 0; i < 50_000; i++) of(`s-${i}`);
    assert.equal(of('vital 1'), 9);
  });
});
