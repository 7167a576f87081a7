import { parentPort } from 'node:worker_threads';
import { PerceptError } from '../kit/index.js';
import { learn } from './normal/model.js';
import { pictureOf } from './picture.js';
import { closeRequest, type Operation, type Operations, type Reply, type Request } from './protocol.js';
import { Spectrograms } from './spectrogram.js';

const spectrograms = new Spectrograms();
let last: Promise<void> = Promise.resolve();

parentPort?.on('message', (request: Request | typeof closeRequest) => {
  // one after the other, as they came
  last = last.then(() => (request === closeRequest ? parentPort?.close() : reply(request)));
});

async function reply(request: Request): Promise<void> {
  try {
    const answer = await answerTo(request);
    const moved = 'data' in answer ? [answer.data.buffer as ArrayBuffer] : [];
    parentPort?.postMessage({ id: request.id, answer } satisfies Reply, moved);
  } catch (thrown) {
    const known = thrown instanceof PerceptError;
    const failure = { code: known ? thrown.code : '', params: known ? thrown.params : {}, message: String(thrown) };
    parentPort?.postMessage({ id: request.id, failure } satisfies Reply);
  }
}

async function answerTo(request: Request): Promise<Operations[Operation]['answer']> {
  switch (request.op) {
    case 'analyse': {
      const samples = bufferOf(request.pcm.samples);
      const analysed = await spectrograms.of({ ...request.pcm, samples }, request.settings);
      return request.picture ? { ...analysed, png: pictureOf(analysed, request.picture) } : analysed;
    }
    case 'learn':
      return learn(request.heard, request.now);
  }
}

/** A buffer arrives as a plain array of bytes. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
