import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Finding, Reading } from '../../dist/kit/index.js';
import type { FindingsAnswer, SeriesAnswer, SourcesAnswer } from '../../dist/sensor/history/answers.js';
import { type FlowNode, type Message, NodeRed } from '../support/node-red.ts';
import { until } from '../support/until.ts';

const tab = 'f0f0f0f0f0f0f001';
const ids = {
  store: 'a000000000000001',
  replay: 'a000000000000002',
  sensor: 'a000000000000003',
  hot: 'a000000000000004',
  record: 'a000000000000005',
  history: 'a000000000000006',
  missing: 'a000000000000007',
  out: 'a000000000000008',
  stored: 'a000000000000009',
} as const;
const t0 = Date.UTC(2026, 0, 1);

/** Two minutes at one row a second, hot from 60 to 69 and broken at 100. */
const csv = [
  'datetime;Temperature;Pressure',
  ...Array.from({ length: 120 }, (_, i) => {
    const time = new Date(t0 + i * 1000).toISOString().replace('T', ' ').slice(0, 19);
    return `${time};${i === 100 ? 'broken' : i >= 60 && i < 70 ? 90 + i : 20};${1 + i / 10}`;
  }),
].join('\n');

const probe = (id: string, name: string): FlowNode => ({ id, type: 'test-probe', z: tab, name, wires: [] });
const flow: FlowNode[] = [
  { id: tab, type: 'tab', label: 'test' },
  { id: ids.store, type: 'percept-store', url: 'percept.sqlite' },
  {
    id: ids.replay,
    type: 'percept-replay',
    z: tab,
    path: 'pump.csv',
    pace: 'scaled',
    speed: '1000',
    stamps: 'original',
    per: 'value',
    prefix: 'plant',
    auto: false,
    wires: [[ids.sensor], ['b000000000000001']],
  },
  {
    id: ids.sensor,
    type: 'percept-sensor-in',
    z: tab,
    topic: 'plant/+source/+quantity',
    format: 'json',
    store: ids.store,
    wires: [[ids.hot, ids.stored], ['b000000000000004']],
  },
  {
    id: ids.hot,
    type: 'switch',
    z: tab,
    property: 'payload',
    propertyType: 'msg',
    rules: [{ t: 'gt', v: '100', vt: 'num' }],
    outputs: 1,
    wires: [[ids.record]],
  },
  {
    id: ids.record,
    type: 'percept-record',
    z: tab,
    store: ids.store,
    kind: 'too hot',
    severity: 'critical',
    threshold: '100',
    reason: '{quantity} {value} is over {threshold}',
    wires: [['b000000000000002']],
  },
  { id: ids.history, type: 'percept-history', z: tab, store: ids.store, last: 'all', wires: [['b000000000000003']] },
  { id: ids.missing, type: 'percept-replay', z: tab, path: 'nowhere.csv', auto: true, wires: [[], []] },
  { id: 'c000000000000001', type: 'catch', z: tab, scope: null, uncaught: false, wires: [['b000000000000005']] },
  { id: 'c000000000000002', type: 'http in', z: tab, url: '/readings', method: 'get', wires: [[ids.out]] },
  {
    id: ids.out,
    type: 'percept-history',
    z: tab,
    store: ids.store,
    kind: 'export',
    last: 'all',
    quantities: 'Pressure',
    wires: [[]],
  },
  probe('b000000000000001', 'bad'),
  probe('b000000000000002', 'found'),
  probe('b000000000000003', 'answers'),
  probe('b000000000000004', 'rejected'),
  probe('b000000000000005', 'errors'),
  probe(ids.stored, 'stored'),
];

let userDir: string;
let nodeRed: NodeRed;

before(async () => {
  userDir = mkdtempSync(join(tmpdir(), 'replay-node-'));
  writeFileSync(join(userDir, 'pump.csv'), csv);
  nodeRed = await NodeRed.start({ flow, userDir });
});
after(async () => {
  await nodeRed.stop();
  rmSync(userDir, { recursive: true, force: true });
});

const errorOf = (msg: Message): string => (msg['error'] as Error | undefined)?.message ?? '';

async function ask<T>(payload: object): Promise<T> {
  const before = nodeRed.messages('answers').length;
  nodeRed.inject(ids.history, { payload });
  return (await until(() => nodeRed.messages('answers')[before], { what: 'an answer' })).payload as T;
}

test('a CSV is replayed into sensor in, and everything but the bad row is stored with its own times', async () => {
  nodeRed.inject(ids.replay, { play: true });
  await until(() => nodeRed.messages('stored').length >= 238, { what: '238 readings' });
  const readings = nodeRed.messages('stored').map((msg) => msg['reading'] as Reading);
  assert.deepEqual([...new Set(readings.map(({ source }) => source))], ['pump']);
  assert.deepEqual([...new Set(readings.map(({ quantity }) => quantity))], ['Temperature', 'Pressure']);
  assert.equal(readings[0]?.time, t0);
  assert.deepEqual(nodeRed.messages('rejected'), []);
});

