import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { MqttConnection } from '../../dist/sensor/mqtt/connection.js';
import { clientOptions } from '../../dist/sensor/mqtt/options.js';
import { until } from '../support/until.ts';

for (const protocol of ['mqtt', 'ws'] as const) {
  describe(`what a broker sent over ${protocol} before it was killed`, () => {
    const dead = new Int32Array(new SharedArrayBuffer(4));
    let worker: Worker;
    let connection: MqttConnection;
    let arrived: string[];
    let closed: (Error | undefined)[];

    /** Connected to a broker that sends these and dies when told `die`. */
    const open = async (texts: readonly string[], took: () => void = () => undefined): Promise<void> => {
      [arrived, closed, dead[0]] = [[], [], 0];
      worker = new Worker(join(import.meta.dirname, '../support/dying-peer.ts'), {
        workerData: { texts, transport: protocol, dead },
      });
      const [port] = (await once(worker, 'message')) as [number];
      const broker = { protocol, host: '127.0.0.1', port, path: '', version: '4', tls: {} } as const;
      const up = Promise.withResolvers<void>();
      connection = new MqttConnection(clientOptions({ ...broker, keepalive: 60, sessionExpiry: 0 }, 'test', 2000), {
        connected: () => up.resolve(),
        message: ({ payload }) => {
          arrived.push(String(payload));
          took();
        },
        closed: (reason) => closed.push(reason),
      });
      await up.promise;
    };

    afterEach(async () => {
      await connection.end();
      await worker.terminate();
    });

    test('is read, although a PUBACK fails first', async () => {
      const texts = Array.from({ length: 200 }, (_, i) => String(i));
      await open(texts);
      worker.postMessage('die');
      Atomics.wait(dead, 0, 0, 10_000);
      connection.acknowledge(1);

      await until(() => closed.length === 1, { what: 'the end of the connection' });
      assert.deepEqual(arrived, texts);
      assert.match(String(closed[0]), /ECONNRESET|EPIPE/);
    });

    test('is handed on, although reading was stopped', async () => {
      // more than goes through in one piece, less than the streams between read ahead: the end is found while reading is stopped
      const texts = Array.from({ length: 480 }, (_, i) => String(i).padEnd(150));
      await open(texts, () => connection.pause());
      worker.postMessage('die');

      await until(() => closed.length === 1, { what: 'the end of the connection' });
      await until(() => arrived.length === texts.length, { what: 'the last message' });
      assert.deepEqual(arrived, texts);
    });
  });
}
