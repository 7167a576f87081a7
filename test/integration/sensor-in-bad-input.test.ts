import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import type { MqttClient } from 'mqtt';
import { Mosquitto } from '../servers/mosquitto.ts';
import { needs } from '../support/needs.ts';
import { type Message, NodeRed } from '../support/node-red.ts';
import { count, ids, publishAll, publisher, query, sensorFlow } from '../support/sensor-flow.ts';
import { until } from '../support/until.ts';

const began = Date.now();
const topic = 'site/pump/temperature';
const good = (value: number): string => JSON.stringify({ value, time: began + value });
const schemas = [
  { source: '*', schema: '{"type":"object","properties":{"value":{"type":"number","maximum":1000000}}}' },
];

describe('bad input over MQTT', { skip: needs('mosquitto') }, () => {
  let broker: Mosquitto;
  let nodeRed: NodeRed;
  let client: MqttClient;
  let next = 1;

  before(async () => {
    broker = await Mosquitto.start({ conf: ['message_size_limit 0'] });
    // a window that a test can fill, so that the node stops reading
    const sensor = { schemas, window: '2000' };
    nodeRed = await NodeRed.start({
      flow: sensorFlow({ broker: { port: String(broker.port), keepalive: '5' }, sensor }),
    });
    client = await publisher(broker.url);
    await until(() => nodeRed.status(ids.sensor)?.text === 'connected', { what: 'the node to connect' });
  });
  after(async () => {
    await client.endAsync(true);
    await nodeRed.stop();
    await broker.stop();
  });

  /** What comes out of the second output for it, while its neighbours are stored. */
  const rejected = async (payload: string | Buffer): Promise<Message> => {
    const [before, stored] = [nodeRed.messages('rejected').length, nodeRed.messages('stored').length];
    await publishAll(client, topic, [good(next++), payload, good(next++)]);
    await until(() => nodeRed.messages('stored').length === stored + 2, { what: 'both neighbours' });
    return await until(() => nodeRed.messages('rejected')[before], { what: 'the rejected message' });
  };

  for (const [what, payload, code] of [
    ['broken JSON', '{"value": 1', 'decode-json'],
    ['NaN', '{"value": NaN}', 'decode-json'],
    ['an infinity', '{"value": 1e999}', 'decode-value'],
    ['an object where a number belongs', '{"value": {"nested": "yes"}, "time": 1}', 'decode-nothing'],
    ['a value that the schema forbids', '{"value": 1000001}', 'decode-schema'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'decode-utf8'],
    ['an empty payload', '', 'decode-empty'],
  ] as const) {
    test(`${what} becomes a dead letter with its reason, and its neighbours are stored`, async () => {
      const message = await rejected(payload);
      assert.equal(message.code, code);
      assert.match(String(message.reason), /\. \S+/);
      const [row] = query<{ payload: Uint8Array }>(
        nodeRed,
        `select payload from dead_letter where id = ${Number(message.deadLetter)}`,
      );
      assert.deepEqual(Buffer.from(row?.payload ?? []), Buffer.from(payload));
    });
  }

  test('a payload of 10 MB is refused and kept whole, and holds nobody up', async () => {
    const large = Buffer.alloc(10_000_000, 'x');
    const answers: number[] = [];
    const asking = setInterval(() => {
      const asked = performance.now();
      void fetch(`${nodeRed.url}/settings`).then(() => answers.push(performance.now() - asked));
    }, 20);
    const message = await rejected(large).finally(() => clearInterval(asking));
    assert.equal(message.code, 'decode-too-large');
    const [row] = query<{ n: number }>(
      nodeRed,
      `select length(payload) as n from dead_letter where id = ${Number(message.deadLetter)}`,
    );
    assert.equal(row?.n, large.length);
    assert.ok(Math.max(...answers) < 2000, `the editor waited ${Math.max(...answers)} ms`);
  });

  test('a clock that is off is flagged, and the time kept as it came', async () => {
    const time = Date.now() + 86_400_000;
    const before = nodeRed.messages('stored').length;
    await publishAll(client, topic, [JSON.stringify({ value: -1, time })]);
    const message = await until(() => nodeRed.messages('stored')[before]);
    const reading = message.reading as { time: number; clock: string };
    assert.equal(reading.clock, 'ahead');
    assert.equal(reading.time, time);
  });

  test('a store that another program has locked holds messages up and loses none', async () => {
    const [before, rows] = [nodeRed.messages('stored').length, count(nodeRed, 'reading')];
    const locker = new DatabaseSync(`${nodeRed.userDir}/test.sqlite`, { timeout: 5000 });
    locker.exec('begin immediate');
    try {
      await publishAll(
        client,
        topic,
        Array.from({ length: 3000 }, () => good(next++)),
      );
      await until(() => nodeRed.status(ids.sensor)?.fill === 'red', { ms: 30_000, what: 'the node to tell' });
      assert.equal(nodeRed.messages('stored').length, before);
    } finally {
      locker.exec('rollback');
      locker.close();
    }
    await until(() => nodeRed.messages('stored').length === before + 3000, { ms: 30_000, what: 'all of them' });
    assert.equal(count(nodeRed, 'reading'), rows + 3000);
    assert.doesNotMatch(nodeRed.log, /Keepalive|closed the connection/);
    await until(() => nodeRed.status(ids.sensor)?.fill === 'green', { what: 'the node to be well again' });
  });
});

describe('a wrong broker password', { skip: needs('mosquitto') }, () => {
  test('is told on the node and in the log, and never by its text', async () => {
    const broker = await Mosquitto.start({ users: { alice: 'a-pass' } });
    const nodeRed = await NodeRed.start({
      flow: sensorFlow({ broker: { port: String(broker.port) } }),
      credentials: { [ids.broker]: { user: 'alice', password: 'not-her-password' } },
    });
    try {
      await until(() => nodeRed.status(ids.sensor)?.text === 'login refused', { what: 'the status' });
      // the log comes through a pipe of its own, later or sooner than the status
      const told = /refused the user name or password\. Open the broker settings/;
      await until(() => told.test(nodeRed.log), { what: 'the log to tell' });
      assert.doesNotMatch(nodeRed.log, /not-her-password/);
    } finally {
      await nodeRed.stop();
      await broker.stop();
    }
  });
});
