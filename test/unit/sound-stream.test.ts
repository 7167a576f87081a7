import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import type { Message, Sound } from '../../dist/kit/index.js';
import { type Pcm, wavHeader } from '../../dist/kit/wav.js';
import { incomingOf } from '../../dist/sound/incoming.js';
import { pictureOf } from '../../dist/sound/picture.js';
import { type Preset, presets } from '../../dist/sound/presets.js';
import { channelsOf, qualityOf } from '../../dist/sound/samples.js';
import { Sources } from '../../dist/sound/spectrogram/sources.js';
import { Spectrograms } from '../../dist/sound/spectrogram.js';
import { Stream } from '../../dist/sound/stream.js';
import { parkMiller, referenceSound } from '../support/sound-signals.ts';

const raw = { sampleRate: 16_000, channels: 1, format: 's16le', source: '' } as const;
const spectrograms = new Spectrograms();

function pcmOf(samples: Float32Array, more: Partial<Pcm> = {}): Pcm {
  return {
    sampleRate: 16_000,
    channels: 1,
    format: 'f32le',
    samples: Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength),
    ...more,
  };
}

async function levelsOf(pcm: Pcm, settings: Preset = presets.hearing): Promise<number[]> {
  const { data, shape } = await spectrograms.of(pcm, settings);
  return Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => data.readFloatLE(4 * i));
}

const messageOf = (more: object): Message => more as Message;

test('windows go on over the borders of messages, whatever their length, as if there were none', async () => {
  const sound = referenceSound(70_000);
  const random = parkMiller(4);
  const stream = new Stream(presets.hearing);
  const found: number[] = [];
  const times: number[] = [];
  for (let at = 0; at < sound.length; ) {
    const length = Math.min(sound.length - at, Math.round(3000 + 2900 * random()));
    const { stretches, broken } = stream.push(pcmOf(sound.slice(at, at + length)), 5000 + at / 16);
    assert.equal(broken, false);
    for (const { pcm, time } of stretches) {
      found.push(...(await levelsOf(pcm)));
      times.push(time);
    }
    at += length;
  }
  const whole = await levelsOf(pcmOf(sound));
  assert.deepEqual(times, [5000, 6024, 7048, 8072]);
  assert.equal(found.length, 4 * 32 * 128);
  assert.deepEqual(found, whole.slice(0, found.length));
});

test('missing sound, another rate or another number of channels begins anew, jitter of the times does not', () => {
  const second = pcmOf(new Float32Array(16_000));
  const pushed = (later: Pcm, time: number): [number, boolean] => {
    const stream = new Stream(presets.hearing);
    stream.push(second, 0);
    const { stretches, broken } = stream.push(later, time);
    return [stretches.length, broken];
  };
  assert.deepEqual(pushed(second, 1300), [1, false]);
  assert.deepEqual(pushed(second, 3000), [0, true]);
  assert.deepEqual(pushed({ ...second, sampleRate: 8000 }, 1000), [1, true]);
  assert.deepEqual(pushed({ ...second, channels: 2 }, 1000), [0, true]);
});

test('pieces that never fill a stretch are told as such, a single one is not, and a whole stretch ends it', () => {
  const stream = new Stream(presets.hearing);
  const half = pcmOf(new Float32Array(8000));
  const [first, second, third] = [0, 2000, 4000].map((time) => stream.push(half, time));
  assert.deepEqual([first?.short, second?.short], [undefined, undefined]);
  assert.deepEqual(third?.short, { found: 0.5, needed: 1.056 });
  const whole = stream.push(pcmOf(new Float32Array(20_000)), 9000);
  assert.deepEqual([whole.stretches.length, whole.short], [1, undefined]);
});

test('a rest that is left out after whole stretches is not too short', () => {
  const stream = new Stream(presets.hearing);
  const long = pcmOf(new Float32Array(20_000));
  const pushed = [0, 5000, 10_000, 15_000].map((time) => stream.push(long, time));
  assert.ok(pushed.every(({ wasted, short }) => !wasted && short === undefined));
});

test('a source is told once that its pieces are too short, also on a line that gives a stretch now and then', () => {
  let now = 0;
  const sources = new Sources(presets.hearing, () => now);
  const told: number[] = [];
  let time = 0;
  const push = (seconds: number): void => {
    if (sources.push('fan', pcmOf(new Float32Array(16_000 * seconds)), time).tell) told.push(time);
    time += 60_000;
  };
  for (let i = 0; i < 10; i++) push(i === 5 ? 2 : 0.5);
  assert.deepEqual(told, [120_000]);
  sources.push('pump', pcmOf(new Float32Array(32_000)), 0);
  assert.deepEqual(sources.short, { count: 1, all: 2 });
  push(12);
  assert.deepEqual(sources.short, { count: 0, all: 2 });
  for (let i = 0; i < 4; i++) push(0.5);
  assert.equal(told.length, 2);
  now = 2 * 3_600_000;
  assert.deepEqual(sources.short, { count: 0, all: 0 });
});