test('the bad row is named by file and line on the second output, and counted in the status', async () => {
  const bad = await until(() => nodeRed.messages('bad')[0]);
  assert.deepEqual([bad['file'], bad['line']], [join(userDir, 'pump.csv'), 102]);
  assert.match(String(bad['reason']), /"Temperature" is not a number/);
  await until(() => nodeRed.status(ids.replay)?.text === 'ended, 1 bad');
});

test('what a switch lets through becomes one finding with its worst value', async () => {
  await until(() => nodeRed.messages('found').length === 10);
  const { findings } = await ask<FindingsAnswer>({ kind: 'findings' });
  assert.equal(findings.length, 1);
  const { id, ...finding } = findings[0] as Finding;
  assert.equal(typeof id, 'number');
  assert.deepEqual(finding, {
    kind: 'too hot',
    source: 'pump',
    quantity: 'Temperature',
    score: 159,
    threshold: 100,
    severity: 'critical',
    since: t0 + 60_000,
    until: t0 + 69_000,
    reasons: ['Temperature 159 is over 100'],
    evidence: [],
  });
});

test('history draws it, with the finding on the chart', async () => {
  const chart = await ask<SeriesAnswer>({ kind: 'series', quantities: ['Temperature'] });
  assert.deepEqual([chart.from, chart.to, chart.width], [t0, t0 + 119_000, 0]);
  assert.equal(chart.series[0]?.points.time.length, 119);
  assert.deepEqual(
    chart.findings.map(({ kind }) => kind),
    ['too hot'],
  );
  const { sources } = await ask<SourcesAnswer>({ kind: 'sources' });
  assert.deepEqual(
    sources.map(({ source, stored }) => [source, stored]),
    [['pump', 238]],
  );
});

test('a query that is none is an error for the Catch node', async () => {
  nodeRed.inject(ids.history, { payload: { kind: 'series', last: 'soon' } });
  await until(() => nodeRed.messages('errors').some((msg) => /"soon" is no length of time/.test(errorOf(msg))));
});

test('a flood of questions is refused instead of piling up', async () => {
  const before = nodeRed.messages('answers').length;
  for (let i = 0; i < 300; i++) nodeRed.inject(ids.history, { payload: { kind: 'series' } });
  await until(() => nodeRed.messages('errors').some((msg) => /64 questions wait/.test(errorOf(msg))));
  await until(() => nodeRed.messages('answers').length >= before + 64);
});

test('an export streams into an HTTP response', async () => {
  const response = await fetch(`${nodeRed.url}/readings`);
  assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8');
  assert.equal(response.headers.get('content-disposition'), 'attachment; filename="readings.csv"');
  const lines = (await response.text()).trimEnd().split('\n');
  assert.equal(lines.length, 1 + 119);
  assert.match(lines[1] ?? '', /^2026-01-01T00:00:00.000Z,pump,Pressure,1,,0,/);
});

test('an export without a response or file comes in pieces that can be joined', async () => {
  const before = nodeRed.messages('answers').length;
  nodeRed.inject(ids.history, { payload: { kind: 'export', format: 'jsonl' } });
  await until(() => nodeRed.messages('answers').at(-1)?.['complete'] === true);
  const pieces = nodeRed.messages('answers').slice(before);
  const text = pieces.map(({ payload }) => payload).join('');
  assert.equal(text.trimEnd().split('\n').length, 238);
  assert.equal((pieces.at(-1)?.['parts'] as { count: number } | undefined)?.count, pieces.length);
});

test('a recording that is not there is an error with what to do', async () => {
  await until(() => nodeRed.status(ids.missing)?.text === 'nothing to play', { what: 'the status' });
  const told = /nowhere\.csv: it does not exist\. Check the path/;
  await until(() => nodeRed.messages('errors').some((msg) => told.test(errorOf(msg))), { what: 'the error' });
});

test('replayed with its original times again, nothing is stored twice', async () => {
  const before = nodeRed.messages('stored').length;
  const told = nodeRed.statuses(ids.replay).length;
  nodeRed.inject(ids.replay, { play: true });
  const since = (): (string | undefined)[] =>
    nodeRed
      .statuses(ids.replay)
      .slice(told)
      .map(({ text }) => text);
  await until(() => since().at(-1) === 'ended, 1 bad', { what: 'its second end' });
  assert.ok(since().some((text) => text?.startsWith('playing')));
  const { sources } = await ask<SourcesAnswer>({ kind: 'sources' });
  assert.equal(sources[0]?.stored, 238);
  assert.equal(nodeRed.messages('stored').length, before);
});
