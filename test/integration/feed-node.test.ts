import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore } from '../../dist/store/open.js';
import { type FlowNode, NodeRed, root } from '../support/node-red.ts';
import { readings } from '../support/stores.ts';
import { until } from '../support/until.ts';

const store = (url: string) => ({ id: 'c0ffee0000000001', type: 'percept-store', name: '', version: 1, url });
const feed = (more: Partial<FlowNode> = {}): FlowNode => ({
  id: 'c0ffee0000000002',
  type: 'percept-feed',
  z: 'c0ffee0000000000',
  name: '',
  version: 1,
  store: 'c0ffee0000000001',
  table: 'reading',
  from: 'beginning',
  wires: [['c0ffee0000000003']],
  ...more,
});
const tab = { id: 'c0ffee0000000000', type: 'tab', label: 'test' };
const probe = { id: 'c0ffee0000000003', type: 'test-probe', z: tab.id, name: 'out', wires: [] };

test('the feed node sends a message per row, and goes on after kill -9 without leaving one out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'percept-feed-'));
  const url = join(folder, 'a.sqlite');
  const outside = await openStore({ url });
  await outside.commit({ readings: readings(0, 30) });
  const nodeRed = await NodeRed.start({ flow: [tab, store(url), feed(), probe] });
  try {
    await until(() => nodeRed.messages('out').length === 30, { what: 'the rows that were there' });
    const [first] = nodeRed.messages('out');
    assert.partialDeepStrictEqual(first, {
      topic: 'plant/machine-0/temperature',
      payload: 0,
      reading: { id: 1, source: 'plant/machine-0', quantity: 'temperature', unit: '°C', clock: 'ok' },
    });
    await outside.commit({ readings: readings(30, 30) });
    await until(() => nodeRed.messages('out').length === 60, { what: 'rows of another process' });
    await until(() => nodeRed.status('c0ffee0000000002')?.text === 'row 60', { what: 'the status' });
    await nodeRed.kill();
    await outside.commit({ readings: readings(60, 30) });
    await nodeRed.again();
    await until(() => new Set(ids(nodeRed)).size === 90, { ms: 20_000, what: 'rows from before the restart' });
    assert.ok(ids(nodeRed).length <= 95);
  } finally {
    await nodeRed.stop();
    await outside.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the store and the feed start while the database is down or refuses, and say why', async () => {
  const nodeRed = await NodeRed.start({ flow: [tab, store('postgres://app@127.0.0.1:1/x'), feed(), probe] });
  try {
    await until(() => nodeRed.status('c0ffee0000000002')?.text === 'store unreachable', { what: 'the status' });
    await until(() => /\[percept-store:.*does not answer/.test(nodeRed.log), { what: 'the log to tell' });
  } finally {
    await nodeRed.stop();
  }
});

test('the example flow stores what is injected and feeds it back', async () => {
  const flow: FlowNode[] = JSON.parse(readFileSync(join(root, 'examples/feed - react to new rows.json'), 'utf8'));
  const wired = flow.map((node) => (node.type === 'percept-feed' ? { ...node, wires: [[probe.id]] } : node));
  const nodeRed = await NodeRed.start({ flow: [...wired, { ...probe, z: flow[0]?.id }] });
  try {
    const inject = flow.find(({ type }) => type === 'inject') as FlowNode;
    const feedId = flow.find(({ type }) => type === 'percept-feed')?.id as string;
    await until(() => nodeRed.status(feedId)?.fill === 'green', { what: 'the feed to stand by' });
    nodeRed.inject(inject.id, {});
    await until(() => nodeRed.messages('out').length === 1, { what: `the row; log:\n${nodeRed.log}` });
    assert.equal(nodeRed.messages('out')[0]?.topic, 'hall/press/temperature');
    assert.doesNotMatch(nodeRed.log, /\[(warn|error)\] \[percept/);
  } finally {
    await nodeRed.stop();
  }
});

function ids(nodeRed: NodeRed): number[] {
  return nodeRed.messages('out').map((msg) => (msg['reading'] as { id: number }).id);
}
