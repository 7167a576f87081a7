import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { wavHeader } from '../../dist/kit/wav.js';
import { openFolderBucket } from '../../dist/store/bucket/folder.js';
import { type FlowNode, type Message, NodeRed } from '../support/node-red.ts';
import { pcmOf } from '../support/sound-recordings.ts';
import { atLeast, until } from '../support/until.ts';

const tab = '5bec7a1000000000';
const ids = {
  hearing: '5bec7a1000000001',
  shaking: '5bec7a1000000002',
  caught: '5bec7a1000000003',
  bucket: '5bec7a1000000007',
} as const;
const probe = (id: string, name: string): FlowNode => ({ id, type: 'test-probe', z: tab, name, wires: [] });
const flow: FlowNode[] = [
  { id: tab, type: 'tab', label: 'test' },
  {
    id: ids.hearing,
    type: 'percept-spectrogram',
    z: tab,
    preset: 'hearing',
    picture: 'axes',
    bucket: ids.bucket,
    wires: [['5bec7a1000000004']],
  },
  {
    id: ids.shaking,
    type: 'percept-spectrogram',
    z: tab,
    preset: 'vibration',
    sampleRate: '200',
    wires: [['5bec7a1000000005']],
  },
  { id: ids.bucket, type: 'percept-bucket', name: '', version: 1, folder: 'bucket' },
  { id: ids.caught, type: 'catch', z: tab, scope: null, wires: [['5bec7a1000000006']] },
  probe('5bec7a1000000004', 'heard'),
  probe('5bec7a1000000005', 'shaken'),
  probe('5bec7a1000000006', 'errors'),
];

interface Found {
  readonly shape: readonly number[];
  readonly source: string;
  readonly time: number;
  readonly data: Uint8Array;
  readonly png?: Uint8Array;
  readonly recordings?: readonly string[];
}
const foundIn = (msg: Message | undefined): Found => msg?.['spectrogram'] as Found;

let nodeRed: NodeRed;
before(async () => {
  nodeRed = await NodeRed.start({ flow });
});
after(() => nodeRed.stop());

function sound(source: string, seconds: number, time: number, tone = 440) {
  const samples = Float32Array.from(
    { length: 16_000 * seconds },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * tone * i) / 16_000),
  );
  return { ...pcmOf({ name: '', sampleRate: 16_000, channels: [samples] }), source, time };
}

test('two sources at once each have their own seconds, in order, with a picture', async () => {
  for (let i = 0; i < 4; i++) {
    for (const source of ['press', 'fan'])
      nodeRed.inject(ids.hearing, { sound: sound(source, 0.8, 800 * i), other: 'kept' });
  }
  await until(() => nodeRed.messages('heard').length === 6, { what: `spectrograms; log:\n${nodeRed.log}` });
  const of = (source: string): Found[] =>
    nodeRed
      .messages('heard')
      .map(foundIn)
      .filter((found) => found.source === source);
  for (const source of ['press', 'fan']) {
    assert.deepEqual(
      of(source).map(({ time }) => time),
      [0, 1024, 2048],
    );
    assert.deepEqual(of(source)[0]?.shape, [1, 32, 128]);
    assert.equal(of(source)[0]?.data.length, 4 * 32 * 128);
  }
  const [first] = nodeRed.messages('heard');
  assert.equal(first?.['other'], 'kept');
  assert.deepEqual([...new Uint8Array(first?.payload as Uint8Array).subarray(1, 4)], [...Buffer.from('PNG')]);
  await until(() => /^up to -\d+ dB$/.test(nodeRed.status(ids.hearing)?.text ?? ''), { what: 'the status' });
});

test('a window of numbers from an accelerometer is one spectrogram, an axis a channel', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => [Math.sin(i), Math.cos(i), 1]);
  nodeRed.inject(ids.shaking, { topic: 'fan', payload: rows });
  const msg = await until(() => nodeRed.messages('shaken')[0], { what: `the window; log:\n${nodeRed.log}` });
  assert.deepEqual(foundIn(msg).shape, [3, 3, 64]);
  assert.equal(msg.topic, 'fan');
});

test('what cannot be transformed is an error for Catch nodes, with what to do, and the next message works', async () => {
  nodeRed.inject(ids.hearing, { payload: 'no sound' });
  const values = new Float32Array(16_000).fill(Number.NaN, 5, 9);
  nodeRed.inject(ids.shaking, { topic: 'broken', payload: values });
  await until(() => nodeRed.messages('errors').length === 2, { what: 'both errors' });
  const texts = nodeRed.messages('errors').map((msg) => (msg['error'] as { message: string }).message);
  assert.ok(texts.some((text) => /holds no sound/.test(text)));
  assert.ok(texts.some((text) => /4 of 16000 samples are not numbers .* Correct the source/.test(text)));
  const first = nodeRed.messages('heard').length;
  nodeRed.inject(ids.hearing, { sound: sound('press', 1.2, 100_000) });
  await until(() => nodeRed.messages('heard').length > first);
});

