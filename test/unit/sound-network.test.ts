import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Card } from '../../dist/inference/card.js';
import { ModelHost } from '../../dist/inference/host.js';
import { folderPlace } from '../../dist/inference/place.js';
import { Models } from '../../dist/inference/registry.js';
import { type Spectrogram, setLanguage } from '../../dist/kit/index.js';
import { sharesOf, toldBy } from '../../dist/sound/network/classes.js';
import { inWords } from '../../dist/sound/network/conditions.js';
import { networkJudge } from '../../dist/sound/network/judge.js';
import { type ModelName, Network } from '../../dist/sound/network/network.js';
import { picturesOf } from '../../dist/sound/network/pictures.js';
import { cardFor, temporaryFolder, tinyModel } from '../support/models.ts';
import { Machine, spectrogramsOf } from '../support/sound-machine.ts';
import { publishFaults, publishRepeater } from '../support/sound-networks.ts';

const host = new ModelHost({ lingerMs: 0 });
after(() => host.close());

function networkOf(t: { after: (clean: () => Promise<void>) => void }, models: Models, wanted: ModelName): Network {
  const network = new Network(models, wanted, () => undefined, host);
  t.after(() => network.close());
  return network;
}

const stretches = (machine: Machine, count: number, whistle = 0): Promise<Spectrogram[]> =>
  spectrogramsOf(machine, count, 0, { whistle }, 'picture');
const one = async (): Promise<Spectrogram> => (await stretches(new Machine(31), 1))[0] as Spectrogram;

test('a network that was trained here says which condition and how sure, in words', async (t) => {
  const judge = networkJudge(networkOf(t, await publishFaults(temporaryFolder(t)), { name: 'faults' }));
  const machine = new Machine(32);
  for (const stretch of await stretches(machine, 4)) {
    const { score, condition, sure, rule } = await judge.judge(stretch);
    assert.ok(score < rule.threshold, `${score}`);
    assert.equal(condition, 'normal');
    assert.ok(Math.abs((sure ?? 0) - (1 - score)) < 1e-6);
  }
  for (const stretch of await stretches(machine, 4, 0.05)) {
    const { score, condition, rule, reasons } = await judge.judge(stretch);
    assert.ok(score > rule.threshold, `${score}`);
    assert.equal(condition, 'bearing-outer');
    assert.match(reasons()[0] ?? '', /^Outer race of a bearing, \d+ % sure\.$/);
  }
});

test('one that repeats what it knows scores by its error, and says which band it did not expect', async (t) => {
  const judge = networkJudge(networkOf(t, await publishRepeater(temporaryFolder(t)), { name: 'repeater' }));
  const machine = new Machine(33);
  const [usual] = await stretches(machine, 1);
  const [odd] = await stretches(machine, 1, 0.05);
  const normal = await judge.judge(usual as Spectrogram);
  const strange = await judge.judge(odd as Spectrogram);
  assert.ok(strange.score > 1.3 * normal.score, `${strange.score} ${normal.score}`);
  assert.equal(strange.rule.threshold, 1);
  assert.ok(
    strange.reasons().some((reason) => /2(\.\d)?( – 2\.\d)? kHz is \d+ dB louder than the network/.test(reason)),
  );
});

test('shares are what the card says that the outputs are', () => {
  assert.deepEqual(sharesOf([0.75, -0.1, 0.25], 'none'), [0.75, 0, 0.25]);
  assert.deepEqual(sharesOf([-1, -1], 'none'), [0.5, 0.5]);
  assert.deepEqual(sharesOf([1000, 1000], 'softmax'), [0.5, 0.5]);
  assert.deepEqual(sharesOf([0, 0], 'sigmoid'), [0.5, 0.5]);
});

test('what is likely beside the first is told too; standing still is no fault; labels of others stay as they are', () => {
  const labels = ['normal', 'cavitation', 'off', 'fault_7'];
  const both = toldBy([0.2, 0.5, 0, 0.3], { labels });
  assert.deepEqual([both.score, both.condition, both.sure], [0.8, 'cavitation', 0.5]);
  assert.deepEqual(both.reasons(), ['Cavitation, 50 % sure.', 'Or fault_7, 30 %.']);
  assert.equal(toldBy([0.1, 0, 0.9, 0], { labels }).isOff, true);
  assert.equal(toldBy([0.3, 0.7], { labels: ['hiss', 'knock'] }).score, 0.7);
  setLanguage('ko');
  try {
    assert.deepEqual(toldBy([0.2, 0.8], { labels: ['normal', 'bearing-outer'] }).reasons(), [
      '베어링 외륜 결함, 확신도 80 %.',
    ]);
    assert.equal(inWords('hum'), '전기적 험');
  } finally {
    setLanguage('en');
  }
});

const cardLike = (input: Partial<Card['input']>): Card =>
  cardFor(tinyModel(), { input: { shape: [1, 1, 48, 64], layout: 'NCHW', mean: [0], scale: [1], ...input } });

