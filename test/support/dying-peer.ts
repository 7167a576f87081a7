import { parentPort, workerData } from 'node:worker_threads';
import { MqttPeer } from './mqtt-peer.ts';

/** In a thread of its own: publishes and dies while the other end is busy. `workerData.dead` becomes 1 then. */
const { count, dead } = workerData as { count: number; dead: Int32Array };
const peer = await MqttPeer.start();
parentPort?.once('message', async () => {
  await peer.lastWords(() => {
    for (let id = 1; id <= count; id++) peer.publish(id, 't', String(id));
  });
  await peer.stop();
  Atomics.store(dead, 0, 1);
  Atomics.notify(dead, 0);
});
parentPort?.postMessage(peer.port);
