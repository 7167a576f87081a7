import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { lastRecording, recordingsOf } from '../../dist/sound/learn/recordings.js';
import type { StoreHandle } from '../../dist/store/open.js';
import type { NewRecording } from '../../dist/store/store.js';
import { forBothStores } from '../support/stores.ts';

const t0 = Date.UTC(2026, 10, 21);
const signal = new AbortController().signal;
const recording = (i: number, changes: Partial<NewRecording> = {}): NewRecording => ({
  source: 'fan',
  quantity: 'sound',
  kind: 'sound',
  time: t0 + 10_000 * i,
  sequence: 0,
  receivedAt: t0,
  clock: 'ok',
  key: `k${i}`,
  bytes: 320_000,
  sha256: '0'.repeat(64),
  meta: { seconds: 10 },
  ...changes,
});
const which = { source: 'fan', quantity: 'sound', since: 0, until: t0 + 1e9, minutes: 1e9, lastId: 1e9 };

forBothStores((lab) => {
  let store: StoreHandle;
  before(async () => {
    store = await lab.open();
    const fan = Array.from({ length: 1200 }, (_, i) => recording(i));
    const others = [
      recording(3, { source: 'press' }),
      recording(3, { quantity: 'vibration' }),
      recording(4, { kind: 'frame', sequence: 1 }),
      // two of one instant
      recording(5, { sequence: 1, key: 'k5b' }),
    ];
    await store.commit({ readings: [], recordings: [...fan, ...others] });
  });
  const keys = async (changes: Partial<typeof which>): Promise<string[]> =>
    (await recordingsOf(store.db, { ...which, ...changes }, signal)).map(({ key }) => key);

  test('the recordings of a source come in the order of their times, over many pages, none twice', async () => {
    const found = await keys({});
    assert.equal(found.length, 1201);
    assert.deepEqual(found.slice(3, 8), ['k3', 'k4', 'k5', 'k5b', 'k6']);
    assert.equal(found.at(-1), 'k1199');
  });

  test('minutes are taken from the newest on; a range takes what reaches into it', async () => {
    assert.deepEqual(await keys({ minutes: 0.5 }), ['k1197', 'k1198', 'k1199']);
    const range = { since: t0 + 25_000, until: t0 + 40_000 };
    assert.deepEqual(await keys(range), ['k2', 'k3']);
  });

  test('what is stored after a learning began does not change what it learns from', async () => {
    const lastId = await lastRecording(store.db, which);
    await store.commit({ readings: [], recordings: [recording(7, { sequence: 2, key: 'late' })] });
    assert.equal((await keys({ lastId })).includes('late'), false);
    assert.equal((await keys({})).includes('late'), true);
  });

  test('a name or a time without recordings is told as that', async () => {
    assert.equal(await lastRecording(store.db, { source: 'none', quantity: 'sound' }), 0);
    await assert.rejects(keys({ source: 'none' }), { code: 'learn-unknown-source', message: /fan: sound/ });
    await assert.rejects(keys({ until: t0 - 1 }), { code: 'learn-nothing-then' });
  });
});
