import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Finding } from '../../dist/kit/index.js';
import { type FlowNode, type Message, NodeRed } from '../support/node-red.ts';
import { until } from '../support/until.ts';

const ids = {
  tab: 'f0f0000000000000',
  outlier: 'f0f0000000000001',
  found: 'f0f0000000000002',
  scores: 'f0f0000000000003',
};
const began = Date.UTC(2026, 0, 5);
const second = 1000;

function flow(settings: Readonly<Record<string, unknown>> = {}): FlowNode[] {
  const { tab, outlier, found, scores } = ids;
  const probe = (id: string, name: string): FlowNode => ({ id, type: 'test-probe', z: tab, name, wires: [] });
  return [
    { id: tab, type: 'tab', label: 'outlier' },
    {
      ...{ id: outlier, type: 'percept-outlier', z: tab, name: '', version: 1, warmUp: '100', saveSeconds: '1' },
      ...settings,
      wires: [[found], [scores]],
    },
    probe(found, 'found'),
    probe(scores, 'scores'),
    {
      id: 'f0f0000000000004',
      type: 'catch',
      z: tab,
      name: '',
      scope: null,
      uncaught: false,
      wires: [['f0f0000000000005']],
    },
    probe('f0f0000000000005', 'errors'),
  ];
}

function stateFile({ userDir }: NodeRed): string | undefined {
  const folder = join(userDir, 'percept', `outlier-${ids.outlier}`);
  const name = readdirSync(folder).find((file) => file.endsWith('.state'));
  return name && join(folder, name);
}

/** A quiet temperature with the noise of a real sensor, the same every time. */
function quiet(i: number): number {
  return 20 + 0.3 * Math.sin(i / 9) + 0.2 * Math.sin(i * 12.9898 + Math.cos(i * 78.233) * 43);
}

function reading(i: number, value = quiet(i), more: object = {}): Message {
  const of = { source: 'plant/pump-1', quantity: 'temperature', value, unit: '°C', time: began + i * second };
  return { topic: 'x', payload: value, reading: { ...of, ...more } };
}

const findings = (nodeRed: NodeRed): Finding[] => nodeRed.messages('found').map(({ finding }) => finding as Finding);
const outliers = (nodeRed: NodeRed): Finding[] => findings(nodeRed).filter(({ kind }) => kind === 'outlier');

const texts = (nodeRed: NodeRed): string[] =>
  nodeRed.messages('errors').map(({ error }) => (error as { message: string }).message);

async function told(nodeRed: NodeRed, pattern: RegExp): Promise<void> {
  await until(() => texts(nodeRed).some((text) => pattern.test(text)), { what: String(pattern) });
}

async function feed(nodeRed: NodeRed, from: number, to: number, value?: (i: number) => number): Promise<void> {
  const already = nodeRed.messages('scores').length;
  for (let i = from; i < to; i++) nodeRed.inject(ids.outlier, reading(i, value?.(i)));
  await until(() => nodeRed.messages('scores').length >= already + to - from, { what: `rows ${from} to ${to}` });
}

