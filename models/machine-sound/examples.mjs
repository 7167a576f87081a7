import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { networkShape } from '../../dist/sound/network-input.js';
import { conditions } from './clips.mjs';

const width = networkShape.bands * networkShape.frames;

/** Clips `first` to `first + count - 1`, made by a thread for each core. @returns x [count, 48, 64] in dB, y [count, 18] */
export async function examplesOf(first, count) {
  const shared = (length) => new Float32Array(new SharedArrayBuffer(4 * length));
  const [x, y] = [shared(count * width), shared(count * conditions.length)];
  const step = Math.min(count, availableParallelism());
  await Promise.all(Array.from({ length: step }, (_, from) => made({ x, y, first, from, step })));
  return { x, y };
}

function made(workerData) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(import.meta.dirname, 'maker.mjs'), { workerData });
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the thread ended with ${code}`))));
  });
}
