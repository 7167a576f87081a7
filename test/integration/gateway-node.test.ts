import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Mosquitto } from '../servers/mosquitto.ts';
import { farSide, gatewayFlow, gatewayIds, gatewayReadings, storedOrder } from '../support/gateway-flow.ts';
import { needs } from '../support/needs.ts';
import { type Message, NodeRed } from '../support/node-red.ts';
import { query, sensorFlow } from '../support/sensor-flow.ts';
import { until } from '../support/until.ts';

const began = Date.now() - 100_000;

for (const mqttVersion of ['5', '4'] as const) {
  describe(`a gateway over MQTT ${mqttVersion === '5' ? '5' : '3.1.1'}`, { skip: needs('mosquitto') }, () => {
    let broker: Mosquitto;
    let nodeRed: NodeRed;
    const stored = (): number[] => query<{ value: number }>(nodeRed, storedOrder).map(({ value }) => value);
    const send = (msg: Message): void => nodeRed.inject(gatewayIds.gateway, msg);

    before(async () => {
      broker = await Mosquitto.start();
      const port = String(broker.port);
      nodeRed = await NodeRed.start({
        flow: [
          ...sensorFlow({ broker: { port, mqttVersion }, sensor: farSide }),
          ...gatewayFlow(broker.port, { broker: { mqttVersion } }),
        ],
      });
    });
    after(async () => {
      await nodeRed.stop();
      await broker.stop();
    });

    test('brings readings to the far side, in order, and is done with each', async () => {
      for (const reading of gatewayReadings(0, 500, began)) send({ reading });
      await until(() => stored().length >= 500, { what: '500 rows' });
      assert.deepEqual(
        stored(),
        Array.from({ length: 500 }, (_, i) => i),
      );
      assert.equal(nodeRed.messages('taken').length, 500);
    });
  });
}