describe('outlier in a Node-RED', () => {
  let nodeRed: NodeRed;
  before(async () => {
    nodeRed = await NodeRed.start({ flow: flow({ ranges: [{ quantity: 'temperature', low: -40, high: 125 }] }) });
  });
  after(() => nodeRed.stop());

  test('warms up, and says so', async () => {
    await until(() => nodeRed.status(ids.outlier)?.text === 'no readings yet', { what: 'the first status' });
    await feed(nodeRed, 0, 90);
    await until(() => nodeRed.status(ids.outlier)?.text === 'warming up: 1', { what: 'the warm-up' });
    assert.deepEqual(findings(nodeRed), []);
    const { outlier } = nodeRed.messages('scores')[50] as { outlier: { state: string } };
    assert.equal(outlier.state, 'warming-up');
  });

  test('tells a leap once: when it began, how far it is, where the value was expected, and when it was over', async () => {
    await feed(nodeRed, 90, 600);
    assert.deepEqual(findings(nodeRed), []);
    await until(() => nodeRed.status(ids.outlier)?.text === 'watching 1', { what: 'watching' });
    await feed(nodeRed, 600, 640, () => 35);
    const first = await until(() => outliers(nodeRed)[0], { what: 'a finding' });
    assert.equal(first.since, began + 600 * second);
    assert.deepEqual([first.source, first.quantity, first.until], ['plant/pump-1', 'temperature', undefined]);
    assert.ok(first.score > first.threshold);
    assert.match(first.reasons.join(' '), /35 °C/);
    const last = first.expected?.at(-1);
    assert.ok(last && last.low < 20.6 && last.high > 19.4 && last.high < 35, JSON.stringify(last));
    await feed(nodeRed, 640, 900);
    const over = await until(() => outliers(nodeRed).find(({ until: end }) => end !== undefined), { what: 'its end' });
    assert.equal(over.since, first.since);
    assert.equal(new Set(outliers(nodeRed).map(({ since }) => since)).size, 1);
  });

  test('what repeats or comes too late is not judged', async () => {
    const before = findings(nodeRed).length;
    await feed(nodeRed, 10, 12, () => -20);
    const { outlier } = nodeRed.messages('scores').at(-1) as { outlier: { state: string } };
    assert.equal(outlier.state, 'ignored');
    assert.equal(findings(nodeRed).length, before);
  });

  test('maintenance is neither judged nor learnt from', async () => {
    const before = outliers(nodeRed).length;
    const stretch = { source: 'plant/pump-1', from: began + 1000 * second, to: began + 1060 * second };
    nodeRed.inject(ids.outlier, { maintenance: stretch });
    await feed(nodeRed, 1000, 1060, () => 60);
    const { outlier } = nodeRed.messages('scores').at(-1) as { outlier: { state: string } };
    assert.equal(outlier.state, 'excluded');
    await feed(nodeRed, 1060, 1200);
    assert.equal(outliers(nodeRed).length, before);
  });

  test('after "this was fine" its like scores lower', async () => {
    await feed(nodeRed, 1200, 1203, () => 60);
    await feed(nodeRed, 1203, 1400);
    const told = outliers(nodeRed).at(-1) as Finding;
    assert.equal(told.since, began + 1200 * second);
    for (let i = 0; i < 3; i++) nodeRed.inject(ids.outlier, { feedback: 'fine', finding: told });
    await feed(nodeRed, 1400, 1403, () => 60);
    await feed(nodeRed, 1403, 1500);
    const again = outliers(nodeRed).find(({ since }) => since >= began + 1400 * second);
    assert.ok(again === undefined || again.threshold > told.threshold, JSON.stringify(again));
  });

  test('a value that cannot be is a finding at once', async () => {
    await feed(nodeRed, 1500, 1501, () => 999);
    const range = await until(() => findings(nodeRed).find(({ kind }) => kind === 'range'), { what: 'the finding' });
    assert.equal(range.since, began + 1500 * second);
    assert.match(range.reasons[0] ?? '', /999/);
    await feed(nodeRed, 1501, 1510);
  });

  test('a message that is no reading is refused with what to do, and watching goes on', async () => {
    nodeRed.inject(ids.outlier, { reading: { source: 'a', quantity: 'b', value: 'hot' } });
    nodeRed.inject(ids.outlier, { feedback: 'fine' });
    await until(() => nodeRed.messages('errors').length >= 2, { what: 'both errors' });
    assert.match(texts(nodeRed)[0] ?? '', /Send source, quantity, a finite value/);
    assert.match(texts(nodeRed)[1] ?? '', /Send the finding along/);
    await feed(nodeRed, 1510, 1511);
  });

  test('what was learnt is there after a deploy, and after a kill', async () => {
    const state = (): string => (nodeRed.messages('scores').at(-1) as { outlier: { state: string } }).outlier.state;
    await nodeRed.deploy(flow());
    await feed(nodeRed, 1511, 1512);
    assert.equal(state(), 'watching');
    const path = await until(() => stateFile(nodeRed), { what: 'the file' });
    const saved = statSync(path).mtimeMs;
    await feed(nodeRed, 1512, 1513);
    await until(() => statSync(path).mtimeMs > saved, { what: 'the next saving' });
    await nodeRed.kill();
    await nodeRed.again();
    await feed(nodeRed, 1513, 1514);
    assert.equal(state(), 'watching');
  });

  test('a damaged state is set aside and said', async () => {
    await nodeRed.kill();
    const path = stateFile(nodeRed) as string;
    writeFileSync(path, readFileSync(path).subarray(0, -100));
    await nodeRed.again();
    await feed(nodeRed, 1514, 1515);
    await told(nodeRed, /cannot be read/);
    assert.ok(existsSync(`${path}.damaged`));
  });

  test('a state of a newer version is left alone and said', async () => {
    await until(() => stateFile(nodeRed), { what: 'a new state' });
    await nodeRed.kill();
    const path = stateFile(nodeRed) as string;
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(999, bytes.indexOf(10) + 5);
    writeFileSync(path, bytes);
    await nodeRed.again();
    await feed(nodeRed, 1515, 1516);
    await told(nodeRed, /newer version/);
    await nodeRed.deploy(flow());
    assert.deepEqual(readFileSync(path), bytes);
  });
});

test('what a source measures together is judged together: each value alone is usual, both are not', async () => {
  const nodeRed = await NodeRed.start({ flow: flow({ watch: 'together', warmUp: '200' }) });
  try {
    const load = (i: number): number => 50 + 30 * Math.sin(i / 7) + 2 * Math.sin(i * 12.9898);
    const send = (i: number, power: number, temperature: number): void => {
      nodeRed.inject(ids.outlier, reading(i, power, { quantity: 'power', unit: 'kW' }));
      nodeRed.inject(ids.outlier, reading(i, temperature));
    };
    for (let i = 0; i < 1500; i++) send(i, load(i), 20 + load(i) / 2 + 0.5 * Math.sin(i * 78.233));
    await until(() => nodeRed.messages('scores').length >= 1500, { what: 'the usual rows' });
    assert.deepEqual(findings(nodeRed), []);
    for (let i = 1500; i < 1530; i++) send(i, 78, 29);
    const found = await until(() => outliers(nodeRed)[0], { what: 'the finding' });
    assert.ok(found.since >= began + 1500 * second && found.since < began + 1520 * second);
  } finally {
    await nodeRed.stop();
  }
});

test('more sources than are remembered: the one silent for longest makes room, and the node says so', async () => {
  const nodeRed = await NodeRed.start({ flow: flow({ maxSources: '3' }) });
  try {
    for (let n = 0; n < 5; n++) nodeRed.inject(ids.outlier, reading(n, 20, { source: `s${n}` }));
    await until(() => nodeRed.status(ids.outlier)?.text === 'over 3 sources', { what: 'the status' });
  } finally {
    await nodeRed.stop();
  }
});
