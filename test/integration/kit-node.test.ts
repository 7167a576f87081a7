import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { type FlowNode, NodeRed } from '../support/node-red.ts';
import { until } from '../support/until.ts';

const tab = 'b000000000000001';
const trial = 'b000000000000002';

const flow = (settings: Record<string, unknown> = {}, extra: FlowNode[] = []): FlowNode[] => [
  { id: tab, type: 'tab', label: 'test' },
  { id: trial, type: 'test-trial', z: tab, ...settings, wires: [['b000000000000003']] },
  {
    id: 'b000000000000003',
    type: 'switch',
    z: tab,
    property: 'topic',
    rules: [{ t: 'neq', v: 'tick', vt: 'str' }],
    wires: [['b000000000000004']],
  },
  { id: 'b000000000000004', type: 'test-probe', z: tab, name: 'out' },
  { id: 'b000000000000005', type: 'catch', z: tab, scope: null, wires: [['b000000000000006']] },
  { id: 'b000000000000006', type: 'test-probe', z: tab, name: 'errors' },
  { id: 'b000000000000007', type: 'complete', z: tab, scope: [trial], wires: [['b000000000000008']] },
  { id: 'b000000000000008', type: 'test-probe', z: tab, name: 'done' },
  ...extra,
];
const packages = { 'node-red-percept-kit-nodes': join(import.meta.dirname, '../support/kit-nodes') };

let nodeRed: NodeRed;
before(async () => {
  nodeRed = await NodeRed.start({ flow: flow(), packages, credentials: { [trial]: { password: 'swordfish' } } });
});
after(async () => await nodeRed.stop());

test('the setting holds until a message says otherwise', async () => {
  nodeRed.inject(trial, { topic: 'a', payload: 1 });
  nodeRed.inject(trial, { topic: 'b', payload: 1, limit: 7 });
  await until(() => nodeRed.messages('out').length >= 2);
  const [a, b] = nodeRed.messages('out');
  assert.deepEqual([a?.['limit'], b?.['limit']], [3, 7]);
});

test('an error reaches the Catch node once, with its code, and no secret in it; the status is short', async () => {
  const already = nodeRed.messages('errors').length;
  nodeRed.inject(trial, { payload: 'reject' });
  const msg = await until(() => nodeRed.messages('errors')[already]);
  const error = msg['error'] as { message: string; code?: string };
  assert.match(error.message, /The word reject \*\*\* is not taken\. Use another\./);
  await until(() => nodeRed.status(trial)?.text === 'refused', { what: 'the status' });
  assert.doesNotMatch(nodeRed.log, /swordfish/);
});

test('a bug in a handler leaves Node-RED running', async () => {
  const already = nodeRed.messages('errors').length;
  nodeRed.inject(trial, { payload: 'crash' });
  await until(() => nodeRed.messages('errors')[already]);
  const out = nodeRed.messages('out').length;
  nodeRed.inject(trial, { payload: 'still here' });
  await until(() => nodeRed.messages('out').length > out);
});

test('a message that does not fit is refused by the name of its property', async () => {
  const already = nodeRed.messages('errors').length;
  nodeRed.inject(trial, { payload: 1, limit: 'many' });
  const msg = await until(() => nodeRed.messages('errors')[already]);
  assert.match((msg['error'] as { message: string }).message, /msg\.limit/);
});

test('done is called once per message that was handled', async () => {
  const done = () => nodeRed.messages('done').flatMap(({ topic, payload }) => (topic === 'done' ? [payload] : []));
  for (let i = 0; i < 5; i++) nodeRed.inject(trial, { topic: 'done', payload: i });
  await until(() => done().includes(4));
  assert.deepEqual(done(), [0, 1, 2, 3, 4]);
});

test('counters and latency are served as Prometheus text', async () => {
  const response = await fetch(`${nodeRed.url}/percept/metrics`);
  assert.match(response.headers.get('content-type') ?? '', /text\/plain/);
  assert.match(
    await response.text(),
    /percept_node_events_total\{type="test-trial",id="b000000000000002",name="",event="received"\} \d+/,
  );
});

test('what an old instance sends, shows or reports after a redeploy is ignored', async () => {
  nodeRed.inject(trial, { payload: 'late' });
  await until(() => nodeRed.messages('out').some(({ payload }) => payload === 'late'));
  await nodeRed.deploy(flow({ limit: 4 }));
  await until(() => nodeRed.log.includes('the old instance has sent'));
  nodeRed.inject(trial, { topic: 'new', payload: 1 });
  await until(() => nodeRed.messages('out').some(({ topic, limit }) => topic === 'new' && limit === 4));
  assert.equal(
    nodeRed.messages('out').some(({ topic }) => topic === 'late'),
    false,
  );
  assert.ok(!caught('The word late'));
  assert.doesNotMatch(nodeRed.status(trial)?.text ?? '', /late|refused/);
});

const caught = (text: string): boolean =>
  nodeRed.messages('errors').some((msg) => (msg['error'] as { message: string }).message.includes(text));

test('a setting that does not fit is named to Catch nodes and in the status, and messages get the same error', async () => {
  await nodeRed.deploy(flow({ limit: 'many' }));
  await until(() => caught('The setting "limit" does not fit'), { what: 'the Catch node to get it' });
  const already = nodeRed.messages('errors').length;
  nodeRed.inject(trial, { payload: 1 });
  await until(() => nodeRed.messages('errors')[already]);
  await until(() => nodeRed.status(trial)?.text === 'check the settings', { what: 'the status' });
});

test('a node uses what a config node offers, wherever it stands in the file', async () => {
  const config = 'b000000000000009';
  await nodeRed.deploy(flow({ api: config }, [{ id: config, type: 'test-api', greeting: 'good day' }]));
  nodeRed.inject(trial, { topic: 'greet', payload: 1 });
  const msg = await until(() => nodeRed.messages('out').find(({ topic }) => topic === 'greet'));
  assert.equal(msg['greeting'], 'good day you');
});

test('a config node that is missing is an error with what to do', async () => {
  await nodeRed.deploy(flow({ api: 'b00000000000000a' }));
  await until(() => caught('No test-api is chosen'), { what: 'the Catch node to get it' });
});

test('an error that no Catch node gets is in the log', async () => {
  await nodeRed.deploy(flow({ limit: 'many' }).filter(({ type }) => type !== 'catch'));
  await until(() => nodeRed.log.includes('The setting "limit" does not fit'), { what: 'the log to tell' });
});

test('a setting from an environment variable that is not set is told by its name', async () => {
  await nodeRed.deploy(flow({ limit: `\${PERCEPT_TEST_LIMIT}` }));
  await until(() => caught('environment variable PERCEPT_TEST_LIMIT, which is not set'), { what: 'the error' });
  await until(() => nodeRed.status(trial)?.text === 'variable not set', { what: 'the status' });
});

test('a configuration of an earlier version is brought forward', async () => {
  await nodeRed.deploy(flow({ max: 11, version: 1 }));
  nodeRed.inject(trial, { topic: 'migrated', payload: 1 });
  const msg = await until(() => nodeRed.messages('out').find(({ topic }) => topic === 'migrated'));
  assert.equal(msg['limit'], 11);
});
