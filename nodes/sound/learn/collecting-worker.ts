import { parentPort, workerData } from 'node:worker_threads';
import { stepBack } from '../../inference/priority.js';
import { PerceptError } from '../../kit/index.js';
import { collectedOf } from './collected.js';
import type { CollectingReply, CollectingRequest, CollectingThreadData } from './collecting-protocol.js';
import { Collector } from './collector.js';

const { settings, conditions } = workerData as CollectingThreadData;
const collector = new Collector(settings);

stepBack();
parentPort?.on('message', async (request: CollectingRequest) => {
  parentPort?.postMessage(await replyTo(request));
});

async function replyTo(request: CollectingRequest): Promise<CollectingReply> {
  try {
    if (request === 'finish') return { collected: collectedOf(collector, settings, conditions) };
    const { buffer, byteOffset, byteLength } = request.bytes;
    await collector.take(Buffer.from(buffer, byteOffset, byteLength), request.time);
    return { stretches: collector.count };
  } catch (thrown) {
    const code = thrown instanceof PerceptError ? thrown.code : '';
    const { detail } = thrown instanceof PerceptError ? thrown.params : { detail: undefined };
    return { failure: { code, detail: String(detail ?? thrown) } };
  }
}