test('sound that is played faster than it was recorded is whole; one that begins again is another', () => {
  const stream = new Stream(presets.hearing);
  const second = pcmOf(new Float32Array(16_000));
  const pushed = [0, 50, 100, 150].map((time) => stream.push(second, time));
  assert.deepEqual(
    pushed.map(({ stretches, broken }) => [stretches.length, broken]),
    [
      [0, false],
      [1, false],
      [1, false],
      [1, false],
    ],
  );
  assert.equal(stream.push(second, 0).broken, true);
});

test('a stretch knows the recordings that it is of, also those that it only begins or ends in', () => {
  const stream = new Stream(presets.hearing);
  const second = pcmOf(new Float32Array(16_000));
  const of = [0, 1, 2, 3].map((i) => stream.push(second, 1000 * i, `${i}.wav`).stretches.map((one) => one.recordings));
  assert.deepEqual(of, [[], [['0.wav', '1.wav']], [['1.wav', '2.wav']], [['2.wav', '3.wav']]]);
  const [alone] = new Stream(presets.vibration).push(second, 0, 'a.wav').stretches;
  assert.deepEqual(alone?.recordings, ['a.wav']);
  const unknown = new Stream(presets.hearing);
  assert.deepEqual(unknown.push(pcmOf(new Float32Array(32_000)), 0).stretches[0]?.recordings, []);
});

test('with no length each message is one by itself', () => {
  const stream = new Stream(presets.vibration);
  const window = pcmOf(new Float32Array(600), { sampleRate: 200, channels: 3 });
  assert.equal(stream.push(window, 0).stretches.length, 1);
  assert.equal(stream.push(window, 10).stretches.length, 1);
  assert.equal(stream.push(pcmOf(new Float32Array(30), { sampleRate: 200, channels: 3 }), 10).stretches.length, 0);
});

test('16, 24 and 32 bit and float are the same sound', () => {
  const values = [0, 0.5, -0.5, -1, 0.25];
  const bytes = (width: number, write: (buffer: Buffer, value: number, at: number) => void): Buffer => {
    const buffer = Buffer.alloc(width * values.length);
    for (const [i, value] of values.entries()) write(buffer, value, width * i);
    return buffer;
  };
  const each: readonly [Sound['format'], Buffer][] = [
    ['s16le', bytes(2, (b, v, at) => b.writeInt16LE(v * 2 ** 15, at))],
    ['s24le', bytes(3, (b, v, at) => b.writeIntLE(v * 2 ** 23, at, 3))],
    ['s32le', bytes(4, (b, v, at) => b.writeInt32LE(v * 2 ** 31, at))],
    ['f32le', bytes(4, (b, v, at) => b.writeFloatLE(v, at))],
  ];
  for (const [format, samples] of each) {
    // at an odd address, too: a view of a message begins anywhere
    const moved = Buffer.concat([Buffer.alloc(1), samples]).subarray(1);
    assert.deepEqual([...(channelsOf(pcmOf(new Float32Array(), { format, samples: moved }))[0] ?? [])], values);
  }
});

test('sound comes as msg.sound, as WAV, as bare PCM or as numbers in three forms', () => {
  const samples = Buffer.alloc(400);
  const pcm: Pcm = { sampleRate: 8000, channels: 1, format: 's16le', samples };
  const wav = Buffer.concat([wavHeader(pcm), samples]);
  const sound = { ...pcm, source: 'fan', time: 17 };
  assert.deepEqual(incomingOf(messageOf({ sound, payload: 1 }), raw, 0), { source: 'fan', time: 17, pcm });
  assert.equal(incomingOf(messageOf({ payload: wav, topic: 'a' }), raw, 0).pcm.sampleRate, 8000);
  assert.equal(incomingOf(messageOf({ payload: wav, topic: 'a' }), raw, 1000).time, 975);
  assert.equal(incomingOf(messageOf({ payload: samples }), raw, 0).source, 'sound');
  const xyz = [1, 2, 3, 4, 5].map((i) => [i, 10 * i, 100 * i]);
  const axes = { x: [1, 2, 3, 4, 5], y: [10, 20, 30, 40, 50], z: [100, 200, 300, 400, 500] };
  for (const payload of [xyz, axes, Object.values(axes)]) {
    const { pcm: found } = incomingOf(messageOf({ payload }), raw, 0);
    assert.deepEqual(
      channelsOf(found).map((channel) => [...channel]),
      Object.values(axes),
    );
  }
  assert.equal(incomingOf(messageOf({ payload: [1, 2, 3] }), raw, 0).pcm.channels, 1);
});

