import { folderPlace } from '../../dist/inference/place.js';
import { Models } from '../../dist/inference/registry.js';
import { autoencoder, type Network, vgg } from '../../dist/inference/train/network.js';
import { type Naming, publish } from '../../dist/inference/train/publish.js';
import { train } from '../../dist/inference/train/training.js';
import { networkPicture, networkShape } from '../../dist/sound/network-input.js';
import { type Condition, Machine, spectrogramsOf } from './sound-machine.ts';

const size = networkShape.bands * networkShape.frames;
const whistling: Condition = { whistle: 0.05 };

/** What networks see of the machine in a condition, one picture after the other. */
async function pictures(machine: Machine, count: number, condition: Condition): Promise<Float32Array[]> {
  return (await spectrogramsOf(machine, count, 0, condition, 'picture')).map(networkPicture);
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries()) all.set(row, i * size);
  return all;
}

const naming = (name: string, labels: readonly string[], threshold: number): Naming => ({
  name,
  version: '1',
  about: 'Learned by a test.',
  labels,
  threshold,
  licence: 'Apache-2.0',
  source: 'a test',
});

/** A small network that knows the machine from the one that whistles, and calls that a bearing; kept in the folder. */
export async function publishFaults(folder: string): Promise<Models> {
  const machine = new Machine(21);
  const normal = await pictures(machine, 16, {});
  const broken = await pictures(machine, 16, whistling);
  const x = joined(normal.flatMap((picture, i) => [picture, broken[i] as Float32Array]));
  const y = Float32Array.from({ length: 2 * 32 }, (_, i) => (i % 4 === 0 || i % 4 === 3 ? 1 : 0));
  const network = vgg({ classes: 2, channels: [2, 2], hidden: [8] });
  return await learned(folder, network, { x, y }, naming('faults', ['normal', 'bearing-outer'], 0.5));
}

/** One that repeats what the machine sounds like. */
export async function publishRepeater(folder: string): Promise<Models> {
  const x = joined(await pictures(new Machine(22), 32, {}));
  const network = autoencoder({ width: size, hidden: [16], code: 4 });
  return await learned(folder, network, { x }, naming('repeater', [], 0.5));
}

async function learned(
  folder: string,
  network: Network,
  examples: { x: Float32Array; y?: Float32Array },
  named: Naming,
): Promise<Models> {
  const models = new Models([folderPlace(folder)]);
  const trained = await train({ network, examples, options: { epochs: 12, batch: 8, rate: 3e-3 } }).result;
  await publish(models, trained, network, named);
  return models;
}
