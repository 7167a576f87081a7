import assert from 'node:assert/strict';
import test from 'node:test';
import { folderPlace } from '../../dist/inference/place.js';
import { Models, packagedModels } from '../../dist/inference/registry.js';
import { conditions as synthesised } from '../../dist/simulate/sound/index.js';
import { clipOf, conditions, heardAs, pictureOf, seeds } from '../../models/machine-sound/clips.mjs';
import { listener } from '../../models/machine-sound/judge.mjs';
import { percept } from '../support/cli.ts';
import { temporaryFolder } from '../support/models.ts';

const shipped = new Models([folderPlace(packagedModels, { writable: false })]);

test('the model that ships is the file of its card, small, and names the conditions in the order of its outputs', async () => {
  const { card, bytes } = await shipped.find('machine-sound');
  assert.equal((await bytes()).length, card.bytes);
  assert.ok(card.bytes < 6_000_000, `${card.bytes} bytes`);
  assert.deepEqual(card.labels, synthesised);
  assert.deepEqual(card.input.shape, [1, 1, 48, 64]);
  assert.deepEqual(card.input.sound, heardAs);
  assert.match(`${card.source} ${card.caution}`, /synthesi[sz]ed.*real/is);
  for (const condition of conditions) assert.ok(`accuracy.${condition}` in (card.scores ?? {}), condition);
});

test('it hears what is plainly wrong with machines, microphones and rooms that it was not learned from', async (t) => {
  const { outputs, close } = await listener(await shipped.find('machine-sound'));
  t.after(close);
  const heard: string[] = [];
  const wrong: string[] = [];
  for (let i = 0; i < 2 * conditions.length; i++) {
    const { drive, samples } = clipOf(3 * seeds.judge + i, { severity: 0.9, noise: -30, load: 0.8 });
    const values = await outputs(await pictureOf(samples));
    const found = conditions[values.indexOf(Math.max(...values))] ?? '';
    heard.push(found);
    if (found !== drive.condition) wrong.push(`${drive.condition}: ${found}`);
  }
  assert.ok(wrong.length <= 0.3 * heard.length, `${wrong.length} of ${heard.length} wrong: ${wrong.join(', ')}`);
});

test('percept models shows it as there, and verifies it', async (t) => {
  const at = ['--models', temporaryFolder(t)];
  const { stdout } = await percept(['models', 'list', ...at]);
  assert.match(stdout, /^\* machine-sound +1 +ready.*\[sound at 16000 Hz, mel, windows of 64 ms every 16 ms\]/m);
  const verified = await percept(['models', 'verify', 'machine-sound', ...at]);
  assert.equal(verified.status, 0);
  assert.match(verified.stdout, /machine-sound 1 .* runs in onnxruntime/);
});
