import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Finding, Sound } from '../../dist/kit/index.js';
import type { NormalModel } from '../../dist/sound/normal/model.js';
import { type FlowNode, NodeRed } from '../support/node-red.ts';
import { type Condition, Machine, sampleRate, spectrogramsOf } from '../support/sound-machine.ts';
import { publishFaults } from '../support/sound-networks.ts';
import { pcmOf } from '../support/sound-recordings.ts';
import { until } from '../support/until.ts';

const tab = 'a40b1a1000000000';
const ids = {
  spectrogram: 'a40b1a1000000001',
  anomaly: 'a40b1a1000000002',
  picture: 'a40b1a1000000007',
  network: 'a40b1a1000000008',
} as const;
const probe = (id: string, name: string): FlowNode => ({ id, type: 'test-probe', z: tab, name, wires: [] });
const flow: FlowNode[] = [
  { id: tab, type: 'tab', label: 'test' },
  { id: ids.spectrogram, type: 'percept-spectrogram', z: tab, preset: 'hearing', wires: [[ids.anomaly]] },
  {
    id: ids.anomaly,
    type: 'percept-anomaly',
    z: tab,
    minutes: '0.5',
    auto: true,
    perDay: '1',
    wires: [['a40b1a1000000003'], ['a40b1a1000000004']],
  },
  { id: ids.picture, type: 'percept-spectrogram', z: tab, preset: 'picture', wires: [[ids.network]] },
  {
    id: ids.network,
    type: 'percept-anomaly',
    z: tab,
    kind: 'network',
    model: 'faults',
    wires: [['a40b1a1000000003'], ['a40b1a1000000004']],
  },
  { id: 'a40b1a1000000005', type: 'catch', z: tab, scope: null, wires: [['a40b1a1000000006']] },
  probe('a40b1a1000000003', 'findings'),
  probe('a40b1a1000000004', 'scores'),
  probe('a40b1a1000000006', 'errors'),
];

const userDir = mkdtempSync(join(tmpdir(), 'percept-anomaly-'));
let nodeRed: NodeRed;
before(async () => {
  await publishFaults(join(userDir, 'percept/models'));
  nodeRed = await NodeRed.start({ flow, userDir });
});
after(async () => {
  await nodeRed.stop();
  rmSync(userDir, { recursive: true, force: true });
});

const machines = new Map<string, Machine>();
const clock = new Map<string, number>();

/** Half-second messages, as a gateway sends them. */
function play(source: string, seconds: number, condition: Condition = {}, to: string = ids.spectrogram): void {
  const machine = machines.get(source) ?? new Machine(machines.size + 1);
  machines.set(source, machine);
  for (let i = 0; i < 2 * seconds; i++) {
    const time = clock.get(source) ?? 1_000_000;
    const channels = [machine.samples(sampleRate / 2, condition)];
    const sound: Sound = { ...pcmOf({ name: '', sampleRate, channels }), source, time };
    nodeRed.inject(to, { sound, recording: { key: `sound/${source}/${time}.wav` } });
    clock.set(source, time + 500);
  }
}

interface Score {
  readonly learning?: number;
  readonly source: string;
  readonly state: string;
  readonly condition?: string;
  readonly sure?: number;
}
const scoresOf = (source: string): Score[] =>
  nodeRed
    .messages('scores')
    .map((msg) => msg['anomaly'] as Score)
    .filter((score) => score.source === source);
const findingsOf = (source: string): Finding[] =>
  nodeRed
    .messages('findings')
    .map((msg) => msg['finding'] as Finding)
    .filter((finding) => finding.source === source);

test('two machines are learned side by side; the one that is broken is told with its reason, the other is not', async () => {
  for (const source of ['hall/fan', 'hall/press']) play(source, 40);
  for (const source of ['hall/fan', 'hall/press'])
    await until(() => scoresOf(source).at(-1)?.state === 'normal', { ms: 30_000, what: `${source}; ${nodeRed.log}` });
  await until(() => nodeRed.status(ids.anomaly)?.text === '2 of 2 normal');
  const began = clock.get('hall/fan') ?? 0;
  play('hall/fan', 10, { whistle: 0.05 });
  play('hall/press', 10);
  const finding = await until(() => findingsOf('hall/fan')[0]);
  assert.equal(finding.kind, 'anomaly');
  assert.ok(Math.abs(finding.since - began) < 1100);
  assert.ok(finding.reasons.some((reason) => /sidebands 29 Hz apart/.test(reason)));
  assert.ok(finding.evidence.length >= 3);
  assert.ok(finding.evidence.includes(`sound/hall/fan/${began + 1000}.wav`), finding.evidence.join());
  await until(() => nodeRed.status(ids.anomaly)?.text === '1 of 2 strange', {
    what: nodeRed.status(ids.anomaly)?.text ?? '',
  });
  await until(() => scoresOf('hall/press').length >= 46);
  assert.deepEqual(findingsOf('hall/press'), []);
  play('hall/fan', 10);
  await until(() => findingsOf('hall/fan').at(-1)?.until !== undefined, { what: 'its end' });
});

test('what was learned is there after kill -9 and a restart, and can be given to another machine', async () => {
  const model = nodeRed.messages('scores').find((msg) => msg['model'])?.['model'] as NormalModel;
  assert.equal(model.format, 'percept-normal');
  await nodeRed.kill();
  await nodeRed.again();
  const before = scoresOf('hall/fan').length;
  play('hall/fan', 3);
  const score = await until(() => scoresOf('hall/fan')[before]);
  assert.equal(score.state, 'normal');
  nodeRed.inject(ids.anomaly, { topic: 'hall/twin', model });
  machines.set('hall/twin', new Machine(9));
  play('hall/twin', 3);
  await until(() => scoresOf('hall/twin')[0]?.state === 'normal');
});

