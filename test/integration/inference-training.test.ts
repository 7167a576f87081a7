import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ModelHost } from '../../dist/inference/host.js';
import { folderPlace } from '../../dist/inference/place.js';
import { Models } from '../../dist/inference/registry.js';
import { float32 } from '../../dist/inference/tensor.js';
import { autoencoder, vgg } from '../../dist/inference/train/network.js';
import type { Progress, TrainingOptions } from '../../dist/inference/train/options.js';
import { publish } from '../../dist/inference/train/publish.js';
import { type TrainingJob, train } from '../../dist/inference/train/training.js';
import { temporaryFolder } from '../support/models.ts';
import { root } from '../support/node-red.ts';

const code = (expected: string) => (thrown: unknown) => {
  assert.equal((thrown as { code?: string }).code, expected);
  return true;
};

/** Pictures of 8 x 16 with a bar across one of four heights: class by height. */
function bars(count: number): { x: Float32Array; y: Float32Array } {
  const [height, width, classes] = [8, 16, 4];
  const x = new Float32Array(count * height * width);
  const y = new Float32Array(count * classes);
  for (let i = 0; i < count; i++) {
    const which = i % classes;
    y[i * classes + which] = 1;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const noise = Math.sin(12.9898 * (i * height * width + row * width + column) ** 1.1);
        x[(i * height + row) * width + column] = 40 + 10 * (row >> 1 === which ? 1 : 0) + 3 * noise;
      }
    }
  }
  return { x, y };
}

const small = vgg({ classes: 4, height: 8, width: 16, channels: [4, 8, 8], hidden: [16, 16, 16] });

const naming = {
  name: 'bars',
  version: '1',
  about: 'Tells at which height the bar is.',
  labels: ['0', '1', '2', '3'],
  threshold: 0.5,
  licence: 'Apache-2.0',
  source: 'bars and noise of a test',
};

function job(changes: Partial<TrainingJob> = {}, options: Partial<TrainingOptions> = {}): TrainingJob {
  return {
    network: small,
    examples: bars(320),
    options: { epochs: 12, rate: 3e-3, batch: 16, patience: 100, ...options },
    ...changes,
  };
}

test('a VGG learns what it is shown, tells how far it is, and its model goes live with a card', async (t) => {
  const told: Progress[] = [];
  const trained = await train(job({ onProgress: (progress) => told.push(progress) })).result;
  assert.ok((trained.scores['accuracy'] ?? 0) > 0.95, JSON.stringify(trained.scores));
  assert.equal(trained.curve.length, 12);
  assert.ok((trained.curve.at(-1)?.loss ?? 1) < 0.5 * (trained.curve[0]?.loss ?? 0));
  const last = told.at(-1);
  assert.deepEqual([last?.epoch, last?.epochs, last?.step, last?.remainingMs], [12, 12, 16, 0]);

  const models = new Models([folderPlace(temporaryFolder(t))]);
  const changes: string[] = [];
  t.after(models.watch('bars', ({ version }) => changes.push(version)));
  await publish(models, trained, small, naming);
  assert.deepEqual(changes, ['1']);
  const host = new ModelHost();
  t.after(() => host.close());
  const user = await host.use(await models.find('bars'), { policy: 'block' });
  const { mean, scale } = trained.normal;
  const picture = bars(4)
    .x.slice(2 * 128, 3 * 128)
    .map((value) => (value - mean) * scale);
  const [outputs] = (await user.run([float32(picture, [1, 1, 8, 16])])) ?? [];
  const values = [...(outputs?.data ?? [])].map(Number);
  assert.equal(values.indexOf(Math.max(...values)), 2);
});

test('cross-entropy learns it too; an autoencoder repeats what it knows better than what it does not', async () => {
  const { scores } = await train(job({ network: { ...small, loss: 'cross-entropy' } }, { rate: 1e-3 })).result;
  assert.ok((scores['accuracy'] ?? 0) > 0.95, JSON.stringify(scores));
  const { x } = bars(320);
  const own = await train({ network: autoencoder({ width: 128, hidden: [64], code: 6 }), examples: { x } }).result;
  assert.equal(own.scores['accuracy'], undefined);
  // the noise cannot be repeated, the bars can
  assert.ok((own.scores['loss'] ?? 1) < 0.6, JSON.stringify(own.scores));
});

test('the same seed gives the same model, byte by byte; another one another', async () => {
  const models = await Promise.all([1, 1, 2].map((seed) => train(job({}, { epochs: 2, seed })).result));
  const [once, again, other] = models.map(({ model }) => Buffer.from(model)) as [Buffer, Buffer, Buffer];
  assert.ok(once.equals(again));
  assert.ok(!once.equals(other));
});

test('what was paused goes on where it was, and ends with the same model as without a pause', async (t) => {
  const checkpoint = join(temporaryFolder(t), 'learn/bars');
  // the rate of a step must be what it would have been, too
  const options = { epochs: 2, course: 'cosine' } as const;
  const whole = await train(job({}, options)).result;
  let pauses = 0;
  const attempt = async () => {
    let told = 0;
    const training = train(
      job({ checkpoint, checkpointMs: 20, onProgress: () => pauses < 3 && ++told === 1 && training.pause() }, options),
    );
    return await training.result.catch((thrown: unknown) => {
      assert.ok(code('training-paused')(thrown));
      pauses++;
      assert.ok(existsSync(checkpoint));
      return undefined;
    });
  };
  let trained = await attempt();
  while (!trained) trained = await attempt();
  assert.equal(pauses, 3);
  assert.deepEqual(trained.curve, whole.curve);
  assert.ok(Buffer.from(trained.model).equals(Buffer.from(whole.model)));
  assert.ok(!existsSync(checkpoint));
});

