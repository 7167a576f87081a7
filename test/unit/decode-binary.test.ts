import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wavHeader } from '../../dist/kit/wav.js';
import { readWav } from '../../dist/sensor/decode/wav.js';
import { arrival, decoder, receivedAt, refuses } from '../support/decoding.ts';
import { jpegOf } from '../support/jpeg.ts';

const decode = decoder({ format: 'binary', topic: 'site/+source' });
const one = (payload: Buffer, more = {}) => {
  const decoded = decode(arrival('site/gate', payload, more));
  assert.deepEqual(decoded.readings, []);
  assert.equal(decoded.recordings.length, 1);
  return { ...decoded.recordings[0], repeatable: decoded.repeatable };
};

const samples = Buffer.from(Int16Array.from({ length: 800 }, (_, i) => i).buffer);
const mono = { sampleRate: 8000, channels: 1, format: 's16le', samples } as const;
const wav = Buffer.concat([wavHeader(mono), samples]);

interface PcmSketch {
  readonly version?: number;
  readonly format?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly sequence?: number;
  readonly time?: number;
}

function pcm({
  version = 1,
  format = 0,
  channels = 1,
  rate = 8000,
  sequence = 5,
  time = receivedAt,
}: PcmSketch = {}): Buffer {
  const header = Buffer.alloc(24);
  header.write('PPCM', 0, 'latin1');
  header.writeUInt8(version, 4);
  header.writeUInt8(format, 5);
  header.writeUInt16LE(channels, 6);
  header.writeUInt32LE(rate, 8);
  header.writeUInt32LE(sequence, 12);
  header.writeDoubleLE(time, 16);
  return Buffer.concat([header, samples]);
}

test('a JPEG is a frame with its size', () => {
  const jpeg = jpegOf(640, 480);
  const { recording, frame, bytes, contentType, extension, repeatable } = one(jpeg);
  assert.deepEqual([recording?.source, recording?.quantity, recording?.kind], ['gate', 'frame', 'frame']);
  assert.deepEqual(recording?.meta, { width: 640, height: 480 });
  assert.deepEqual(frame, { camera: 'gate', time: receivedAt, width: 640, height: 480, jpeg });
  assert.deepEqual([bytes, contentType, extension, repeatable], [jpeg, 'image/jpeg', 'jpg', false]);
});

test('a WAV is sound, its samples not copied', () => {
  const { recording, sound, bytes } = one(wav);
  assert.deepEqual(recording?.meta, { sampleRate: 8000, channels: 1, format: 's16le', seconds: 0.1 });
  assert.deepEqual([sound?.source, sound?.sampleRate, sound?.format, sound?.time], ['gate', 8000, 's16le', receivedAt]);
  assert.equal(sound?.samples.buffer, bytes?.buffer);
  assert.deepEqual(sound?.samples, samples);
});

for (const [format, width] of [
  ['s24le', 3],
  ['s32le', 4],
  ['f32le', 4],
] as const) {
  test(`a WAV of ${format} is read, with two channels`, () => {
    const data = Buffer.alloc(width * 2 * 10, 1);
    const head = wavHeader({ sampleRate: 48_000, channels: 2, format, samples: data });
    assert.deepEqual(readWav('w', Buffer.concat([head, data])), {
      sampleRate: 48_000,
      channels: 2,
      format,
      samples: data,
    });
  });
}

test('an extensible WAV, and chunks before the data, are read', () => {
  const format = Buffer.alloc(40);
  wav.copy(format, 0, 20, 36);
  format.writeUInt16LE(0xfffe, 0);
  format.writeUInt16LE(1, 24);
  const chunk = (id: string, body: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(id, 0, 'latin1');
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
  };
  const file = Buffer.concat([
    wav.subarray(0, 12),
    chunk('LIST', Buffer.from('odd')),
    chunk('fmt ', format),
    chunk('data', samples),
  ]);
  assert.deepEqual(readWav('w', file).samples, samples);
});

test('a WAV whose recorder did not know its length is taken to its end', () => {
  const open = Buffer.from(wav);
  open.writeUInt32LE(0xffffffff, 40);
  assert.deepEqual(readWav('w', open).samples, samples);
});

