import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { type HostOptions, ModelHost } from '../../dist/inference/host.js';
import { cardOf, publicModels } from '../../dist/inference/manifest.js';
import { float32 } from '../../dist/inference/tensor.js';
import type { PerceptError } from '../../dist/kit/index.js';
import { inMemory, numbers, realModel, tinyModel } from '../support/models.ts';
import { needs } from '../support/needs.ts';
import { root } from '../support/node-red.ts';
import { until } from '../support/until.ts';

const dying = join(root, 'test/support/dying-runtime.cjs');
const code = (expected: string) => (thrown: unknown) => {
  assert.equal((thrown as { code?: string }).code, expected);
  return true;
};

function hosted(t: TestContext, options: HostOptions = {}): ModelHost {
  const host = new ModelHost({ lingerMs: 50, ...options });
  t.after(() => host.close());
  return host;
}

async function first(outputs: Promise<readonly { data: unknown }[] | undefined>): Promise<unknown> {
  return [...(((await outputs)?.[0]?.data ?? []) as Float32Array)];
}

for (const runtime of ['onnxruntime-node', 'onnxruntime-web']) {
  test(`${runtime}: a model runs in its thread`, async (t) => {
    const user = await hosted(t, { runtimes: [runtime] }).use(inMemory(tinyModel()), { policy: 'block' });
    assert.equal(user.facts.runtime, runtime);
    assert.deepEqual(await first(user.run([numbers(1, 2, 3, 4)])), [2, 4, 6, 8]);
  });
}

test('where the native runtime cannot be loaded the one in WebAssembly takes over; where neither, that is told', async (t) => {
  const host = hosted(t, { runtimes: ['onnxruntime-not-here', 'onnxruntime-web'] });
  assert.equal((await host.use(inMemory(tinyModel()), { policy: 'block' })).facts.runtime, 'onnxruntime-web');
  const none = hosted(t, { runtimes: ['onnxruntime-not-here'] });
  await assert.rejects(none.use(inMemory(tinyModel()), { policy: 'block' }), (thrown: PerceptError) => {
    assert.equal(thrown.code, 'model-no-runtime');
    assert.match(thrown.message, /onnxruntime-not-here.*npm install/);
    return true;
  });
});

test('arrays change hands; a part of a larger one is copied', async (t) => {
  const user = await hosted(t).use(inMemory(tinyModel()), { policy: 'block' });
  const whole = Float32Array.of(1, 2, 3, 4);
  const larger = Float32Array.of(0, 1, 2, 3, 4);
  await user.run([float32(whole, [1, 4])]);
  await user.run([float32(larger.subarray(1), [1, 4])]);
  assert.deepEqual([whole.length, larger.length], [0, 5]);
});

test('a hundred nodes share one thread, each gets its own answers, in turns', async (t) => {
  const host = hosted(t);
  const model = inMemory(tinyModel());
  const users = await Promise.all(Array.from({ length: 100 }, () => host.use(model, { policy: 'block' })));
  assert.equal(host.loaded, 1);
  const order: number[] = [];
  const results = users.flatMap((user, i) =>
    [0, 1, 2].map(async (round) => {
      const answer = await first(user.run([numbers(i, round, 0, 0)]));
      order.push(round);
      return answer;
    }),
  );
  const expected = users.flatMap((_, i) => [0, 1, 2].map((round) => [2 * i, 2 * round, 0, 0]));
  assert.deepEqual(await Promise.all(results), expected);
  // nobody has a third turn before everybody had a first
  assert.ok(order.indexOf(2) > order.lastIndexOf(0));
});

test('newest: only the last that came waits, and what it replaced is counted', async (t) => {
  const user = await hosted(t).use(inMemory(tinyModel({ work: 20 })), { policy: 'newest' });
  const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => user.run([numbers(n, 0, 0, 0)])));
  assert.deepEqual(
    answers.map((outputs) => outputs?.[0]?.data[0]),
    [2, undefined, undefined, undefined, 10],
  );
  assert.deepEqual(user.counts, { done: 2, failed: 0, skipped: 3, refused: 0, waiting: 0 });
});