test('a checkpoint of other data, or a damaged one, is not gone on from', async (t) => {
  const checkpoint = join(temporaryFolder(t), 'bars');
  const pausedAt = async (data: { x: Float32Array; y: Float32Array }) => {
    const training = train(job({ checkpoint, examples: data, onProgress: () => training.pause() }, { epochs: 500 }));
    await assert.rejects(training.result, code('training-paused'));
  };
  const whole = await train(job({}, { epochs: 2 })).result;
  await pausedAt(bars(400));
  const other = await train(job({ checkpoint }, { epochs: 2 })).result;
  assert.ok(Buffer.from(other.model).equals(Buffer.from(whole.model)));
  await pausedAt(bars(320));
  const bytes = readFileSync(checkpoint);
  bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
  writeFileSync(checkpoint, bytes);
  const damaged = await train(job({ checkpoint }, { epochs: 500, patience: 1 })).result;
  assert.equal(damaged.curve[0]?.epoch, 1);
});

test('it ends early when nothing gets better, with the best epoch in the model', async () => {
  const trained = await train(job({}, { epochs: 200, patience: 3, rate: 0.02 })).result;
  assert.ok(trained.curve.length < 200);
  assert.equal(trained.curve.length, trained.epoch + 3);
  const best = Math.min(...trained.curve.map(({ validation }) => validation ?? 1));
  assert.equal(trained.curve[trained.epoch - 1]?.validation, best);
});

test('cancel ends it after the present step and keeps nothing', async (t) => {
  const checkpoint = join(temporaryFolder(t), 'bars');
  const training = train(job({ checkpoint, checkpointMs: 0, onProgress: () => training.cancel() }, { epochs: 10_000 }));
  await assert.rejects(training.result, code('training-cancelled'));
  assert.ok(!existsSync(checkpoint));
});

test('what cannot be learned from says why', async (t) => {
  const fails = (changes: Partial<TrainingJob>, expected: string, options: Partial<TrainingOptions> = {}) =>
    assert.rejects(train(job(changes, options)).result, code(expected));
  const changed = (x: (values: Float32Array) => Float32Array, y = x) => {
    const whole = bars(320);
    return { examples: { x: x(whole.x), y: y(whole.y) } };
  };
  const same = (values: Float32Array) => values;
  await fails({ examples: bars(12) }, 'training-too-little');
  await fails(
    changed((x) => x.slice(0, -1), same),
    'training-bad-data',
  );
  await fails(
    changed(same, (y) => y.slice(0, -4)),
    'training-bad-data',
  );
  const holed = changed((x) => x.fill(Number.NaN, 5000, 5001), same);
  await assert.rejects(train(job(holed)).result, /example 40 holds NaN/);
  await fails({}, 'training-diverged', { rate: 1e30 });
  await fails({ runtimes: ['onnxruntime-not-here'] }, 'model-no-runtime');
  assert.throws(
    () => train(job({ network: { input: [1, 7, 7], layers: [{ kind: 'pool' }], loss: 'mse' } })),
    code('training-bad-network'),
  );
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  await fails({ checkpoint: join(file, 'below'), checkpointMs: 0 }, 'training-no-room');
});

test('silence, all the same number, is learned without a division by zero', async () => {
  const silence = new Float32Array(64 * 32).fill(-120);
  const network = autoencoder({ width: 32, hidden: [8], code: 2 });
  const { scores } = await train({ network, examples: { x: silence }, options: { epochs: 2 } }).result;
  assert.ok(Number.isFinite(scores['loss']));
});

test('it learns in the runtime in WebAssembly too, and a thread that dies is told', async () => {
  const { curve } = await train(job({ runtimes: ['onnxruntime-web'] }, { epochs: 2 })).result;
  assert.ok((curve[1]?.loss ?? 1) < (curve[0]?.loss ?? 0));
  const dying = join(root, 'test/support/dying-runtime.cjs');
  const network = vgg({ classes: 1, height: 8, width: 16, channels: [2, 2, 2], hidden: [4] });
  const examples = { x: bars(64).x, y: new Float32Array(64).fill(666) };
  await assert.rejects(train({ network, examples, runtimes: [dying] }).result, code('training-died'));
});

test('npm run train makes a model by its recipe, the same each time', (t) => {
  const made = [temporaryFolder(t), temporaryFolder(t)].map((folder) => {
    mkdirSync(join(folder, 'echo'));
    writeFileSync(
      join(folder, 'echo/recipe.mjs'),
      `export const naming = ${JSON.stringify({ ...naming, name: 'echo', labels: [] })};
       export function prepare() {
         const x = Float32Array.from({ length: 640 }, (_, i) => Math.sin(i));
         const dense = { kind: 'dense', units: 10 };
         return { network: { input: [10], layers: [dense], loss: 'mse' }, examples: { x }, options: { epochs: 3 } };
       }`,
    );
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts/train.mjs'), 'echo', folder]);
    assert.equal(status, 0);
    assert.match(stdout.toString(), /echo 1: \d+ bytes, sha256 [0-9a-f]{64}\nloss /);
    return readFileSync(join(folder, 'echo/1/model.onnx'));
  }) as [Buffer, Buffer];
  assert.ok(made[0].equals(made[1]));
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/train.mjs'), 'nobody']);
  assert.equal(status, 2);
  assert.match(stderr.toString(), /npm run train -- NAME/);
});