test('learning can be begun anew, called off and ended early; too little is an error with what to do', async () => {
  nodeRed.inject(ids.anomaly, { topic: 'hall/press', learn: 'start' });
  play('hall/press', 5);
  await until(() => (nodeRed.messages('scores').at(-1)?.['anomaly'] as { learning?: number })?.learning);
  nodeRed.inject(ids.anomaly, { topic: 'hall/press', learn: 'finish' });
  const error = await until(() => nodeRed.messages('errors')[0]?.['error'] as { message: string } | undefined);
  assert.match(error.message, /stretches of normal sound; at least 20 are needed\. Let the machine run/);
  nodeRed.inject(ids.anomaly, { topic: 'hall/press', learn: 'cancel' });
  const before = scoresOf('hall/press').length;
  play('hall/press', 3);
  // what was on its way through the spectrogram was still learned from
  const score = await until(() => scoresOf('hall/press').find((one, i) => i >= before && !('learning' in one)));
  assert.equal(score.state, 'normal');
});

test('a message without a spectrogram, and a model that is none, are errors; the rest goes on', async () => {
  const before = nodeRed.messages('errors').length;
  nodeRed.inject(ids.anomaly, { payload: 1 });
  nodeRed.inject(ids.anomaly, { topic: 'hall/fan', model: { format: 'percept-normal' } });
  await until(() => nodeRed.messages('errors').length === before + 2);
  const texts = nodeRed.messages('errors').map((msg) => (msg['error'] as { message: string }).message);
  assert.ok(texts.some((text) => /has no msg\.spectrogram\. Put a spectrogram node/.test(text)));
  assert.ok(texts.some((text) => /What was learned cannot be read/.test(text)));
  const scores = scoresOf('hall/fan').length;
  play('hall/fan', 2);
  const score = await until(() => scoresOf('hall/fan')[scores]);
  assert.equal(score.state, 'normal');
});

test('a network judges without being taught here: which condition, how sure, since when', async () => {
  machines.set('hall/mill', new Machine(41));
  play('hall/mill', 6, {}, ids.picture);
  const usual = await until(() => scoresOf('hall/mill')[2], { what: nodeRed.log });
  assert.deepEqual([usual.state, usual.condition], ['normal', 'normal']);
  const began = clock.get('hall/mill') ?? 0;
  play('hall/mill', 8, { whistle: 0.05 }, ids.picture);
  const finding = await until(() => findingsOf('hall/mill')[0]);
  assert.match(finding.reasons[0] ?? '', /^Outer race of a bearing, \d+ % sure\.$/);
  assert.ok(Math.abs(finding.since - began) < 1100);
  const strange = await until(() => scoresOf('hall/mill').find(({ state }) => state === 'strange'), {
    what: 'its score',
  });
  assert.equal(strange.condition, 'bearing-outer');
  assert.ok((strange.sure ?? 0) > 0.5);
});

test('a message gives one source a network by its name, also over a restart; learn teaches what it usually says of a machine', async () => {
  nodeRed.inject(ids.anomaly, { topic: 'hall/saw', model: { name: 'faults', version: '1' } });
  machines.set('hall/saw', new Machine(42));
  const hear = async (): Promise<Score | undefined> => {
    const before = scoresOf('hall/saw').length;
    clock.set('hall/saw', (clock.get('hall/saw') ?? 1_000_000) + 100_000);
    for (const stretch of await spectrogramsOf(machines.get('hall/saw') as Machine, 1, 0, {}, 'picture'))
      nodeRed.inject(ids.anomaly, { spectrogram: { ...stretch, source: 'hall/saw', time: clock.get('hall/saw') } });
    return await until(() => scoresOf('hall/saw')[before], { what: nodeRed.log });
  };
  assert.equal((await hear())?.condition, 'normal');
  await nodeRed.kill();
  await nodeRed.again();
  assert.equal((await hear())?.condition, 'normal');
  nodeRed.inject(ids.network, { topic: 'hall/mill', learn: true });
  play('hall/mill', 3, {}, ids.picture);
  const { learning = 0 } = await until(() => scoresOf('hall/mill').find((score) => score.learning !== undefined), {
    ms: 120_000,
    what: nodeRed.log,
  });
  assert.ok(learning > 0 && learning < 1);
  nodeRed.inject(ids.network, { topic: 'hall/mill', learn: 'cancel' });
});

test('the editor is told which models can judge sound, and an unknown one is an error with what to do', async () => {
  const listed = (await (await fetch(`${nodeRed.url}/percept/anomaly/models`)).json()) as { name: string }[];
  const own = listed.find(({ name }) => name === 'faults');
  assert.deepEqual(own, { name: 'faults', version: '1', about: 'Learned by a test.', live: true, present: true });
  // what looks at faces is none of them
  assert.ok(listed.every(({ name }) => !/fasnet|yunet/.test(name)));
  const errors = nodeRed.messages('errors').length;
  await nodeRed.deploy(flow.map((node) => (node.id === ids.network ? { ...node, model: 'nobody' } : node)));
  await until(() => nodeRed.messages('errors').length > errors);
  assert.match(errorsFrom(errors), /There is no model nobody in .*percept models list/);
});

function errorsFrom(first: number): string {
  return nodeRed
    .messages('errors')
    .slice(first)
    .map((msg) => (msg['error'] as { message: string }).message)
    .join('\n');
}
