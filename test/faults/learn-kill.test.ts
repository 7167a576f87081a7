import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Learning } from '../../dist/sound/learn/learning.js';
import { openShed, record } from '../support/learn-machine.ts';
import { type FlowNode, NodeRed } from '../support/node-red.ts';
import { Machine } from '../support/sound-machine.ts';
import { until } from '../support/until.ts';

const tab = '1ea2b1e200000000';
const learn = '1ea2b1e200000003';
const probe = (id: string, name: string): FlowNode => ({ id, type: 'test-probe', z: tab, name, wires: [] });
const flow: FlowNode[] = [
  { id: tab, type: 'tab', label: 'test' },
  { id: '1ea2b1e200000001', type: 'percept-store', url: 'test.sqlite' },
  { id: '1ea2b1e200000002', type: 'percept-bucket', kind: 'folder', folder: 'bucket' },
  {
    id: learn,
    type: 'percept-learn',
    z: tab,
    store: '1ea2b1e200000001',
    bucket: '1ea2b1e200000002',
    kind: 'autoencoder',
    epochs: '40',
    checkpoint: '0.1',
    wires: [['1ea2b1e200000004'], ['1ea2b1e200000005']],
  },
  probe('1ea2b1e200000004', 'models'),
  probe('1ea2b1e200000005', 'learning'),
];

const source = 'hall/fan';
const userDir = mkdtempSync(join(tmpdir(), 'percept-learn-kill-'));
let nodeRed: NodeRed;
before(async () => {
  const shed = await openShed(userDir);
  await record(shed, new Machine(1), { source, from: Date.now() - 3_600_000, seconds: 110 });
  await shed.close();
  nodeRed = await NodeRed.start({ flow, userDir });
});
after(async () => {
  await nodeRed.stop();
  rmSync(userDir, { recursive: true, force: true });
});

test('a Node-RED that is killed in the middle of a training goes on with it by itself, and makes one version of it', async () => {
  const told = (): Learning[] => nodeRed.messages('learning').map((msg) => msg['learning'] as Learning);
  const what = { ms: 60_000, what: `training; ${JSON.stringify(told().at(-1))}; ${nodeRed.log}` };
  const checkpoints = (): string[] =>
    readdirSync(join(userDir, 'percept/learn', learn)).filter((name) => name.endsWith('.checkpoint'));
  nodeRed.inject(learn, { topic: source, learn: 'start' });
  await until(() => (told().at(-1)?.epoch ?? 0) > 3 && checkpoints().length === 1, what);
  await nodeRed.kill();
  const before = told().length;
  const known = told().at(-1)?.loss ?? [];
  await nodeRed.again();
  const resumed = await until(
    () =>
      told()
        .slice(before)
        .find(({ state }) => state === 'training'),
    what,
  );
  // the epochs before the last checkpoint are not learned again: their losses are the very same
  const kept = resumed.loss ?? [];
  assert.ok(kept.length > 0, JSON.stringify(resumed));
  const both = Math.min(kept.length, known.length);
  assert.deepEqual(kept.slice(0, both), known.slice(0, both));
  assert.ok(
    told()
      .slice(before)
      .some(({ reason }) => /Goes on from where it was stopped/.test(reason ?? '')),
  );
  await until(() => /hall\/fan: Goes on from where it was stopped/.test(nodeRed.log), { what: 'the log to tell' });
  const ready = await until(
    () =>
      told()
        .slice(before)
        .find(({ state }) => state === 'ready'),
    what,
  );
  assert.deepEqual(
    ready.versions.map(({ version, kind, live }) => [version, kind, live]),
    [['1', 'autoencoder', true]],
  );
  assert.deepEqual(readdirSync(join(userDir, 'percept/learn', learn)), []);
});