test('block: all have their turn in order; one more than there is room for is refused', async (t) => {
  const user = await hosted(t).use(inMemory(tinyModel({ work: 20 })), { policy: 'block', room: 3 });
  const answers = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => user.run([numbers(n, 0, 0, 0)])));
  assert.deepEqual(
    answers.map((one) => (one.status === 'fulfilled' ? one.value?.[0]?.data[0] : one.reason.code)),
    [2, 4, 6, 8, 'model-busy'],
  );
  assert.deepEqual(user.counts, { done: 4, failed: 0, skipped: 0, refused: 1, waiting: 0 });
});

test('a redeploy finds the model still loaded; when nobody comes back it ends', async (t) => {
  const host = hosted(t, { lingerMs: 2_000 });
  let read = 0;
  const bytes = tinyModel();
  const model = { ...inMemory(bytes), bytes: () => Promise.resolve(bytes).finally(() => read++) };
  const before = await host.use(model, { policy: 'block' });
  await before.release();
  const after = await host.use(model, { policy: 'block' });
  assert.deepEqual(await first(after.run([numbers(1, 2, 3, 4)])), [2, 4, 6, 8]);
  await assert.rejects(before.run([numbers(1, 2, 3, 4)]), code('model-released'));
  assert.equal(read, 1);
  await after.release();
  await until(() => host.loaded === 0);
});

test('who lets go gets an answer to what was being worked on, and an error for what waited', async (t) => {
  const user = await hosted(t).use(inMemory(tinyModel({ work: 20 })), { policy: 'block' });
  const working = user.run([numbers(1, 0, 0, 0)]);
  const waiting = assert.rejects(user.run([numbers(2, 0, 0, 0)]), code('model-released'));
  await user.release();
  assert.deepEqual(await first(working), [2, 0, 0, 0]);
  await waiting;
});

test('a thread that dies is replaced and says so; what waited is done all the same', async (t) => {
  const host = hosted(t, { runtimes: [dying] });
  const told: string[] = [];
  const model = inMemory(tinyModel());
  const options = { policy: 'block', onTrouble: (problem: PerceptError) => told.push(problem.message) } as const;
  const user = await host.use(model, options);
  await host.use(model, options);
  const struck = assert.rejects(user.run([numbers(666, 0, 0, 0)]), code('model-worker-died'));
  const next = user.run([numbers(1, 2, 3, 4)]);
  await struck;
  assert.deepEqual(await first(next), [2, 4, 6, 8]);
  assert.equal(told.length, 2);
  assert.match(told[0] ?? '', /struck by lightning.*replaced/);
});

test('an input that kills the thread again and again costs only itself', async (t) => {
  const user = await hosted(t, { runtimes: [dying] }).use(inMemory(tinyModel()), { policy: 'block' });
  const answers = await Promise.allSettled([666, 1, 666, 2, 666].map((n) => user.run([numbers(n, 0, 0, 0)])));
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['rejected', 'fulfilled', 'rejected', 'fulfilled', 'rejected'],
  );
});

test('a model that cannot be brought back is told, and tried again by the next input', async (t) => {
  const host = hosted(t, { runtimes: [dying] });
  const bytes = tinyModel();
  let there = true;
  const model = {
    ...inMemory(bytes),
    bytes: () => (there ? Promise.resolve(bytes) : Promise.reject(new Error('unmounted'))),
  };
  const told: string[] = [];
  const user = await host.use(model, { policy: 'block', onTrouble: ({ message }) => told.push(message) });
  there = false;
  await assert.rejects(user.run([numbers(666, 0, 0, 0)]), code('model-worker-died'));
  await until(() => told.length === 2);
  assert.match(told[1] ?? '', /unmounted/);
  await assert.rejects(user.run([numbers(1, 0, 0, 0)]), /unmounted/);
  there = true;
  assert.deepEqual(await first(user.run([numbers(1, 0, 0, 0)])), [2, 0, 0, 0]);
});

