import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { SomeAtATime } from '../../dist/store/bucket/some-at-a-time.js';

test('so much is under way at once, in the order in which it came; what fails gives its place back', async () => {
  const turns = new SomeAtATime(3);
  const began: number[] = [];
  let [underWay, most] = [0, 0];
  const work = async (i: number): Promise<number> => {
    began.push(i);
    most = Math.max(most, ++underWay);
    await setImmediate();
    underWay--;
    if (i % 4 === 0) throw new Error(`${i} failed`);
    return i;
  };
  const all = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => turns.run(() => work(i))));
  assert.deepEqual(
    began,
    Array.from({ length: 20 }, (_, i) => i),
  );
  assert.equal(most, 3);
  for (const [i, one] of all.entries()) {
    assert.deepEqual(one.status === 'fulfilled' ? one.value : String(one.reason), i % 4 ? i : `Error: ${i} failed`);
  }
  assert.equal(await turns.run(() => Promise.resolve('again')), 'again');
});
