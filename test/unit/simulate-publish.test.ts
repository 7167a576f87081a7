import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock, type TestContext, test } from 'node:test';
import type { PerceptError } from '../../dist/kit/index.js';
import { Clockwork } from '../../dist/simulate/publish/clockwork.js';
import { dueAfter } from '../../dist/simulate/publish/instants.js';
import { Memory, type Remembered } from '../../dist/simulate/simulate-machine/memory.js';

const t0 = Date.UTC(2026, 4, 12, 9);
const hour = 3_600_000;

test('an instant is due when its time has come, and only once', () => {
  assert.deepEqual(dueAfter(t0, t0 + 999, 1000, 60), { from: t0 + 1000, to: t0, skipped: 0, wait: false });
  assert.deepEqual(dueAfter(t0, t0 + 1000, 1000, 60), { from: t0 + 1000, to: t0 + 1000, skipped: 0, wait: false });
  assert.deepEqual(dueAfter(t0 - 1, t0, 1000, 60), { from: t0, to: t0, skipped: 0, wait: false });
});

test('a clock that jumps ahead brings as many instants as are wanted, the newest, and tells the rest', () => {
  const { from, to, skipped } = dueAfter(t0, t0 + 1000 * hour, 1000, 60);
  assert.equal(to, t0 + 1000 * hour);
  assert.equal((to - from) / 1000 + 1, 60);
  assert.equal(skipped, 1000 * 3600 - 60);
});

test('a clock that goes back brings nothing until it is where it was', () => {
  const back = dueAfter(t0, t0 - 10 * 60_000, 1000, 60);
  assert.ok(back.from > back.to && back.wait);
  const slightly = dueAfter(t0, t0 - 500, 1000, 60);
  assert.ok(slightly.from > slightly.to && !slightly.wait, 'a correction of less than an interval is no news');
});

test('a clock that was years ahead and is set right does not silence the machine for years', () => {
  assert.deepEqual(dueAfter(t0 + 10_000 * hour, t0, 1000, 60), { from: t0, to: t0, skipped: 0, wait: false });
});

test('the clockwork strikes each instant once, over jumps in both directions, and stops', (t) => {
  mock.timers.enable({ apis: ['Date', 'setTimeout'], now: t0 + 300 });
  t.after(() => mock.timers.reset());
  const struck: number[] = [];
  let waited = 0;
  const clockwork = new Clockwork(1000, 60, {
    due: (times) => void struck.push(...times),
    waiting: () => void waited++,
  });
  clockwork.start(t0 - 700);
  for (let i = 0; i < 5; i++) mock.timers.tick(1000);
  const steady = Array.from({ length: 6 }, (_, i) => t0 + i * 1000);
  assert.deepEqual(struck, steady);

  mock.timers.setTime(t0 + 24 * hour);
  mock.timers.tick(1000);
  assert.ok(struck.length <= steady.length + 62, `${struck.length} after a day's jump`);
  const before = struck.length;

  const last = struck.at(-1) ?? 0;
  mock.timers.reset();
  mock.timers.enable({ apis: ['Date', 'setTimeout'], now: last - 30_000 });
  const again = new Clockwork(1000, 60, { due: (times) => void struck.push(...times), waiting: () => void waited++ });
  again.start(last);
  for (let i = 0; i < 32; i++) mock.timers.tick(1000);
  assert.ok(waited > 20);
  assert.deepEqual(struck.slice(before), [last + 1000, last + 2000]);
  assert.equal(new Set(struck).size, struck.length);

  again.stop();
  mock.timers.tick(10_000);
  assert.equal(struck.at(-1), last + 2000);
});

const remembered: Remembered = {
  exercise: {
    faults: [{ kind: 'drift', quantity: 'power', severity: 0.5, from: 0, since: t0, over: 1000 }],
    settings: [{ of: 'load', value: 0.4, since: t0 }],
  },
  severity: 0.7,
  last: t0,
  published: t0 - 1000,
};

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'simulate-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('what a machine remembers comes back as it was, the newest of many writes', async (t) => {
  const path = join(folder(t), 'percept/memory.json');
  const memory = new Memory(path, assert.fail);
  assert.equal(await memory.load(), undefined);
  await Promise.all(Array.from({ length: 100 }, (_, i) => memory.save({ ...remembered, last: t0 - 99 + i })));
  assert.deepEqual(await new Memory(path, assert.fail).load(), remembered);
  await memory.remove();
  assert.equal(await memory.load(), undefined);
});

for (const [what, content] of [
  ['a file cut off', '{"exercise": {"faul'],
  ['another file', '{"hello": 1}'],
  ['an unknown fault', JSON.stringify({ ...remembered, exercise: { faults: [{ kind: 'gremlins' }], settings: [] } })],
] as const) {
  test(`${what} is told, and the machine begins anew`, async (t) => {
    const path = join(folder(t), 'memory.json');
    writeFileSync(path, content);
    const told: PerceptError[] = [];
    const memory = new Memory(path, (error) => told.push(error));
    assert.equal(await memory.load(), undefined);
    assert.deepEqual([told.length, told[0]?.code], [1, 'simulate-memory']);
    await memory.save(remembered);
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), remembered);
  });
}

test('a disk that takes nothing is told once', async (t) => {
  const file = join(folder(t), 'file');
  writeFileSync(file, '');
  const told: PerceptError[] = [];
  const memory = new Memory(join(file, 'memory.json'), (error) => told.push(error));
  for (let i = 0; i < 3; i++) await memory.save(remembered);
  assert.deepEqual(
    told.map(({ code }) => code),
    ['simulate-memory'],
  );
});