test('a file that is no model, or another one than the card says, is refused with what to do', async (t) => {
  const host = hosted(t);
  const rubbish = inMemory(Buffer.from('rubbish'));
  await assert.rejects(host.use(rubbish, { policy: 'block' }), code('model-unreadable'));
  const truncated = inMemory(tinyModel().subarray(0, 60));
  await assert.rejects(host.use(truncated, { policy: 'block' }), code('model-unreadable'));
  await assert.rejects(host.use(inMemory(tinyModel({ size: 5 })), { policy: 'block' }), (thrown: PerceptError) => {
    assert.equal(thrown.code, 'model-other-shape');
    assert.match(thrown.message, /takes x \[1, 5\], but its card says \[1, 4\]/);
    return true;
  });
  await until(() => host.loaded === 0);
});

test('an input of another size is refused, and the next one is answered', async (t) => {
  const user = await hosted(t).use(inMemory(tinyModel()), { policy: 'block' });
  await assert.rejects(user.run([numbers(1, 2, 3)]), code('model-bad-input'));
  await assert.rejects(user.run([]), code('model-bad-input'));
  assert.deepEqual(await first(user.run([numbers(1, 2, 3, 4)])), [2, 4, 6, 8]);
});

test('a process that exits while a model works ends without an abort', () => {
  const script = `
    const { ModelHost } = require(${JSON.stringify(join(root, 'dist/inference/host.js'))});
    const { Graph } = require(${JSON.stringify(join(root, 'dist/inference/onnx/graph.js'))});
    const graph = new Graph('slow');
    let value = graph.input('x', [512, 512]);
    for (let i = 0; i < 200; i++) value = graph.op('MatMul', [value, value]);
    graph.output('y', value, [512, 512]);
    const bytes = graph.encode();
    const card = { name: 'slow', sha256: '', input: { shape: [512, 512] } };
    new ModelHost().use({ card, place: '', bytes: async () => bytes }, { policy: 'block' }).then((user) => {
      user.run([{ type: 'float32', dims: [512, 512], data: new Float32Array(512 * 512) }]);
      setTimeout(() => process.exit(7), 100);
    });`;
  const { status, signal, stderr } = spawnSync(process.execPath, ['-e', script], { timeout: 60_000 });
  assert.deepEqual([status, signal, stderr.toString()], [7, null, '']);
});

test('a process ends by itself while models are loaded', () => {
  const script = `
    const { ModelHost } = require(${JSON.stringify(join(root, 'dist/inference/host.js'))});
    const { Graph } = require(${JSON.stringify(join(root, 'dist/inference/onnx/graph.js'))});
    const graph = new Graph('fast');
    graph.output('y', graph.op('Neg', [graph.input('x', [1])]), [1]);
    const bytes = graph.encode();
    const card = { name: 'fast', sha256: '', input: { shape: [1] } };
    new ModelHost().use({ card, place: '', bytes: async () => bytes }, { policy: 'block' })
      .then((user) => user.run([{ type: 'float32', dims: [1], data: Float32Array.of(3) }]))
      .then(([{ data }]) => console.log(data[0]));`;
  const { status, stdout } = spawnSync(process.execPath, ['-e', script], { timeout: 60_000 });
  assert.deepEqual([status, stdout.toString()], [0, '-3\n']);
});

test('the public models fit their cards and run', { skip: needs('data') }, async (t) => {
  const host = hosted(t);
  for (const wanted of await publicModels()) {
    const card = await cardOf(wanted);
    const bytes = readFileSync(realModel(card.name));
    const user = await host.use({ card, place: '', bytes: () => Promise.resolve(bytes) }, { policy: 'block' });
    const dims = card.input.shape.map((size) => size ?? 320);
    const data = new Float32Array(dims.reduce((all, size) => all * size)).fill(114);
    const outputs = (await user.run([float32(data, dims)])) ?? [];
    assert.ok(outputs.length > 0 && outputs.every((one) => one.data.length > 0), card.name);
    if (card.output.decoder === 'embedding') assert.equal(outputs[0]?.data.length, card.output.length, card.name);
    await user.release();
  }
});
