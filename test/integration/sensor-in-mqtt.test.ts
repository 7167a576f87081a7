import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { MqttClient } from 'mqtt';
import { Mosquitto } from '../servers/mosquitto.ts';
import { needs } from '../support/needs.ts';
import { NodeRed } from '../support/node-red.ts';
import { count, ids, publishAll, publisher, sensorFlow } from '../support/sensor-flow.ts';
import { until } from '../support/until.ts';

const began = Date.now();
const json = (i: number): string => JSON.stringify({ value: i, time: began + i });

for (const mqttVersion of ['5', '4'] as const) {
  describe(`sensor in over MQTT ${mqttVersion === '5' ? '5' : '3.1.1'}`, { skip: needs('mosquitto') }, () => {
    let broker: Mosquitto;
    let nodeRed: NodeRed;
    let client: MqttClient;

    before(async () => {
      broker = await Mosquitto.start();
      nodeRed = await NodeRed.start({ flow: sensorFlow({ broker: { port: String(broker.port), mqttVersion } }) });
      client = await publisher(broker.url);
      await until(() => nodeRed.status(ids.sensor)?.text === 'connected', { what: 'the node to connect' });
    });
    after(async () => {
      await client.endAsync(true);
      await nodeRed.stop();
      await broker.stop();
    });

    test('stores each message once and sends a message per row, in order', async () => {
      await publishAll(
        client,
        'site/pump/temperature',
        Array.from({ length: 1000 }, (_, i) => json(i)),
      );
      await until(() => nodeRed.messages('stored').length >= 1000, { what: '1000 messages' });
      assert.equal(count(nodeRed, 'reading'), 1000);
      const stored = nodeRed.messages('stored');
      assert.deepEqual(
        stored.map(({ payload }) => payload),
        Array.from({ length: 1000 }, (_, i) => i),
      );
      const { id, receivedAt, ...reading } = (stored[7]?.reading ?? {}) as Record<string, unknown>;
      assert.deepEqual(reading, {
        source: 'pump',
        quantity: 'temperature',
        value: 7,
        unit: '',
        time: began + 7,
        sequence: 0,
        clock: 'ok',
      });
      assert.equal(typeof id, 'number');
      assert.ok(Number(receivedAt) >= began);
      assert.equal(stored[7]?.topic, 'site/pump/temperature');
    });

    test('neither stores nor sends a repeat', async () => {
      const before = nodeRed.messages('stored').length;
      await publishAll(client, 'site/pump/temperature', [json(0), json(1), json(999_999)]);
      await until(() => nodeRed.messages('stored').length > before);
      assert.equal(nodeRed.messages('stored').at(-1)?.payload, 999_999);
      assert.equal(nodeRed.messages('stored').length, before + 1);
    });

    test('sends what it rejects to the second output and keeps it', async () => {
      await publishAll(client, 'site/pump/temperature', ['{"value": 1,']);
      const message = await until(() => nodeRed.messages('rejected')[0]);
      assert.equal(message.code, 'decode-json');
      assert.match(String(message.reason), /not valid JSON/);
      assert.deepEqual(Buffer.from(message.payload as Uint8Array).toString(), '{"value": 1,');
      assert.equal(count(nodeRed, `dead_letter where id = ${Number(message.deadLetter)}`), 1);
    });
  });
}
