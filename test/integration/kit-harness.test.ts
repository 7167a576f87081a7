import assert from 'node:assert/strict';
import test from 'node:test';
import { NodeRed } from '../support/node-red.ts';
import { until } from '../support/until.ts';

test('a message injected into a flow reaches the probe', async () => {
  const nodeRed = await NodeRed.start({
    flow: [
      { id: 'a000000000000001', type: 'tab', label: 'test' },
      { id: 'a000000000000002', type: 'change', z: 'a000000000000001', rules: [], wires: [['a000000000000003']] },
      { id: 'a000000000000003', type: 'test-probe', z: 'a000000000000001', name: 'out' },
    ],
  });
  try {
    nodeRed.inject('a000000000000002', { payload: Buffer.from('hello') });
    const msg = await until(() => nodeRed.messages('out')[0]);
    assert.deepEqual(Buffer.from(msg.payload as Uint8Array).toString(), 'hello');
  } finally {
    await nodeRed.stop();
  }
});
