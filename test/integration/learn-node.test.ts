import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Finding, Sound } from '../../dist/kit/index.js';
import type { Learning } from '../../dist/sound/learn/learning.js';
import { openShed, record } from '../support/learn-machine.ts';
import { type FlowNode, NodeRed } from '../support/node-red.ts';
import { type Condition, Machine, sampleRate } from '../support/sound-machine.ts';
import { pcmOf } from '../support/sound-recordings.ts';
import { until } from '../support/until.ts';

const tab = '1ea2b1e100000000';
const ids = {
  store: '1ea2b1e100000001',
  bucket: '1ea2b1e100000002',
  learn: '1ea2b1e100000003',
  spectrogram: '1ea2b1e100000004',
  anomaly: '1ea2b1e100000005',
} as const;
const probe = (id: string, name: string): FlowNode => ({ id, type: 'test-probe', z: tab, name, wires: [] });
const flow: FlowNode[] = [
  { id: tab, type: 'tab', label: 'test' },
  { id: ids.store, type: 'percept-store', url: 'test.sqlite' },
  { id: ids.bucket, type: 'percept-bucket', kind: 'folder', folder: 'bucket' },
  {
    id: ids.learn,
    type: 'percept-learn',
    z: tab,
    store: ids.store,
    bucket: ids.bucket,
    minutes: '10',
    versions: '3',
    wires: [[ids.anomaly, '1ea2b1e100000006'], ['1ea2b1e100000007']],
  },
  { id: ids.spectrogram, type: 'percept-spectrogram', z: tab, preset: 'hearing', wires: [[ids.anomaly]] },
  {
    id: ids.anomaly,
    type: 'percept-anomaly',
    z: tab,
    auto: false,
    wires: [['1ea2b1e100000008'], ['1ea2b1e100000009']],
  },
  { id: '1ea2b1e10000000a', type: 'catch', z: tab, scope: null, wires: [['1ea2b1e10000000b']] },
  probe('1ea2b1e100000006', 'models'),
  probe('1ea2b1e100000007', 'learning'),
  probe('1ea2b1e100000008', 'findings'),
  probe('1ea2b1e100000009', 'scores'),
  probe('1ea2b1e10000000b', 'errors'),
];

const source = 'hall/fan';
const fan = new Machine(1);
const userDir = mkdtempSync(join(tmpdir(), 'percept-learn-'));
let clock = Date.now() - 3_600_000;
let nodeRed: NodeRed;
before(async () => {
  const shed = await openShed(userDir);
  clock = await record(shed, fan, { source, from: clock, seconds: 120 });
  await shed.close();
  nodeRed = await NodeRed.start({ flow, userDir });
});
after(async () => {
  await nodeRed.stop();
  rmSync(userDir, { recursive: true, force: true });
});

const told = (): Learning[] => nodeRed.messages('learning').map((msg) => msg['learning'] as Learning);
const models = (): unknown[] => nodeRed.messages('models').map(({ payload }) => payload);
const what = (): { ms: number; what: string } => ({
  ms: 120_000,
  what: `it; said last ${JSON.stringify(told().at(-1))}; ${nodeRed.log}`,
});

function play(seconds: number, condition: Condition = {}): void {
  for (let i = 0; i < seconds; i++) {
    const channels = [fan.samples(sampleRate, condition)];
    const sound: Sound = { ...pcmOf({ name: '', sampleRate, channels }), source, time: clock };
    nodeRed.inject(ids.spectrogram, { sound });
    clock += 1000;
  }
}

test('two minutes of stored sound are learned; anomaly has the model, and tells a strange sound', async () => {
  nodeRed.inject(ids.learn, { topic: source, learn: 'start' });
  const ready = await until(() => told().find(({ state }) => state === 'ready'), what());
  assert.equal(ready.progress, 1);
  assert.deepEqual(
    ready.versions.map(({ version, kind, live }) => [version, kind, live]),
    [['1', 'normal', true]],
  );
  const scores = (): string[] => nodeRed.messages('scores').map((msg) => (msg['anomaly'] as { state: string }).state);
  play(4);
  await until(() => scores().at(-1) === 'normal', what());
  play(10, { whistle: 0.05 });
  const finding = await until(() => nodeRed.messages('findings')[0]?.['finding'] as Finding | undefined, what());
  assert.equal(finding.source, source);
  await until(() => nodeRed.status(ids.learn)?.text === 'version 1 live');
});

test('a second version goes live, the first can be gone back to, and that survives kill -9', async () => {
  nodeRed.inject(ids.learn, { topic: source, learn: { minutes: 1 } });
  await until(() => told().at(-1)?.versions[0]?.version === '2' && told().at(-1)?.state === 'ready', what());
  nodeRed.inject(ids.learn, { topic: source, rollback: true });
  await until(() => models().join() === '1,2,1', what());
  await nodeRed.kill();
  await nodeRed.again();
  // at the start everybody downstream gets what is in use
  await until(() => models().join() === '1,2,1,1', what());
  const idle = await until(() => told().find(({ state }) => state === 'idle'), what());
  assert.deepEqual(
    idle.versions.map(({ version, live }) => [version, live]),
    [
      ['2', false],
      ['1', true],
    ],
  );
  nodeRed.inject(ids.learn, { topic: source, rollback: '2' });
  await until(() => models().join() === '1,2,1,1,2', what());
});

test('what cannot be learned or gone back to is an error with what to do, at the Catch node too', async () => {
  const texts = (): string[] => nodeRed.messages('errors').map((msg) => (msg['error'] as { message: string }).message);
  nodeRed.inject(ids.learn, { topic: 'hall/fun', learn: 'start' });
  nodeRed.inject(ids.learn, { topic: source, rollback: '7' });
  nodeRed.inject(ids.learn, { learn: 'start' });
  nodeRed.inject(ids.learn, { topic: source, learn: 'begin' });
  nodeRed.inject(ids.learn, { topic: source, learn: { kind: 'autoencoder', minutes: 1 } });
  await until(() => texts().length === 5, what());
  for (const expected of [
    /no recording of hall\/fun .* \(hall\/fan: sound\)/,
    /there is no version 7; there is: 2, 1\./,
    /not said which source to learn\. Put its name into msg\.topic/,
    /msg\.learn is "begin"\. It takes start, cancel/,
    /at least 100 are needed/,
  ])
    assert.ok(
      texts().some((text) => expected.test(text)),
      `${expected}: ${texts().join('\n')}`,
    );
});

test('a network is learned too, and anomaly is told its name', async () => {
  nodeRed.inject(ids.learn, { topic: source, learn: { kind: 'autoencoder', epochs: 3 } });
  const ready = await until(
    () => told().find(({ state, kind }) => state === 'ready' && kind === 'autoencoder'),
    what(),
  );
  assert.equal(ready.loss?.length, 3);
  const { model } = await until(() => nodeRed.messages('models').find(({ payload }) => payload === '3'), what());
  assert.match((model as { name: string }).name, /^learned-hall-fan-/);
});
