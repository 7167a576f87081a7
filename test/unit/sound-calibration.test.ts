import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Graph } from '../../dist/inference/onnx/graph.js';
import { folderPlace } from '../../dist/inference/place.js';
import { Models } from '../../dist/inference/registry.js';
import type { Finding, Spectrogram } from '../../dist/kit/index.js';
import { judgesBy } from '../../dist/sound/anomaly/judges.js';
import { Keep, type Named } from '../../dist/sound/anomaly/keep.js';
import { Listener, type Taken } from '../../dist/sound/anomaly/listener.js';
import { calibrated } from '../../dist/sound/network/calibration.js';
import { Networks } from '../../dist/sound/network/networks.js';
import { cardFor, temporaryFolder } from '../support/models.ts';
import { Machine, spectrogramsOf } from '../support/sound-machine.ts';

const labels = ['normal', 'flow-noise', 'bearing-outer'];
const settings = { minutes: 0.5, auto: true, perDay: 1, driftHours: 24 };
/** As many stretches as are learned from. */
const needed = 30;

let clean = (): void => undefined;
let folder: string;
let models: Models;
let stretch: Spectrogram;
before(async () => {
  folder = temporaryFolder({ after: (end) => (clean = end) });
  models = new Models([folderPlace(join(folder, 'models'))]);
  await publish('1');
  [stretch] = (await spectrogramsOf(new Machine(3), 1, 0, {}, 'picture')) as [Spectrogram];
});
after(() => clean());

/** A network that says what the first pixels of its picture are: tests can make it say anything. */
async function publish(version: string): Promise<void> {
  const graph = new Graph('teller');
  const pixels = new Float32Array(3072 * labels.length);
  for (const i of labels.keys()) pixels[i * labels.length + i] = 1;
  const x = graph.input('x', [1, 3072]);
  graph.output('y', graph.op('MatMul', [x, graph.constant('pixels', pixels, [3072, labels.length])]), [
    1,
    labels.length,
  ]);
  const bytes = graph.encode();
  const input = { shape: [1, 3072], layout: 'matrix' as const, mean: [0], scale: [1] };
  await models.add(cardFor(bytes, { name: 'teller', version, labels, input }), bytes);
  await models.activate('teller', version);
}

let time = 0;
/** A stretch for which it says so. */
function saying(shares: readonly number[]): Spectrogram {
  const data = Buffer.alloc(stretch.data.length);
  for (const [i, share] of shares.entries()) data.writeFloatLE(share, 4 * (48 * i + 47));
  time += 1000;
  return { ...stretch, data, time };
}

function listener(t: { after: (end: () => Promise<void>) => void }, keep: Keep, network: Named = { name: 'teller' }) {
  const networks = new Networks(models, () => undefined);
  t.after(() => networks.close());
  const learn = () => Promise.reject(new Error('nothing is learned here'));
  return new Listener('hall/fan', { ...settings, network }, keep, learn, judgesBy(networks, settings));
}

async function hears(one: Listener, count: number, shares: (i: number) => readonly number[]): Promise<Taken[]> {
  const all: Taken[] = [];
  for (let i = 0; i < count; i++) all.push(await one.take(saying(shares(i))));
  return all;
}

const findingsIn = (all: readonly Taken[]): Finding[] => all.flatMap(({ findings }) => [...findings]);
/** Taken for disturbed flow, though all is well. */
const healthy = (i: number): number[] => [0.2 + 0.02 * (i % 5), 0.78 - 0.02 * (i % 5), 0.02];

test('a machine that a network takes for another is quiet once it was learned; another fault is still found', async (t) => {
  const keep = new Keep(join(folder, 'kept'));
  const one = listener(t, keep);
  await one.start();
  const [alarm] = findingsIn(await hears(one, 5, healthy));
  assert.match(alarm?.reasons[0] ?? '', /^Turbulent flow, \d+ % sure\.$/);
  one.begin();
  const learning = await hears(one, needed, healthy);
  assert.ok(Math.abs((learning[14]?.learning ?? 0) - 0.5) < 1e-9);
  assert.ok(learning.at(-1)?.model);
  const after = await hears(one, 60, healthy);
  // what was strange before is over, and nothing else is
  assert.deepEqual(
    findingsIn(after).map(({ until }) => until !== undefined),
    [true],
  );
  assert.equal(after.at(-1)?.state, 'normal');
  assert.equal(after.at(-1)?.condition, 'normal');

  const broken = await hears(one, 6, () => [0.1, 0.5, 0.4]);
  const [finding] = findingsIn(broken);
  assert.deepEqual(finding?.reasons, ['Outer race of a bearing, 40 % sure; up to 2 % is usual for this machine.']);
  assert.deepEqual([broken.at(-1)?.state, broken.at(-1)?.condition], ['strange', 'bearing-outer']);
});

test('what is usual is kept over a restart, and is not taken for that of another network or version', async (t) => {
  const keep = new Keep(join(folder, 'kept'));
  const again = listener(t, keep);
  await again.start();
  // what was strange at the end is judged on; it ends with what is normal
  await hears(again, 12, healthy);
  assert.equal((await hears(again, 5, healthy)).at(-1)?.state, 'normal');
  const other = listener(t, keep, { name: 'another' });
  await other.start();
  await assert.rejects(other.take(saying(healthy(0))), { code: 'model-unknown' });
  await publish('2');
  assert.equal((await hears(again, 6, healthy)).at(-1)?.state, 'strange');
});

test('too little says so; it can be called off', async (t) => {
  const one = listener(t, new Keep(join(folder, 'little')));
  await one.start();
  one.begin();
  await hears(one, 5, healthy);
  await assert.rejects(one.finish(), { code: 'sound-too-little' });
  one.cancel();
  assert.equal((await hears(one, 1, healthy))[0]?.learning, undefined);
});

test('a network that says the same of every stretch is no division by zero; a little more is no word worth', async (t) => {
  const rows = Array.from({ length: 40 }, () => [1, 0, 0]);
  const calibration = calibrated({ version: '2', labels }, rows, 1);
  assert.deepEqual(calibration.usual, [1, 0, 0]);
  const networks = new Networks(models, () => undefined);
  t.after(() => networks.close());
  const judge = networks.judge({ name: 'teller' }, { calibration, perDay: 1 });
  const evidence = async (shares: readonly number[]): Promise<number> => {
    const { score, rule } = await judge.judge(saying(shares));
    return score > rule.threshold ? rule.evidence(score) : 0;
  };
  assert.equal(await evidence([1, 0, 0]), 0);
  assert.equal(await evidence([0.95, 0.05, 0]), 0);
  assert.ok((await evidence([0.5, 0, 0.5])) > 1);
});
