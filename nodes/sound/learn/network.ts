import type { Card } from '../../inference/card.js';
import { ModelHost } from '../../inference/host.js';
import type { Model } from '../../inference/registry.js';
import { float32 } from '../../inference/tensor.js';
import { autoencoder, type Network, vgg } from '../../inference/train/network.js';
import type { TrainingOptions } from '../../inference/train/options.js';
import { networkShape, normalised, reconstructionError } from '../network-input.js';
import { exampleSize, type NetworkExamples } from './collected.js';
import type { Job } from './job.js';

const { bands, frames } = networkShape;
const batch = 32;

/** @param conditions how many there are to tell apart */
export function networkOf(kind: Exclude<Job['kind'], 'normal'>, conditions: number): Network {
  if (kind === 'vgg') return vgg({ classes: conditions, height: bands, width: frames });
  // the same picture goes into all networks
  return { ...autoencoder({ width: exampleSize }), input: [1, bands, frames] };
}

/** The rate is Adam's; three dense layers of a thousand units and a mean square don't bear a larger one. */
export function optionsOf({ kind, epochs }: Job, { count, held }: NetworkExamples): Partial<TrainingOptions> {
  const rate = kind === 'vgg' ? 3e-4 : 1e-3;
  // the trainer takes a share, of which it makes whole examples: half an example more, and it is exactly these
  return { batch, epochs, rate, validation: (held + 0.5) / count };
}

/** Score of each example that was held back. @throws PerceptError `model-no-runtime`, `model-worker-died` */
export async function errorsOf(card: Card, bytes: Buffer, { x, count, held }: NetworkExamples): Promise<number[]> {
  const host = new ModelHost({ lingerMs: 0 });
  const model: Model = { card, place: 'memory', bytes: () => Promise.resolve(bytes) };
  const errors: number[] = [];
  const user = await host.use(model, { policy: 'block' });
  try {
    for (let row = count - held; row < count; row++) {
      const picture = normalised(Float32Array.from(x.subarray(row * exampleSize, (row + 1) * exampleSize)), card.input);
      const given = float32(picture.slice(), [1, 1, bands, frames]);
      const [output] = (await user.run([given])) ?? [];
      if (output?.type === 'float32') errors.push(reconstructionError(picture, output.data));
    }
  } finally {
    await user.release();
    await host.close();
  }
  return errors;
}
