import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { after, before, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { openStore } from '../../dist/store/open.js';
import { readings } from '../support/stores.ts';

const workers: Worker[] = [];
const collect = (worker: Worker) => workers.push(worker);
let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'percept-thread-'));
  process.on('worker', collect);
});
after(() => {
  process.off('worker', collect);
  rmSync(folder, { recursive: true, force: true });
});

test('when the thread that writes dies, what was pending is refused, and the next commit has a new one', async () => {
  const store = await openStore({ url: join(folder, 'a.sqlite') });
  await store.commit({ readings: readings(0, 10) });
  const pending = store.commit({ readings: readings(0, 20_000) });
  const refused = assert.rejects(pending, { code: 'store-unreachable' });
  await workers[0]?.terminate();
  await refused;
  const { readings: ids } = await store.commit({ readings: readings(0, 20_000) });
  assert.ok(ids.length === 20_000);
  const rows = await store.db.selectFrom('reading').select('id').execute();
  assert.equal(rows.length, 20_000);
  assert.deepEqual(await store.check(), []);
  await store.close();
});

test('when a thread that reads dies, a stream ends with an error instead of too early', async () => {
  const store = await openStore({ url: join(folder, 'b.sqlite') });
  await store.commit({ readings: readings(0, 5_000) });
  const readers = workers.slice(-1);
  const reading = async () => {
    let rows = 0;
    for await (const _ of store.db.selectFrom('reading').select('id').stream(100)) {
      if (++rows === 100) await readers[0]?.terminate();
    }
    return rows;
  };
  await assert.rejects(reading(), { code: 'store-failed' });
  assert.equal((await store.db.selectFrom('reading').select('id').execute()).length, 5_000);
  await store.close();
});

test('the event loop stays free while thousands of readings are committed', async () => {
  const store = await openStore({ url: join(folder, 'c.sqlite') });
  const before = performance.eventLoopUtilization();
  let longest = 0;
  let last = process.threadCpuUsage();
  // by what this thread itself worked: the clock also counts whoever else is on the machine
  const beat = setInterval(() => {
    const { user, system } = process.threadCpuUsage(last);
    longest = Math.max(longest, (user + system) / 1000);
    last = process.threadCpuUsage();
  }, 1);
  for (let i = 0; i < 40; i++) await store.commit({ readings: readings(i * 500, 500) });
  clearInterval(beat);
  const { utilization } = performance.eventLoopUtilization(before);
  assert.ok(longest < 100, `the loop was held for ${longest} ms`);
  assert.ok(utilization < 0.9, `utilization ${utilization}`);
  await store.close();
});