for (const [what, bend] of [
  ['is cut off', (w: Buffer) => w.subarray(0, 1000)],
  ['has no data', (w: Buffer) => w.subarray(0, 44)],
  ['has 8 bits', (w: Buffer) => w.fill(8, 34, 35)],
  ['has no channels', (w: Buffer) => w.fill(0, 22, 24)],
  ['has no rate', (w: Buffer) => w.fill(0, 24, 28)],
  ['has a format unheard of', (w: Buffer) => w.fill(7, 20, 21)],
] as const) {
  test(`a WAV that ${what} is refused`, () => {
    refuses(() => one(bend(Buffer.from(wav))), 'decode-wav', /gate/);
  });
}

test('PCM with a header brings its time and sequence, and is kept as WAV', () => {
  const { recording, sound, bytes, extension, repeatable } = one(pcm());
  assert.deepEqual([recording?.time, recording?.sequence, recording?.clock, repeatable], [receivedAt, 5, 'ok', true]);
  assert.deepEqual(sound?.samples, samples);
  assert.equal(extension, 'wav');
  assert.deepEqual(readWav('w', bytes as Buffer).samples, samples);
});

test('PCM of a device that does not know the time is of now', () => {
  const { recording } = one(pcm({ time: 0 }));
  assert.deepEqual([recording?.time, recording?.clock], [receivedAt, 'none']);
});

for (const [what, sketch] of [
  ['of a version to come', { version: 2 }],
  ['of an unknown format', { format: 9 }],
  ['without channels', { channels: 0 }],
  ['with a rate of zero', { rate: 0 }],
  ['that is not a whole number of samples', { format: 1, channels: 7 }],
] as const) {
  test(`PCM ${what} is refused`, () => refuses(() => one(pcm(sketch)), 'decode-pcm', /gate/));
}

test('PCM from 1970 is refused', () => refuses(() => one(pcm({ time: 5000 })), 'decode-time', /1970/));

test('a JPEG that is cut off or has no size is refused', () => {
  refuses(() => one(jpegOf(640, 480).subarray(0, -2)), 'decode-jpeg', /end is missing/);
  refuses(() => one(jpegOf(0, 480)), 'decode-jpeg', /frame header/);
  refuses(() => one(Buffer.from([0xff, 0xd8, 0xff, 0xd9])), 'decode-jpeg');
});

test('padding behind a picture is no harm', () => {
  assert.equal(one(Buffer.concat([jpegOf(8, 8), Buffer.alloc(100)])).frame?.width, 8);
});

test('a time in the user properties makes a picture repeatable', () => {
  const properties = { userProperties: { time: String(receivedAt - 50), sequence: '3' } };
  const { recording, frame, repeatable } = one(jpegOf(8, 8), { properties });
  assert.deepEqual(
    [recording?.time, recording?.sequence, frame?.time, repeatable],
    [receivedAt - 50, 3, receivedAt - 50, true],
  );
});

test('two pictures without a time in one millisecond are both kept', () => {
  assert.notEqual(one(jpegOf(8, 8)).recording?.sequence, one(jpegOf(8, 8)).recording?.sequence);
});

test('unknown bytes are refused, unless the node keeps any', () => {
  const bytes = Buffer.from('what is this');
  refuses(() => one(bytes), 'decode-binary');
  const any = decoder({ format: 'binary', anyBinary: true });
  const [kept] = any(arrival('lab/probe', bytes, { properties: { contentType: 'text/x' } })).recordings;
  assert.deepEqual(
    [kept?.recording.kind, kept?.recording.source, kept?.contentType, kept?.bytes],
    ['binary', 'lab/probe', 'text/x', bytes],
  );
});

test('a picture of 17 MB is refused, one of 10 MB is not', () => {
  const padded = (length: number) => {
    const jpeg = jpegOf(8, 8);
    return Buffer.concat([jpeg.subarray(0, -2), Buffer.alloc(length), jpeg.subarray(-2)]);
  };
  refuses(() => one(padded(17 * 1024 * 1024)), 'decode-too-large');
  assert.equal(one(padded(10_000_000)).frame?.width, 8);
});
