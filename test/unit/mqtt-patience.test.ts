import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { MqttConnection } from '../../dist/sensor/mqtt/connection.js';
import { clientOptions } from '../../dist/sensor/mqtt/options.js';
import { until } from '../support/until.ts';

test('what a broker sent before it was killed is read, although a PUBACK fails first', async () => {
  const count = 200;
  const dead = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(join(import.meta.dirname, '../support/dying-peer.ts'), { workerData: { count, dead } });
  const ended = once(worker, 'exit');
  const [port] = (await once(worker, 'message')) as [number];
  const broker = { protocol: 'mqtt', host: '127.0.0.1', port, path: '', version: '4', tls: {} } as const;
  const arrived: string[] = [];
  const closed: (Error | undefined)[] = [];
  let up = false;
  const connection = new MqttConnection(clientOptions({ ...broker, keepalive: 60, sessionExpiry: 0 }, 'test', 2000), {
    connected: () => {
      up = true;
    },
    message: ({ payload }) => arrived.push(String(payload)),
    closed: (reason) => closed.push(reason),
  });
  await until(() => up, { what: 'the connection' });

  worker.postMessage('die');
  Atomics.wait(dead, 0, 0, 10_000);
  connection.acknowledge(1);

  await until(() => closed.length === 1, { what: 'the end of the connection' });
  assert.deepEqual(
    arrived,
    Array.from({ length: count }, (_, i) => String(i + 1)),
  );
  assert.match(String(closed[0]), /ECONNRESET|EPIPE/);
  await ended;
});
