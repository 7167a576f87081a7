import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { temporaryFolder } from '../support/models.ts';
import { root } from '../support/node-red.ts';

const dist = JSON.stringify(join(root, 'dist/inference'));

const judging = `
  const { ModelHost } = require(${dist} + '/host.js');
  const { folderPlace } = require(${dist} + '/place.js');
  const { Models, packagedModels } = require(${dist} + '/registry.js');
  (async () => {
    const host = new ModelHost({ runtimes: ['onnxruntime-node'] });
    const model = await new Models([folderPlace(packagedModels, { writable: false })]).find('machine-sound');
    const user = await host.use(model, { policy: 'block' });
    const samples = { type: 'float32', dims: [1, 1, 48, 64], data: new Float32Array(48 * 64) };
    const outputs = await user.run([samples]);
    await host.close();
    console.log(outputs.length);
  })();`;

const learning = `
  const { autoencoder } = require(${dist} + '/train/network.js');
  const { train } = require(${dist} + '/train/training.js');
  const network = autoencoder({ width: 4, hidden: [4], code: 2 });
  const examples = { x: Float32Array.from({ length: 400 }, (_, i) => Math.sin(i)) };
  train({ network, examples, options: { epochs: 2 }, runtimes: ['onnxruntime-node'] })
    .result.then(({ curve }) => console.log(curve.length > 0 ? 1 : 0));`;

/** What a process leaves in a home of its own; on a machine that tests, the runtime would be silent without us. */
async function leftBy(t: TestContext, script: string): Promise<readonly string[]> {
  const home = temporaryFolder(t);
  const env = { PATH: process.env['PATH'], HOME: home, XDG_CACHE_HOME: home, TMPDIR: home };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: root, env });
  assert.equal(stdout.trim(), '1', stderr);
  return readdirSync(home, { recursive: true }).map(String);
}

test('the native runtime tells nobody about a machine that judges, and leaves no number for it', async (t) => {
  assert.deepEqual(await leftBy(t, judging), []);
});

test('nor about one that learns', async (t) => {
  assert.deepEqual(await leftBy(t, learning), []);
});
