import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NodeRed } from '../support/node-red.ts';
import { count, ids, sensorFlow } from '../support/sensor-flow.ts';
import { until } from '../support/until.ts';

const tab = '0123456789abcd00';
const complete = '0123456789abcd10';
const caught = '0123456789abcd11';
const done = '0123456789abcd12';
const wrong = '0123456789abcd13';

/** A complete node and a catch node watch the node, each with a probe. */
const watchers = [
  { id: complete, type: 'complete', z: tab, name: '', scope: [ids.sensor], uncaught: false, wires: [[done]] },
  { id: caught, type: 'catch', z: tab, name: '', scope: [ids.sensor], uncaught: false, wires: [[wrong]] },
  { id: done, type: 'test-probe', z: tab, name: 'done', wires: [] },
  { id: wrong, type: 'test-probe', z: tab, name: 'caught', wires: [] },
];

describe('sensor in on its input wire', () => {
  let nodeRed: NodeRed;
  const time = Date.now();
  const stored = () => nodeRed.messages('stored');
  const rejected = () => nodeRed.messages('rejected');

  before(async () => {
    nodeRed = await NodeRed.start({ flow: sensorFlow({ more: watchers }) });
  });
  after(() => nodeRed.stop());

  for (const [kind, payload, value] of [
    ['an object', { value: 1.5, time }, 1.5],
    ['a text', JSON.stringify({ value: 2.5, time }), 2.5],
    ['a Buffer', Buffer.from(JSON.stringify({ value: 3.5, time })), 3.5],
    ['a number', 4.5, 4.5],
  ] as const) {
    test(`takes in ${kind}, keeps the message's other properties and is done after the commit`, async () => {
      const already = stored().length;
      nodeRed.inject(ids.sensor, { topic: `site/wire-${value}/level`, payload, order: kind });
      await until(() => stored().length > already && nodeRed.messages('done').some(({ order }) => order === kind));
      const message = stored().at(-1);
      assert.equal(message?.payload, value);
      assert.equal(message?.order, kind);
      assert.equal((message?.reading as { source: string } | undefined)?.source, `wire-${value}`);
    });
  }

  test('gives what cannot be taken in to a Catch node', async () => {
    nodeRed.inject(ids.sensor, { topic: 'site/pump/level', payload: null });
    const message = await until(() => nodeRed.messages('caught')[0]);
    assert.match(String((message.error as Error | undefined)?.message), /msg\.payload is null/);
  });

  test('keeps a rejected message, and is done with it', async () => {
    nodeRed.inject(ids.sensor, { topic: 'other/pump', payload: { value: 1, time }, order: 'mismatch' });
    const message = await until(() => rejected().find(({ order }) => order === 'mismatch'));
    assert.equal(message.code, 'decode-topic');
    assert.deepEqual(message.payload, { value: 1, time });
    await until(() => nodeRed.messages('done').some(({ order }) => order === 'mismatch'));
    assert.equal(count(nodeRed, 'dead_letter'), 1);
  });

  test('drives a dead letter through again: what still fails stays', async () => {
    const before = rejected().length;
    nodeRed.inject(ids.sensor, { redrive: true, order: 'redrive' });
    await until(() => nodeRed.messages('done').some(({ order }) => order === 'redrive'));
    await until(() => rejected().length > before);
    assert.equal(rejected().length, before + 1);
    assert.equal(count(nodeRed, 'dead_letter'), 1);
  });
});

describe('dead letters', () => {
  test('are stored and removed by a redrive once the settings fit', async () => {
    const time = Date.now();
    const narrow = sensorFlow({ sensor: { topic: 'site/+machine/level' } });
    const nodeRed = await NodeRed.start({ flow: narrow });
    try {
      for (const value of [1, 2, 3])
        nodeRed.inject(ids.sensor, { topic: 'hall/pump', payload: { value, time: time + value } });
      await until(() => nodeRed.messages('rejected').length === 3);
      await redeploy(nodeRed, sensorFlow({ sensor: { topic: 'hall/+machine', quantity: 'level' } }));
      const letters = nodeRed.messages('rejected').map(({ deadLetter }) => deadLetter as number);

      nodeRed.inject(ids.sensor, { redrive: letters.slice(0, 1) });
      await until(() => nodeRed.messages('stored').length === 1);
      assert.equal(nodeRed.messages('stored')[0]?.deadLetter, letters[0]);
      assert.equal(count(nodeRed, 'dead_letter'), 2);

      nodeRed.inject(ids.sensor, { redrive: true });
      await until(() => nodeRed.messages('stored').length === 3);
      assert.equal(count(nodeRed, 'dead_letter'), 0);
      assert.equal(count(nodeRed, 'reading'), 3);
    } finally {
      await nodeRed.stop();
    }
  });
});

async function redeploy(nodeRed: NodeRed, flow: readonly object[]): Promise<void> {
  const started = () => nodeRed.log.split('Started flows').length;
  const before = started();
  const answer = await fetch(`${nodeRed.url}/flows`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'node-red-deployment-type': 'full' },
    body: JSON.stringify(flow),
  });
  assert.equal(answer.status, 204);
  await until(() => started() > before, { what: 'the deploy' });
}