test('what is no sound, cut off, uneven or not a number is refused with what to do', () => {
  const wav = Buffer.concat([
    wavHeader({ sampleRate: 8000, channels: 1, format: 's16le', samples: Buffer.alloc(400) }),
    Buffer.alloc(100),
  ]);
  const refusals: readonly [unknown, RegExp][] = [
    ['text', /neither msg.sound nor/],
    [{}, /neither/],
    [[], /neither/],
    [wav, /300 of its 400 bytes are missing\. Record it again/],
    [Buffer.alloc(0), /holds no sound/],
    [Buffer.alloc(3), /3 bytes are not whole samples of 2/],
    [{ x: [1, 2], y: [1] }, /different numbers of values: 2, 1/],
  ];
  for (const [payload, message] of refusals)
    assert.throws(() => incomingOf(messageOf({ payload }), raw, 0), { message });
  const numbers = incomingOf(messageOf({ payload: [1, Number.NaN, Number.POSITIVE_INFINITY] }), raw, 0);
  assert.throws(() => channelsOf(numbers.pcm), { message: /2 of 3 samples are not numbers/ });
});

test('silence, clipping and a constant offset are told', () => {
  const of = (value: (i: number) => number) => qualityOf([Float32Array.from({ length: 8000 }, (_, i) => value(i))]);
  assert.deepEqual(
    of(() => 0),
    { rms: 0, mean: 0, clipped: 0 },
  );
  const offset = of(() => 0.25);
  assert.deepEqual([offset.rms, offset.mean], [0, 0.25]);
  assert.ok(of((i) => Math.max(-1, Math.min(1, 2 * Math.sin(i / 9)))).clipped > 0.5);
  // an accelerometer's numbers have no full scale
  assert.equal(of((i) => 3 * Math.sin(i / 9)).clipped, 0);
});

test('a second microphone takes away what both hear, and leaves what only the first does', async () => {
  const noise = parkMiller(8);
  const room = Float32Array.from({ length: 17_000 }, noise);
  const both = new Float32Array(2 * 16_896);
  for (let i = 0; i < 16_896; i++) {
    both[2 * i] = 0.02 * Math.sin((2 * Math.PI * 2000 * i) / 16_000) + 0.3 * (room[i + 40] ?? 0);
    both[2 * i + 1] = 0.5 * (room[i + 43] ?? 0);
  }
  const settings = { ...presets.hearing, scale: 'linear', bands: 0 } as const;
  const meanOf = async (use: 'cancel' | 'each', bin: number): Promise<number> => {
    const { data, shape } = await spectrograms.of(pcmOf(both, { channels: 2 }), { ...settings, use });
    const [, frames, bands] = shape;
    return (
      Array.from({ length: frames }, (_, i) => data.readFloatLE(4 * (i * bands + bin))).reduce((a, b) => a + b) / frames
    );
  };
  const tone = 128;
  assert.ok((await meanOf('each', 300)) - (await meanOf('cancel', 300)) > 12);
  assert.ok(Math.abs((await meanOf('cancel', tone)) + 37) < 1);
});

test('a picture is a PNG of a band and a window a pixel, low at the bottom, or larger with axes', async () => {
  const tone = Float32Array.from({ length: 17_000 }, (_, i) => Math.sin((2 * Math.PI * 300 * i) / 16_000));
  const analysed = await spectrograms.of(pcmOf(tone), presets.picture);
  assert.deepEqual(analysed.shape.slice(1), [63, 48]);
  const plain = pictureOf(analysed, { style: 'plain', depth: 60 });
  assert.deepEqual([plain.readUInt32BE(16), plain.readUInt32BE(20)], [63, 48]);
  const pixels = inflateSync(plain.subarray(plain.indexOf('IDAT') + 4));
  const light = (y: number): number => pixels[y * (1 + 3 * 63) + 1 + 3 * 20] ?? 0;
  assert.ok(light(40) > light(5));
  const large = pictureOf(analysed, { style: 'axes', depth: 60 });
  assert.ok(large.readUInt32BE(16) > 400 && large.readUInt32BE(20) > 200);
});