test('a stretch is laid out as the card says: highest band first, normalised, in pieces where it is longer', async () => {
  const stretch = await one();
  const level = (frame: number, band: number): number => stretch.data.readFloatLE(4 * (frame * 48 + band));
  const near = (a: number | undefined, b: number): boolean => Math.abs((a ?? Number.NaN) - b) < 1e-4;
  const { dims, all } = picturesOf(stretch, cardLike({ mean: [-50], scale: [0.1] }));
  assert.deepEqual([dims, all.length], [[1, 1, 48, 64], 1]);
  assert.ok(near(all[0]?.[2 * 64 + 5], (level(5, 45) + 50) * 0.1));
  const parts = picturesOf(stretch, cardLike({ shape: [1, 48, 40, 1], layout: 'NHWC' }));
  assert.deepEqual([parts.dims, parts.all.length], [[1, 48, 40, 1], 2]);
  assert.ok(near(parts.all[1]?.[0], level(24, 47)));
  const row = picturesOf(stretch, cardLike({ shape: [1, 3072], layout: 'matrix' }));
  assert.deepEqual([row.dims, row.all[0]?.length], [[1, 3072], 3072]);
  assert.deepEqual(picturesOf(stretch, cardLike({ shape: [1, 1, 48, null] })).dims, [1, 1, 48, 64]);
});

test('sound that the network was not made for is refused with what to do', async () => {
  const stretch = await one();
  const [hearing] = await spectrogramsOf(new Machine(34), 1, 0);
  for (const [spectrogram, input] of [
    [hearing as Spectrogram, {}],
    [{ ...stretch, shape: [2, 32, 48] as const }, {}],
    [stretch, { shape: [1, 3, 48, 64] }],
    [stretch, { shape: [1, 3000], layout: 'matrix' as const }],
  ] as const)
    assert.throws(() => picturesOf(spectrogram, cardLike(input as Partial<Card['input']>)), {
      code: 'sound-network-form',
      message: /looks at .* Set the spectrogram node to what the model was made for/,
    });
  const sound = { sampleRate: 48_000, window: 0.064, hop: 0.016, scale: 'mel' } as const;
  assert.throws(() => picturesOf(stretch, cardLike({ sound })), {
    code: 'sound-network-sound',
    message: /the sample rate is 16000 Hz, it should be 48000 Hz\. Record at the rate that the model wants/,
  });
  assert.throws(() => picturesOf(stretch, cardLike({ sound: { ...sound, sampleRate: 16_000, hop: 0.032 } })), {
    message: /the step between windows is 16 ms, it should be 32 ms/,
  });
});

test('a model that is missing, damaged, of other shapes or of another kind says so, and is tried again later', async (t) => {
  const folder = temporaryFolder(t);
  const models = new Models([folderPlace(folder)]);
  const bytes = tinyModel({ size: 3072 });
  const card = cardFor(bytes, { input: { shape: [1, 3072], layout: 'matrix', mean: [0], scale: [1] } });
  const stretch = await one();
  const refusal = async (name: string): Promise<string> => {
    const judge = networkJudge(networkOf(t, models, { name }));
    return await judge.judge(stretch).then(
      () => 'none',
      (thrown: { code: string }) => thrown.code,
    );
  };
  assert.equal(await refusal('absent'), 'model-unknown');
  await models.add({ ...card, name: 'kind', output: { decoder: 'embedding', length: 4, normalise: false } }, bytes);
  assert.equal(await refusal('kind'), 'sound-network-kind');
  await models.add({ ...card, name: 'shape', input: { ...card.input, shape: [1, 1536] } }, bytes);
  assert.equal(await refusal('shape'), 'model-other-shape');
  await models.add({ ...card, name: 'labels' }, bytes);
  assert.equal(await refusal('labels'), 'sound-network-output');
  const other = tinyModel({ size: 3072, factor: 3 });
  await models.add({ ...cardFor(other, { input: card.input }), name: 'hash' }, other);
  const file = join(folder, 'hash/1/model.onnx');
  writeFileSync(file, readFileSync(file).fill(0, 40, 60));
  assert.equal(await refusal('hash'), 'model-corrupt');
  const nothing = tinyModel({ size: 3072, factor: Number.NaN });
  await models.add({ ...cardFor(nothing, { input: card.input }), name: 'nan' }, nothing);
  assert.equal(await refusal('nan'), 'sound-network-output');
});

test('the version that goes live judges from the next stretch on; what was asked before is answered', async (t) => {
  const models = new Models([folderPlace(temporaryFolder(t))]);
  const twice = async (version: string, factor: number): Promise<void> => {
    const bytes = tinyModel({ size: 3072, factor });
    const output = { decoder: 'reconstruction' } as const;
    const input = { shape: [1, 3072], layout: 'matrix', mean: [0], scale: [1] } as const;
    const card = cardFor(bytes, { version, output, threshold: 1, labels: [] });
    await models.add({ ...card, input: { ...input, shape: [...input.shape], mean: [0], scale: [1] } }, bytes);
    await models.activate('tiny', version);
  };
  await twice('1', 1);
  const judge = networkJudge(networkOf(t, models, { name: 'tiny' }));
  const stretch = await one();
  assert.equal((await judge.judge(stretch)).score, 0);
  const asked = [judge.judge(stretch), judge.judge(stretch)];
  await twice('2', 2);
  assert.ok((await judge.judge(stretch)).score > 1);
  assert.equal((await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected').length, 0);
});
