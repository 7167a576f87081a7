import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { storedRecording } from '../../dist/sensor/replay/stored.js';
import { openStore, type StoreHandle } from '../../dist/store/open.js';
import type { NewReading } from '../../dist/store/store.js';
import { itemsOf, messagesOf } from '../support/recording.ts';

const t0 = Date.UTC(2026, 0, 1);
let folder: string;
let store: StoreHandle;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-stored-'));
  store = await openStore({ url: join(folder, 'percept.db') });
  const reading = (source: string, time: number, value: number): NewReading => {
    return { source, quantity: 'x', value, unit: 'V', time, sequence: 0, receivedAt: time, clock: 'ok' };
  };
  const even = Array.from({ length: 3000 }, (_, i) => reading('even', t0 + 2 * i, 2 * i));
  const odd = Array.from({ length: 3000 }, (_, i) => reading('odd', t0 + 2 * i + 1, 2 * i + 1));
  await store.commit({ readings: [...even, ...odd] });
});
after(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

test('stored readings of several series are played in the order of their times', async () => {
  const recording = storedRecording(store, { range: () => 'all', sources: '', quantities: '', prefix: 'again' });
  const messages = messagesOf(await itemsOf(recording));
  assert.deepEqual(messages[3], { topic: 'again/odd/x', payload: { time: t0 + 3, value: 3, unit: 'V' } });
  assert.deepEqual(
    messages.map(({ payload }) => (payload as { value: number }).value),
    Array.from({ length: 6000 }, (_, i) => i),
  );
});

test('a range and a pattern choose what is played', async () => {
  const range = () => ({ from: t0 + 10, to: t0 + 20 });
  const recording = storedRecording(store, { range, sources: 'od*', quantities: 'x', prefix: '' });
  const values = messagesOf(await itemsOf(recording)).map(({ payload }) => (payload as { value: number }).value);
  assert.deepEqual(values, [11, 13, 15, 17, 19]);
});

test('the range is that of the moment it begins', async () => {
  let to = t0;
  const recording = storedRecording(store, {
    range: () => ({ from: t0, to }),
    sources: '',
    quantities: '',
    prefix: '',
  });
  assert.equal((await itemsOf(recording)).length, 1);
  to = t0 + 4;
  assert.equal((await itemsOf(recording)).length, 5);
});

test('nothing that matches is an error', async () => {
  const recording = storedRecording(store, { range: () => 'all', sources: 'nobody', quantities: '', prefix: '' });
  await assert.rejects(itemsOf(recording), { code: 'replay-path' });
});