test('silence and clipping are shown, and a deploy while sound comes in loses nothing else', async () => {
  const silent = { ...sound('quiet', 2, 0), samples: Buffer.alloc(4 * 32_000) };
  nodeRed.inject(ids.hearing, { sound: silent });
  await until(() => nodeRed.status(ids.hearing)?.text === 'silence');
  const loud = sound('loud', 2, 0);
  const values = new Float32Array(loud.samples.buffer, loud.samples.byteOffset, 32_000);
  const clipped = values.map((value) => Math.max(-1, Math.min(1, 6 * value)));
  nodeRed.inject(ids.hearing, { sound: { ...loud, samples: Buffer.from(clipped.buffer) } });
  await until(() => /^clipped: \d/.test(nodeRed.status(ids.hearing)?.text ?? ''));
  nodeRed.inject(ids.hearing, { sound: sound('press', 30, 0) });
  await nodeRed.deploy(flow.map((node) => (node.id === ids.hearing ? { ...node, picture: 'none' } : node)));
  const first = nodeRed.messages('heard').length;
  nodeRed.inject(ids.hearing, { sound: sound('press', 1.2, 0) });
  await until(() =>
    nodeRed
      .messages('heard')
      .slice(first)
      .some((msg) => foundIn(msg).png === undefined),
  );
});

test('pieces with gaps between them that never fill a stretch are one error with what to do, until a whole stretch comes', async () => {
  const before = nodeRed.messages('errors').length;
  for (let i = 0; i < 6; i++) nodeRed.inject(ids.hearing, { sound: sound('short', 0.5, 10_000 * i) });
  await until(() => /^1 of \d+ short$/.test(nodeRed.status(ids.hearing)?.text ?? ''));
  const errors = await atLeast(1, () => nodeRed.messages('errors').slice(before));
  assert.deepEqual(
    errors.map((msg) => (msg['error'] as { message: string }).message),
    [
      'Error: The sound of short comes in pieces of 0.5 s with gaps between them; 1.056 s in one piece are needed, so there is no spectrogram. ' +
        'Send longer pieces, or pieces without gaps whose times go on from one to the next; or set a shorter length in the ' +
        'spectrogram node (0: each message by itself).',
    ],
  );
  nodeRed.inject(ids.hearing, { sound: sound('short', 1.2, 90_000) });
  await until(() => nodeRed.status(ids.hearing)?.text === 'sound was missing');
});

test('recordings that a feed only names are read from the bucket, in the order of their rows', async () => {
  const bucket = await openFolderBucket({ path: join(nodeRed.userDir, 'bucket') });
  const rows = Array.from({ length: 6 }, (_, i) => ({
    kind: 'sound',
    source: 'lathe',
    time: 1000 * i,
    key: `lathe/${i}.wav`,
  }));
  for (const { key, time } of rows) {
    const { samples, ...pcm } = sound('lathe', 1, time);
    await bucket.put(key, Buffer.concat([wavHeader({ ...pcm, samples }), samples]));
  }
  for (const recording of rows) nodeRed.inject(ids.hearing, { topic: 'lathe/sound', payload: recording, recording });
  const heard = () => nodeRed.messages('heard').map(foundIn);
  const found = await atLeast(5, () => heard().filter(({ source }) => source === 'lathe'), { what: nodeRed.log });
  assert.deepEqual(
    found.map(({ time }) => time),
    [0, 1024, 2048, 3072, 4096],
  );
  assert.deepEqual(found[1]?.recordings, ['lathe/1.wav', 'lathe/2.wav']);
});

test('a recording that is gone, is no sound, or has no bucket to be read from is an error with what to do', async () => {
  const before = nodeRed.messages('errors').length;
  const recording = { kind: 'sound', source: 'lathe', time: 0, key: 'lathe/gone.wav' };
  nodeRed.inject(ids.hearing, { payload: recording, recording });
  nodeRed.inject(ids.shaking, { payload: recording, recording });
  nodeRed.inject(ids.hearing, { payload: recording, recording: { ...recording, kind: 'frame' } });
  await until(() => nodeRed.messages('errors').length === before + 3);
  const texts = nodeRed.messages('errors').map((msg) => (msg['error'] as { message: string }).message);
  assert.ok(texts.some((text) => /There is no lathe\/gone\.wav in the bucket/.test(text)));
  assert.ok(texts.some((text) => /no bucket is chosen here\. Open the spectrogram node/.test(text)));
  assert.ok(texts.some((text) => /is of kind frame, not sound\. Let the feed hand out/.test(text)));
});
