import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type SoundAnswer, soundAnswer } from '../../dist/sensor/history/sound.js';
import type { Bucket } from '../../dist/store/bucket/bucket.js';
import { openBucket } from '../../dist/store/bucket/open.js';
import { openStore, type StoreHandle } from '../../dist/store/open.js';

const begin = Date.UTC(2026, 10, 1);
const rate = 1000;
let folder: string;
let store: StoreHandle;
let bucket: Bucket;

/** A WAV of one value, so that an answer tells from which recording each of its samples is. */
function wavOf(value: number, frames: number, channels = 1): Buffer {
  const data = Buffer.alloc(frames * channels * 2);
  for (let at = 0; at < data.length; at += 2) data.writeInt16LE(value, at);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * channels * 2, 28);
  head.writeUInt16LE(channels * 2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

async function record(source: string, time: number, wav: Buffer, meta = {}): Promise<string> {
  const { key, bytes, sha256 } = await bucket.put(`${source}/${time}.wav`, wav);
  const recording = {
    source,
    quantity: 'sound',
    kind: 'sound',
    time,
    sequence: 0,
    receivedAt: time,
    clock: 'ok',
    meta,
  } as const;
  await store.commit({ readings: [], recordings: [{ ...recording, key, bytes, sha256 }] });
  return key;
}

const ask = (source: string, from: number, to: number): Promise<SoundAnswer> =>
  soundAnswer(store.db, bucket, { range: { from, to }, sources: source, quantities: '' });

/** Each stretch of equal samples: value and length. */
function runsIn(wav: Buffer): [value: number, samples: number][] {
  const runs: [number, number][] = [];
  for (let at = 44; at < wav.length; at += 2) {
    const value = wav.readInt16LE(at);
    const last = runs.at(-1);
    if (last?.[0] === value) last[1]++;
    else runs.push([value, 1]);
  }
  return runs;
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'percept-history-sound-'));
  store = await openStore({ url: join(folder, 'percept.sqlite') });
  bucket = await openBucket({ kind: 'folder', path: join(folder, 'bucket') });
});
after(async () => {
  await store.close();
  await bucket.close();
  await rm(folder, { recursive: true, force: true });
});

test('seconds that lie in several recordings come as one WAV file, cut to what was asked for', async () => {
  for (let i = 0; i < 5; i++) await record('pump-1', begin + 1000 * i, wavOf(i + 1, rate));
  const { wav, from, to, sampleRate, channels, missing } = await ask('pump-1', begin + 500, begin + 3250);
  assert.deepEqual(runsIn(wav), [
    [1, 500],
    [2, 1000],
    [3, 1000],
    [4, 250],
  ]);
  assert.deepEqual([from, to, sampleRate, channels, missing], [begin + 500, begin + 3250, rate, 1, 0]);
  assert.equal(wav.readUInt32LE(40), wav.length - 44);
});

test('a pause in the recordings is silent, and as long as it was; the jitter of arrivals is not heard', async () => {
  await record('fan-1', begin, wavOf(7, rate));
  await record('fan-1', begin + 1040, wavOf(8, rate));
  await record('fan-1', begin + 4000, wavOf(9, rate));
  const { wav } = await ask('fan-1', begin, begin + 5000);
  assert.deepEqual(runsIn(wav), [
    [7, 1000],
    [8, 1000],
    [0, 2000],
    [9, 1000],
  ]);
});

test('ten seconds at most, however much is asked for, also of recordings whose times lie too close', async () => {
  for (let i = 0; i < 12; i++) await record('lathe-1', begin + 900 * i, wavOf(6, rate));
  assert.deepEqual(runsIn((await ask('lathe-1', begin, begin + 10_000)).wav), [[6, 10 * rate]]);
  await record('press-1', begin, wavOf(5, 60 * rate));
  const { wav, to } = await ask('press-1', begin + 20_000, begin + 55_000);
  assert.deepEqual(runsIn(wav), [[5, 10 * rate]]);
  assert.equal(to, begin + 30_000);
});

test('a recording of many megabytes is read in part, and the answer stays within four', async () => {
  await record('hall', begin, wavOf(3, 20 * rate, 64).subarray());
  await record('hall', begin + 20_000, wavOf(4, 120 * rate, 64));
  const { wav, channels } = await ask('hall', begin + 60_000, begin + 70_000);
  assert.equal(channels, 64);
  assert.deepEqual(runsIn(wav), [[4, 64 * 10 * rate]]);
});

test('a recording that is gone or damaged is silence between the others, and counted', async () => {
  const gone = await record('saw-1', begin + 1000, wavOf(2, rate));
  await record('saw-1', begin, wavOf(1, rate));
  await record('saw-1', begin + 2000, Buffer.from('no sound at all, but long enough for a header of forty-four bytes'));
  await record('saw-1', begin + 3000, wavOf(4, rate));
  await bucket.delete(gone);
  const { wav, missing } = await ask('saw-1', begin, begin + 4000);
  assert.equal(missing, 2);
  assert.deepEqual(runsIn(wav), [
    [1, 1000],
    [0, 2000],
    [4, 1000],
  ]);
});

test('when all of it is gone, the error says what; when nothing was recorded, that', async () => {
  const key = await record('mill-1', begin, wavOf(1, rate), { seconds: 1 });
  await bucket.delete(key);
  await assert.rejects(ask('mill-1', begin, begin + 1000), { code: 'bucket-not-found' });
  await assert.rejects(ask('mill-1', begin + 60_000, begin + 61_000), {
    code: 'history-sound-none',
    message: /Of mill-1 \(sound\) nothing was recorded at 2026-11-01T00:01:00/,
  });
});

test('sound is of one source', async () => {
  for (const sources of ['', 'pump-*', 'pump-1, pump-2'])
    await assert.rejects(ask(sources, begin, begin + 1000), { code: 'history-sound-source' });
});
