import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { MqttConnection } from '../../dist/sensor/mqtt/connection.js';
import { clientOptions } from '../../dist/sensor/mqtt/options.js';
import { MqttPeer } from '../support/mqtt-peer.ts';
import { until } from '../support/until.ts';

for (const version of [4, 5] as const) {
  describe(`a connection with held acknowledgements over MQTT ${version === 4 ? '3.1.1' : '5'}`, () => {
    let peer: MqttPeer;
    let connection: MqttConnection;
    let arrived: { id: number; topic: string }[];
    let closed: (Error | undefined)[];

    const open = async (keepalive = 60): Promise<void> => {
      const broker = {
        protocol: 'mqtt',
        host: '127.0.0.1',
        port: peer.port,
        path: '',
        version: String(version) as '4' | '5',
        keepalive,
        sessionExpiry: 3600,
        tls: {},
      } as const;
      let up = false;
      connection = new MqttConnection(clientOptions(broker, 'test', 123), {
        connected: () => {
          up = true;
        },
        message: ({ messageId, topic }) => arrived.push({ id: messageId as number, topic }),
        closed: (reason) => closed.push(reason),
      });
      await until(() => up, { what: 'the connection' });
    };

    beforeEach(async () => {
      arrived = [];
      closed = [];
      peer = await MqttPeer.start(version);
    });
    afterEach(async () => {
      await connection.end();
      await peer.stop();
    });

    test('hands on many messages before any is acknowledged', async () => {
      await open();
      for (let id = 1; id <= 300; id++) peer.publish(id, `t/${id}`, 'x');
      await until(() => arrived.length === 300);
      assert.deepEqual(peer.packets('puback'), []);
    });

    test('sends a PUBACK when told, and only then', async () => {
      await open();
      for (let id = 1; id <= 3; id++) peer.publish(id, 't', 'x');
      await until(() => arrived.length === 3);
      connection.acknowledge(1);
      connection.acknowledge(2);
      await until(() => peer.packets('puback').length === 2);
      assert.deepEqual(
        peer.packets('puback').map(({ messageId }) => messageId),
        [1, 2],
      );
    });

    test('reads no further while paused, and goes on in order', async () => {
      await open();
      connection.pause();
      for (let id = 1; id <= 50; id++) peer.publish(id, 't', 'x');
      await until(() => arrived.length === 1);
      // by the time a SUBSCRIBE has gone the other way, whatever could have come is here
      const answered = connection.subscribe('u');
      await until(() => peer.packets('subscribe').length === 1);
      assert.equal(arrived.length, 1);
      connection.resume();
      await answered;
      assert.deepEqual(
        arrived.map(({ id }) => id),
        Array.from({ length: 50 }, (_, i) => i + 1),
      );
    });

    test('keeps the connection alive through a pause of several keep-alives', async () => {
      await open(1);
      connection.pause();
      peer.publish(1, 't', 'x');
      peer.publish(2, 't', 'x');
      await until(() => peer.packets('pingreq').length >= 6, { what: 'six PINGREQs' });
      assert.deepEqual(closed, []);
      connection.resume();
      await until(() => arrived.length === 2);
    });

    test('sends nothing for a message whose connection is gone', async () => {
      await open();
      peer.publish(1, 't', 'x');
      await until(() => arrived.length === 1);
      peer.drop();
      await until(() => closed.length === 1);
      const old = connection;
      await open();
      old.acknowledge(1);
      peer.publish(7, 't', 'x');
      await until(() => arrived.length === 2);
      connection.acknowledge(7);
      await until(() => peer.packets('puback').length > 0);
      assert.deepEqual(
        peer.packets('puback').map(({ messageId }) => messageId),
        [7],
      );
    });

    test('asks for a lasting session', async () => {
      await open();
      const [connect] = peer.packets('connect');
      assert.equal(connect?.clean, false);
      assert.equal(connect?.clientId, 'test');
      if (version === 5)
        assert.deepEqual({ ...connect?.properties }, { sessionExpiryInterval: 3600, receiveMaximum: 123 });
    });

    test('tells once why it ended', async () => {
      await open();
      if (version === 5) peer.send({ cmd: 'disconnect', reasonCode: 142 });
      peer.drop();
      await until(() => closed.length === 1);
      if (version === 5) assert.ok(closed[0] && 'code' in closed[0] && closed[0].code === 142, String(closed[0]));
    });
  });
}
