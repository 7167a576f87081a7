import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { autoencoder } from '../../dist/inference/train/network.js';
import { train } from '../../dist/inference/train/training.js';
import { endsWithUs } from '../support/children.ts';
import { temporaryFolder } from '../support/models.ts';
import { root } from '../support/node-red.ts';
import { until } from '../support/until.ts';

const width = 64;
const network = autoencoder({ width, hidden: [64, 32], code: 4 });
const options = { epochs: 400, patience: 400 };

function examples(): { x: Float32Array } {
  return {
    x: Float32Array.from({ length: 600 * width }, (_, i) => Math.sin(i % 37) * Math.cos(Math.floor(i / width))),
  };
}

/** The same training in a process of its own. */
const script = `
  const { train } = require(${JSON.stringify(join(root, 'dist/inference/train/training.js'))});
  const { x } = (${examples.toString().replaceAll('width', String(width))})();
  train({
    network: ${JSON.stringify(network)},
    examples: { x },
    options: ${JSON.stringify(options)},
    checkpoint: process.argv[1],
    checkpointMs: 1,
    onProgress: ({ epoch }) => process.stdout.write(epoch + '\\n'),
  });`;

test('a process that is killed while it learns, again and again, loses nothing: the model is the same to the byte', async (t) => {
  const folder = temporaryFolder(t);
  const checkpoint = join(folder, 'learn/machine');
  const epochs: number[] = [];
  for (let kill = 0; kill < 3; kill++) {
    const child = endsWithUs(
      spawn(process.execPath, ['-e', script, checkpoint], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
    let latest = 0;
    let first: number | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      latest = Number(chunk.toString().trim().split('\n').at(-1));
      first ??= latest;
    });
    // some way on from where it began
    await until(() => existsSync(checkpoint) && first !== undefined && latest > first + 5, { what: 'a few epochs' });
    epochs.push(first ?? 0);
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  assert.ok((epochs[1] ?? 0) > 1 && (epochs[2] ?? 0) > (epochs[1] ?? 0), `it began in the epochs ${epochs.join(', ')}`);
  const resumed = await train({ network, examples: examples(), options, checkpoint }).result;
  const whole = await train({ network, examples: examples(), options }).result;
  assert.deepEqual(resumed.curve, whole.curve);
  assert.ok(Buffer.from(resumed.model).equals(Buffer.from(whole.model)));
  // a kill in the middle of writing may leave a draft, never a broken checkpoint
  assert.deepEqual(
    readdirSync(join(folder, 'learn')).filter((name) => !name.endsWith('.part')),
    [],
  );
});
