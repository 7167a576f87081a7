import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { openModels } from '../../dist/inference/registry.js';
import type { Places } from '../../dist/sound/learn/gather.js';
import { errorsOf } from '../../dist/sound/learn/network.js';
import { nameOf } from '../../dist/sound/learn/shelf.js';
import { networkPicture } from '../../dist/sound/network-input.js';
import { presets } from '../../dist/sound/presets.js';
import { Spectrograms } from '../../dist/sound/spectrogram.js';
import { bucketError } from '../../dist/store/bucket/errors.js';
import { Classroom, openShed, record, type Shed } from '../support/learn-machine.ts';
import { temporaryFolder } from '../support/models.ts';
import { type Condition, Machine, sampleRate } from '../support/sound-machine.ts';
import { pcmOf } from '../support/sound-recordings.ts';
import { until } from '../support/until.ts';

const t0 = Date.UTC(2026, 10, 21, 8);
/** From here on the fan whistles. */
const broken = t0 + 110_000;
let shed: Shed;
let clean = (): void => undefined;
before(async () => {
  const folder = temporaryFolder({ after: (end) => (clean = end) });
  shed = await openShed(folder);
  const fan = new Machine(1);
  const end = await record(shed, fan, { source: 'fan', from: t0, seconds: 110 });
  assert.equal(end, broken);
  await record(shed, fan, { source: 'fan', from: end, seconds: 20, condition: { whistle: 0.05 } });
  const mixed = { source: 'mixed', from: t0, seconds: 40 };
  await record(shed, new Machine(2), {
    ...mixed,
    bytes: (wav, i) => (i === 1 ? wav.subarray(0, 5000) : i === 2 ? undefined : wav),
  });
  await record(shed, new Machine(2), { ...mixed, from: t0 - 100_000, rate: 8000 });
  await record(shed, new Machine(3), { source: 'young', from: t0, seconds: 10 });
});
after(async () => {
  await shed.close();
  clean();
});

function classroom(
  t: TestContext,
  places: Partial<Places> = {},
  { folder = temporaryFolder(t), checkpointMs = 60_000 }: { folder?: string; checkpointMs?: number } = {},
): Classroom {
  const room = new Classroom(folder, { ...shed, ...places }, { checkpointMs });
  t.after(() => room.learner.close(false));
  return room;
}

test('a learned normal goes live, with how much it was learned from', async (t) => {
  const room = classroom(t);
  await room.start('fan', { until: t0 + 60_000 });
  const ready = await room.state('fan', 'ready');
  assert.deepEqual(room.went, ['fan 1']);
  const [version] = ready.versions;
  assert.deepEqual([version?.kind, version?.live, version?.scores['stretches']], ['normal', true, 58]);
  assert.deepEqual(await room.jobs.all(() => undefined), []);
});

test('a network that learned to repeat what is normal stays under its threshold with that, and not with a whistle', async (t) => {
  const folder = temporaryFolder(t);
  const room = classroom(t, {}, { folder });
  await room.start('fan', { kind: 'autoencoder', until: broken, epochs: 15 });
  const { loss = [], validation = [], versions } = await room.state('fan', 'ready');
  assert.equal(loss.length, validation.length);
  assert.ok((loss.at(-1) ?? 1) < 0.2 * (loss[0] ?? 0), `${loss}`);
  const model = await openModels({ folder: join(folder, 'models') }).find(nameOf('fan', 'sound'));
  assert.deepEqual(model.card.input.sound, { sampleRate, window: 0.064, hop: 0.016, scale: 'mel' });
  assert.equal(model.card.threshold.toPrecision(4), versions[0]?.scores['threshold']?.toPrecision(4));
  const pictures = await Promise.all([{}, { whistle: 0.05 }].map(pictureOf));
  const x = new Float32Array(pictures.flatMap((picture) => [...picture]));
  const errors = await errorsOf(model.card, await model.bytes(), { x, count: 2, held: 2 });
  assert.ok((errors[0] ?? 9) < 1.5 * model.card.threshold, `${errors}, ${model.card.threshold}`);
  assert.ok((errors[1] ?? 0) > 2 * model.card.threshold, `${errors}, ${model.card.threshold}`);
});

