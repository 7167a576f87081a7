import { parentPort, workerData } from 'node:worker_threads';
import { MqttPeer, type Transport } from './mqtt-peer.ts';

/** In a thread of its own: publishes and dies while the other end is busy. `workerData.dead` becomes 1 then. */
const { texts, transport, dead } = workerData as { texts: string[]; transport: Transport; dead: Int32Array };
const peer = await MqttPeer.start(4, transport);
parentPort?.once('message', async () => {
  await peer.lastWords(() => {
    for (const [i, text] of texts.entries()) peer.publish(i + 1, 't', text);
  });
  await peer.stop();
  Atomics.store(dead, 0, 1);
  Atomics.notify(dead, 0);
});
parentPort?.postMessage(peer.port);
