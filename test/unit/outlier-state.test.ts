import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetector } from '../../dist/sensor/outlier/detector.js';
import { loadState, saveState, stateBytes } from '../../dist/sensor/outlier/state.js';
import { gaussian, minute, start, watch } from '../support/series.ts';

const one = { channels: ['temperature'] };

test('a restored detector goes on as if nothing had been, in the middle of a finding', () => {
  const value = (row: number): number =>
    Math.sin(row / 50) + ((row * 7919) % 13) / 26 + (row >= 2000 && row < 2200 ? 9 : 0);
  const [kept, restored] = [createDetector(one), createDetector(one)];
  watch(kept, 2100, value);
  restored.restore(kept.save());
  const [a, b] = [kept, restored].map((detector) => watch(detector, 1000, value, { from: 2100 }));
  assert.deepEqual(a, b);
  assert.ok(a && a.ended.length > 0);
});

test('several channels are restored, too', () => {
  const options = { channels: ['flow', 'pressure'] };
  const [kept, restored] = [createDetector(options), createDetector(options)];
  const next = gaussian(1);
  for (let row = 0; row < 800; row++) kept.update({ time: start + row * minute, values: [next(), next()] });
  restored.restore(kept.save());
  const row = { time: start + 900 * minute, values: [1, -1] };
  assert.deepEqual(restored.update(row), kept.update(row));
});

test('a state of a newer version is refused and leaves the detector as it was', () => {
  const detector = createDetector(one);
  watch(detector, 500, gaussian(2));
  const before = detector.save();
  const newer = before.slice();
  new DataView(newer.buffer).setUint32(4, 999, true);
  assert.throws(() => detector.restore(newer), { code: 'outlier-state-newer' });
  assert.deepEqual(detector.save(), before);
});

test('a state that is cut, damaged or of other channels is refused', () => {
  const detector = createDetector(one);
  watch(detector, 500, gaussian(3));
  const state = detector.save();
  const damaged = state.slice();
  damaged[1000] = (damaged[1000] as number) ^ 1;
  for (const broken of [
    new Uint8Array(),
    state.slice(0, 10),
    state.slice(0, -1),
    damaged,
    new Uint8Array(state.length),
  ]) {
    assert.throws(() => detector.restore(broken), { code: 'outlier-state-broken' });
  }
  assert.throws(() => createDetector({ channels: ['pressure'] }).restore(state), { code: 'outlier-state-other' });
  assert.deepEqual(detector.save(), state);
});

test('a state can lie anywhere in a buffer', () => {
  const detector = createDetector(one);
  watch(detector, 100, gaussian(4));
  const state = detector.save();
  const padded = new Uint8Array(state.length + 3);
  padded.set(state, 3);
  const restored = createDetector(one);
  restored.restore(padded.subarray(3));
  assert.deepEqual(restored.save(), state);
});

test('the fields of a part are what is saved, its private ones are not', () => {
  class Part {
    readonly #setting = 5;
    count = 1;
    list = Float32Array.of(1, 2);
    parts = [{ inner: 3 }];
    get setting(): number {
      return this.#setting;
    }
  }
  const part = new Part();
  assert.equal(stateBytes(part), 24);
  const saved = saveState(part);
  part.count = 9;
  part.list[1] = 9;
  (part.parts[0] as { inner: number }).inner = 9;
  loadState(part, saved);
  assert.deepEqual([part.count, ...part.list, part.parts[0]?.inner, part.setting], [1, 1, 2, 3, 5]);
});
