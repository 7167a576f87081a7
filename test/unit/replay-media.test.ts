import assert from 'node:assert/strict';
import { copyFileSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Frame, Sound } from '../../dist/kit/index.js';
import { wavHeader } from '../../dist/kit/wav.js';
import { readWav } from '../../dist/sensor/decode/wav.js';
import { frameRecording } from '../../dist/sensor/replay/frames.js';
import { soundRecording } from '../../dist/sensor/replay/sounds.js';
import { dataFolder } from '../support/data.ts';
import { jpegOf } from '../support/jpeg.ts';
import { needs } from '../support/needs.ts';
import { bads, folderOf, itemsOf, messagesOf, playables } from '../support/recording.ts';

function wav(seconds: number, sampleRate = 8000): Buffer {
  const samples = Buffer.alloc(seconds * sampleRate * 2);
  for (let i = 0; i < samples.length / 2; i++) samples.writeInt16LE(i % 30_000, i * 2);
  return Buffer.concat([wavHeader({ sampleRate, channels: 1, format: 's16le', samples }), samples]);
}

test('a WAV file is played in stretches, each a WAV of its own, and all of it', async (t) => {
  const whole = wav(2.5);
  const folder = folderOf(t, { 'fan.wav': whole });
  const items = await itemsOf(soundRecording({ path: folder, prefix: 'hall', source: '', chunkSeconds: 1 }));
  assert.deepEqual(
    playables(items).map(({ length }) => length),
    [1000, 1000, 500],
  );
  const messages = playables(items).flatMap((item, i) => item.messages(1000 * i));
  const sounds = messages.map((m) => m['sound'] as Sound);
  assert.deepEqual(
    sounds.map(({ source, sampleRate, time }) => [source, sampleRate, time]),
    [
      ['fan', 8000, 0],
      ['fan', 8000, 1000],
      ['fan', 8000, 2000],
    ],
  );
  assert.deepEqual(Buffer.concat(sounds.map(({ samples }) => samples)), readWav('', whole).samples);
  assert.equal(messages[0]?.topic, 'hall/fan');
  assert.deepEqual(readWav('', messages[2]?.payload as Buffer).samples, sounds[2]?.samples);
});

test('a broken WAV is reported and the next one played', async (t) => {
  const folder = folderOf(t, { '1.wav': 'RIFFxxxxWAVE', '2.wav': wav(1).subarray(0, 9000), '3.wav': wav(1) });
  const items = await itemsOf(soundRecording({ path: folder, prefix: '', source: 'm', chunkSeconds: 1 }));
  assert.deepEqual(
    bads(items).map(({ file }) => file),
    [join(folder, '1.wav'), join(folder, '2.wav')],
  );
  assert.match(bads(items)[1]?.problem ?? '', /missing/);
  assert.equal(playables(items).length, 1);
});

test('real flights are played whole', { skip: needs('data') }, async (t) => {
  const folder = join(dataFolder() ?? '', 'sound');
  const files = globSync('**/*.wav', { cwd: folder }).sort().slice(0, 3);
  const copies = folderOf(t, {});
  for (const [i, file] of files.entries()) copyFileSync(join(folder, file), join(copies, `${i}.wav`));
  const items = await itemsOf(soundRecording({ path: copies, prefix: '', source: '', chunkSeconds: 1 }));
  assert.deepEqual(bads(items), []);
  assert.ok(playables(items).length >= 3);
});

test('pictures are played in the order of their names, with their size', async (t) => {
  const folder = folderOf(t, {
    'gate/2.jpg': jpegOf(320, 240),
    'gate/10.jpg': jpegOf(640, 480),
    'gate/3.jpg': Buffer.from('no picture'),
  });
  const items = await itemsOf(frameRecording({ path: folder, prefix: 'cams', source: '' }));
  const frames = messagesOf(items).map((m) => m['frame'] as Frame);
  assert.deepEqual(
    frames.map(({ camera, width, height }) => [camera, width, height]),
    [
      ['gate', 320, 240],
      ['gate', 640, 480],
    ],
  );
  assert.deepEqual(
    bads(items).map(({ file }) => file),
    [join(folder, 'gate/3.jpg')],
  );
  assert.equal(messagesOf(items)[0]?.topic, 'cams/gate');
});
