// A thread that fills its share of the examples. Who makes which does not change what they are.
import { workerData } from 'node:worker_threads';
import { clipOf, conditions, pictureOf } from './clips.mjs';

const { x, y, first, from, step } = workerData;
const count = y.length / conditions.length;
const width = x.length / count;

for (let i = from; i < count; i += step) {
  const { drive, samples } = clipOf(first + i);
  x.set(await pictureOf(samples), i * width);
  y[i * conditions.length + conditions.indexOf(drive.condition)] = 1;
}
