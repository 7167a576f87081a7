import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { GatewayFigures } from '../../dist/sensor/gateway/health.js';
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
      await until(() => nodeRed.messages('taken').length >= 500, { what: 'each to be done' });
      assert.equal(nodeRed.messages('taken').length, 500);
    });

    test('takes what a flow brings: plain numbers with a topic, objects, arrays', async () => {
      const before = stored().length;
      send({ topic: 'hall/gate/open', payload: 1 });
      send({ topic: 'hall/gate', payload: { open: 2, strain: 3 } });
      send({ topic: 'hall', payload: [{ source: 'hall/a', quantity: 'x', value: 4, time: '2026-01-01T00:00:00Z' }] });
      await until(() => stored().length >= before + 4, { what: 'four rows' });
      assert.deepEqual(stored().slice(before), [1, 2, 3, 4]);
      const [first] = query<{ source: string; quantity: string }>(
        nodeRed,
        "select source, quantity from series join reading on series.id = series_id where value = 1 and quantity = 'open'",
      );
      assert.deepEqual({ ...first }, { source: 'hall/gate', quantity: 'open' });
    });

    test('stores repeated readings once, and reordered ones all', async () => {
      const before = stored().length;
      const readings = gatewayReadings(2000, 20, began);
      const mixed = [...readings.slice(10), ...readings.slice(5), ...readings];
      for (const reading of mixed) send({ reading });
      await until(() => stored().length >= before + 20, { what: '20 rows' });
      // long sent, and here again
      send({ reading: [...readings, ...gatewayReadings(2100, 1, began)] });
      await until(() => stored().includes(2100), { what: 'the last row' });
      assert.equal(stored().length, before + 21);
    });

    test('refuses what is no reading, tells which and why, and takes none of the message in', async () => {
      const [reading] = gatewayReadings(3000, 1, began);
      const wrong: Record<string, unknown>[] = [
        { reading: [reading, { ...reading, value: Number.NaN }] },
        { reading: { ...reading, value: Number.POSITIVE_INFINITY } },
        { reading: { ...reading, source: '' } },
        { reading: { ...reading, time: -5 } },
        { reading: { ...reading, source: 'a\nb' } },
        { topic: 'a/b', payload: 'NaN' },
        { topic: 'a/b', payload: { value: 'inf' } },
        { topic: 'a/b' },
      ];
      const before = nodeRed.messages('errors').length;
      for (const msg of wrong) send(msg);
      await until(() => nodeRed.messages('errors').length >= before + wrong.length, { what: 'all errors' });
      const errors = nodeRed.messages('errors').slice(before);
      assert.match(JSON.stringify(errors[0]?.error), /Reading 2 of the message.*value/);
      assert.equal(stored().includes(3000), false);
    });

    test('keeps readings while the line is cut, and sends all when it is joined', async () => {
      send({ control: 'cut' });
      await until(() => nodeRed.status(gatewayIds.gateway)?.text === 'cut, 0 kept', { what: 'the status of the cut' });
      const before = stored().length;
      for (const reading of gatewayReadings(4000, 30, began)) send({ reading });
      await until(() => nodeRed.status(gatewayIds.gateway)?.text === 'cut, 30 kept', { what: 'thirty to be kept' });
      assert.equal(stored().length, before);
      send({ control: 'join' });
      await until(() => stored().length >= before + 30, { what: 'thirty rows' });
      const events = (): unknown[] => nodeRed.messages('events').map(({ event }) => event);
      for (const event of ['up', 'cut', 'join', 'drained', 'count'])
        await until(() => events().includes(event), { what: event });
    });

    test('knows the clock of the far side, and neither question nor answer becomes a reading', async () => {
      const { clock } = (nodeRed.messages('events').at(-1)?.payload ?? {}) as Partial<GatewayFigures>;
      assert.ok(Math.abs(clock?.offset ?? 1e9) < 50, JSON.stringify(clock));
      assert.deepEqual(nodeRed.messages('rejected'), []);
      const names = query<{ quantity: string }>(nodeRed, 'select distinct quantity from series order by quantity');
      assert.deepEqual(
        names.map(({ quantity }) => quantity),
        ['open', 'strain', 'temperature', 'x'],
      );
    });
  });
}