/** Of the same machine, later. */
async function pictureOf(condition: Condition): Promise<Float32Array> {
  const machine = new Machine(1);
  machine.samples(sampleRate);
  const length = Math.round(1.024 * sampleRate) + 0.048 * sampleRate;
  const pcm = pcmOf({ name: '', sampleRate, channels: [machine.samples(length, condition)] });
  return networkPicture(await new Spectrograms().of(pcm, presets.picture));
}

test('too little for a network is told, with what it takes', async (t) => {
  const room = classroom(t);
  await room.start('fan', { kind: 'autoencoder', until: t0 + 60_000 });
  const { reason = '' } = await room.state('fan', 'failed');
  assert.match(reason, /fan has 58 stretches .* at least 100 are needed/);
});

test('what is missing, damaged or of another form is left out, and told', async (t) => {
  const room = classroom(t);
  await room.start('mixed');
  const failed = await room.state('mixed', 'ready');
  assert.match(
    failed.reason ?? '',
    /1 that are not in the bucket, 1 damaged recordings, \d+ stretches of another form \(16000 Hz/,
  );
});

test('too little says how much there is, what it takes, and what to do; what is in use stays', async (t) => {
  const room = classroom(t);
  await room.start('young');
  const { reason = '', versions } = await room.state('young', 'failed');
  assert.match(reason, /young has 9 stretches that can be learned from, 0\.2 min; at least 20 are needed/);
  assert.match(reason, /Let it run normally for longer/);
  assert.deepEqual(versions, []);
});

test('a source that does not exist is named beside those that do; a time without recordings beside the newest', async (t) => {
  const room = classroom(t);
  await assert.rejects(room.start('fun'), {
    code: 'learn-unknown-source',
    message: /\(fan: sound, mixed: sound, young/,
  });
  await room.start('fan', { since: t0 - 9e6, until: t0 - 8e6 });
  const { reason = '' } = await room.state('fan', 'failed', 1);
  assert.match(reason, /no recording of fan from .*; the newest is of 2026-11-21T08:02:00/);
});

test('labels that are too short are named with what they have', async (t) => {
  const room = classroom(t);
  const labels = [
    { since: t0, until: broken, condition: 'normal' },
    { since: broken, until: broken + 5000, condition: 'whistle' },
  ];
  await room.start('fan', { kind: 'vgg', labels });
  const { reason = '' } = await room.state('fan', 'failed');
  assert.match(reason, /Of whistle there are 4 stretches of fan; at least 10 are needed/);
});

/** A training that takes a while. */
const training = { kind: 'autoencoder', until: broken, epochs: 10_000 } as const;

test('one source is learned once at a time; others wait for their turn, and are told for whom', async (t) => {
  const room = classroom(t);
  const [first, second] = await Promise.allSettled([room.start('fan', training), room.start('fan', training)]);
  assert.equal(first.status, 'fulfilled');
  assert.equal((second as PromiseRejectedResult).reason.code, 'learn-busy');
  await room.start('young');
  assert.equal((await room.state('young', 'gathering')).reason, 'Waits until fan has been learned.');
  await room.learner.cancel('fan');
  await room.state('fan', 'cancelled');
  await room.state('young', 'failed');
});

test('a learning can be called off while it waits, reads and trains; nothing of it is left', async (t) => {
  const room = classroom(t);
  await room.start('fan', training);
  await room.start('mixed');
  await room.learner.cancel('mixed');
  await room.state('mixed', 'cancelled');
  await room.learner.cancel('fan');
  await room.state('fan', 'cancelled');
  const told = room.told.length;
  await room.start('fan', training);
  await room.state('fan', 'training', told);
  await room.learner.cancel('fan');
  await room.state('fan', 'cancelled', told);
  assert.deepEqual(await room.jobs.all(() => undefined), []);
  assert.equal(existsSync(room.jobs.checkpoint('fan')), false);
  assert.deepEqual(await room.shelf.versions('fan'), []);
  await assert.rejects(room.learner.cancel('fan'), { code: 'learn-not-running' });
});

test('a training that was paused or whose node was deployed again goes on from where it was', async (t) => {
  const folder = temporaryFolder(t);
  const rooms = [0, 1, 2].map(() => classroom(t, {}, { folder }));
  const [first, second, third] = rooms as [Classroom, Classroom, Classroom];
  await first.start('fan', training);
  const before = await until(() => first.told.find(({ epoch = 0 }) => epoch > 1), { ms: 150_000 });
  await first.learner.pause('fan');
  await first.state('fan', 'paused');
  await first.learner.close(false);

  await second.learner.open();
  await second.learner.tell('fan', 'normal');
  assert.deepEqual(
    second.told.map(({ state, kind }) => [state, kind]),
    [
      ['paused', 'autoencoder'],
      ['paused', 'autoencoder'],
    ],
  );
  await second.learner.resume('fan');
  const resumed = await second.state('fan', 'training');
  assert.ok((resumed.epoch ?? 0) >= (before.epoch ?? 0), `${resumed.epoch}`);
  assert.match((await second.state('fan', 'gathering')).reason ?? '', /Goes on from where it was stopped/);
  await second.learner.close(false);

  await third.learner.open();
  const again = await third.state('fan', 'training');
  assert.ok((again.epoch ?? 0) >= (resumed.epoch ?? 0), `${again.epoch}`);
  // a node that is deleted leaves nothing to go on with
  await third.learner.close(true);
  assert.equal(existsSync(join(folder, 'learn')), false);
});

test('a bucket that is away fails it with the reason; after a restart it is asked again until it is there', async (t) => {
  const folder = temporaryFolder(t);
  let away = true;
  const bucket: Places['bucket'] = {
    get: (key) =>
      away ? Promise.reject(bucketError('bucket-unreachable', { bucket: 'far', detail: 'no' })) : shed.bucket.get(key),
  };
  const room = classroom(t, { bucket }, { folder });
  await room.start('fan', { until: t0 + 60_000 });
  await room.state('fan', 'failed');
  await room.learner.resume('fan');
  const waits = await until(() => room.told.find(({ reason }) => /Tries again in/.test(reason ?? '')));
  assert.equal(waits.state, 'gathering');
  away = false;
  await room.state('fan', 'ready');
});

test('no room for a checkpoint is told with its place; what was learned before goes on with room', async (t) => {
  const folder = temporaryFolder(t);
  const room = classroom(t, {}, { folder, checkpointMs: 100 });
  // nobody can write where a folder lies
  mkdirSync(`${room.jobs.checkpoint('fan')}.part`, { recursive: true });
  await room.start('fan', training);
  const { reason = '' } = await room.state('fan', 'failed');
  assert.match(reason, /checkpoint .* cannot be written: EISDIR/);
  rmSync(`${room.jobs.checkpoint('fan')}.part`, { recursive: true });
  const told = room.told.length;
  await room.learner.resume('fan');
  await room.state('fan', 'training', told);
  await room.learner.cancel('fan');
  await room.state('fan', 'cancelled', told);
});

test('where not even a pause can be kept it is told, and the next one is learned', async (t) => {
  const folder = temporaryFolder(t);
  const room = classroom(t, {}, { folder });
  await room.start('fan', training);
  await room.start('young');
  await room.state('fan', 'training');
  rmSync(join(folder, 'learn'), { recursive: true });
  writeFileSync(join(folder, 'learn'), 'a file where a folder should be');
  await room.learner.pause('fan');
  await until(() => room.problems.some(({ code }) => code === 'training-no-room'));
  await room.state('young', 'failed');
});

test('a job file that is damaged is set aside and told; the others go on', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'learn'));
  writeFileSync(join(folder, 'learn', 'x.json'), '{"format": 1');
  const room = classroom(t, {}, { folder });
  await room.learner.open();
  assert.deepEqual(
    room.problems.map(({ code }) => code),
    ['learn-job'],
  );
  assert.deepEqual(readdirSync(join(folder, 'learn')), ['x.json.damaged']);
});
