import assert from 'node:assert/strict';
import { test } from 'node:test';
import { presets } from '../../dist/sound/presets.js';
import { holdThread, SoundThread } from '../../dist/sound/thread.js';
import { pcmOf } from '../support/sound-recordings.ts';
import { referenceSound } from '../support/sound-signals.ts';

const args = (samples: Float32Array) => ({
  pcm: pcmOf({ name: '', sampleRate: 16_000, channels: [samples] }),
  settings: presets.hearing,
  picture: undefined,
});

test('answers come in the order of the questions, and the bytes of the question stay', async () => {
  const thread = new SoundThread();
  try {
    const asked = args(referenceSound(16_896));
    const before = Buffer.from(asked.pcm.samples);
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((i) => thread.analyse(asked).then(() => order.push(i))));
    assert.deepEqual(order, [1, 2, 3]);
    assert.deepEqual(asked.pcm.samples, before);
  } finally {
    await thread.close();
  }
});

test('what is wrong with one question is its own: the next is answered', async () => {
  const thread = new SoundThread();
  try {
    await assert.rejects(thread.analyse(args(new Float32Array(2000).fill(Number.NaN))), { code: 'sound-not-a-number' });
    const form = {
      channels: 1,
      frames: 32,
      bands: 128,
      scale: 'mel',
      sampleRate: 16_000,
      window: 0.064,
      hop: 0.032,
    } as const;
    const heard = { source: 'fan', form, centres: [], observations: [] };
    await assert.rejects(thread.learn({ heard, now: 0 }), { code: 'sound-too-little' });
    assert.deepEqual((await thread.analyse(args(referenceSound(16_896)))).shape, [1, 32, 128]);
  } finally {
    await thread.close();
  }
});

test('all who hold the thread share one, and it ends with the last; the next holder gets a new one', async () => {
  const [first, second] = [holdThread(), holdThread()];
  assert.equal(first.thread, second.thread);
  await first.release();
  assert.deepEqual((await second.thread.analyse(args(referenceSound(16_896)))).shape, [1, 32, 128]);
  await second.release();
  const third = holdThread();
  assert.notEqual(third.thread, first.thread);
  await third.release();
});
