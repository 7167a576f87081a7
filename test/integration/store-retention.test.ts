import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoreHandle } from '../../dist/store/open.js';
import { expireOnce, type RetentionJob } from '../../dist/store/retention.js';
import { forBothStores, reading } from '../support/stores.ts';
import { until } from '../support/until.ts';

const day = 86_400_000;
const { signal } = new AbortController();
const days = (n: number) => Date.now() - n * day;

forBothStores((lab) => {
  test('readings go by the day they arrived, whatever time they tell; charts keep their sums', async () => {
    const store = await lab.open();
    const old = Array.from({ length: 700 }, (_, i) => reading(i, { receivedAt: days(9) + i }));
    const late = Array.from({ length: 300 }, (_, i) =>
      reading(10_000 + i, { time: days(4_000) + i, receivedAt: days(1) }),
    );
    await store.commit({ readings: old });
    await store.commit({ readings: late });
    const rollups = await count(store, 'rollup');
    assert.equal(await expire(store, { reading: 7 }), 700);
    assert.equal(await count(store, 'reading'), 300);
    assert.equal(await count(store, 'rollup'), rollups);
    assert.equal(await expire(store, { reading: 7 }), 0);
    assert.deepEqual(await store.check(), []);
  });

  test('ids of deleted rows are not given out again', async () => {
    const store = await lab.open();
    const { readings: first } = await store.commit({ readings: [reading(0, { receivedAt: days(9) })] });
    await expire(store, { reading: 1 });
    const { readings: second } = await store.commit({ readings: [reading(1)] });
    assert.ok((second[0] as number) > (first[0] as number));
  });

  test('a clock that once was wrong does not keep older rows from going', async () => {
    const store = await lab.open();
    await store.commit({ readings: [reading(0, { receivedAt: days(-500) })] });
    await store.commit({ readings: [reading(1, { receivedAt: days(9) }), reading(2, { receivedAt: days(1) })] });
    assert.equal(await expire(store, { reading: 7 }), 1);
  });

  test('sums of charts go by the time they stand for', async () => {
    const store = await lab.open();
    await store.commit({ readings: [10, 400, 800].map((n) => reading(0, { time: days(n) })) });
    assert.equal(await expire(store, { rollup: 365 }), 6);
    assert.equal(await count(store, 'rollup'), 3);
  });

  test('findings that still last, and dead letters that are young, stay', async () => {
    const store = await lab.open();
    const finding = { kind: 'limit', source: 's', quantity: '', score: 1, threshold: 0, severity: 'notice' as const };
    for (const [since, until] of [
      [1, 2],
      [3, undefined],
    ] as const) {
      await store.putFinding({ ...finding, since, reasons: [], evidence: [], ...(until ? { until } : {}) });
    }
    await store.db
      .updateTable('finding')
      .set({ recorded_at: days(40) })
      .execute();
    const letter = { node: 'n', topic: 't', payload: Buffer.alloc(1), code: 'c', reason: 'r' };
    await store.commit({ readings: [], deadLetters: [40, 1].map((n) => ({ ...letter, receivedAt: days(n) })) });
    assert.equal(await expire(store, { finding: 30, dead_letter: 30 }), 2);
    const left = await store.db.selectFrom('finding').select('since').execute();
    assert.deepEqual(left, [{ since: 3 }]);
  });

  test('objects of recordings are given up before their rows, unless another row shares them or they are locked', async () => {
    const store = await lab.open();
    const recordings = [
      recording(1, 'gone', 9),
      recording(2, 'shared', 9),
      recording(3, 'locked', 9),
      recording(4, 'shared', 1),
    ];
    await store.commit({ readings: [], recordings });
    let rowsThen = 0;
    const given: string[] = [];
    const onRecordingsExpired = async (keys: readonly string[]) => {
      rowsThen = await count(store, 'recording');
      given.push(...keys);
      return ['locked'];
    };
    await expire(store, { recording: 7 }, { onRecordingsExpired });
    assert.deepEqual(new Set(given), new Set(['gone', 'locked']));
    assert.equal(rowsThen, 4);
    assert.equal(await expire(store, { recording: 7 }, { onRecordingsExpired }), 0);
    const left = await store.db.selectFrom('recording').select('key').orderBy('id').execute();
    assert.deepEqual(
      left.map(({ key }) => key),
      ['locked', 'shared'],
    );
  });

  test('recordings go by the first rule that fits their kind and source, then by what is said for all', async () => {
    const store = await lab.open();
    const of = (source: string, kind: 'sound' | 'frame', age: number) =>
      recording(age, `${source}.${kind}.${age}`, age, { source, kind });
    await store.commit({
      readings: [],
      recordings: [40, 9, 1].flatMap((age) => [
        of('hall/fan', 'sound', age),
        of('hall/cam', 'frame', age),
        of('door', 'frame', age),
        of('xhall.fan', 'sound', age),
      ]),
    });
    const recordingRules = [
      { kind: 'frame', source: 'door', days: 0 },
      { kind: 'sound', source: 'hall/*', days: 0.5 },
      { kind: 'frame', source: '', days: 30 },
      { kind: '', source: 'hall/*', days: 0.1 },
    ];
    assert.equal(await expire(store, { recording: 7, recordingRules }), 3 + 1 + 2);
    const left = await store.db.selectFrom('recording').select('key').orderBy('id').execute();
    assert.deepEqual(
      new Set(left.map(({ key }) => key)),
      new Set([
        'door.frame.1',
        'door.frame.40',
        'door.frame.9',
        'hall/cam.frame.1',
        'hall/cam.frame.9',
        'xhall.fan.sound.1',
      ]),
    );
    assert.equal(await expire(store, { recordingRules: recordingRules.slice(1, 2) }), 0);
  });

  test('rows stay while their objects cannot be deleted, and the reason is told', async () => {
    const store = await lab.open();
    await store.commit({ readings: [], recordings: [recording(1, 'a', 9)] });
    const onRecordingsExpired = () => Promise.reject(new Error('the bucket is away'));
    await assert.rejects(expire(store, { recording: 7 }, { onRecordingsExpired }), /the bucket is away/);
    assert.equal(await count(store, 'recording'), 1);
  });

  test('a store that is opened with a retention enforces it by itself', async () => {
    const url = await lab.url();
    const store = await lab.open({ url });
    await store.commit({ readings: [reading(0, { receivedAt: days(9) })] });
    const other = await lab.open({ url, retention: { reading: 7 } });
    await until(async () => (await count(other, 'reading')) === 0, { what: 'the old reading to go' });
  });

  test('commits do not wait for the job', async () => {
    const store = await lab.open();
    for (let i = 0; i < 6; i++) {
      const old = Array.from({ length: 2_500 }, (_, n) => reading(i * 2_500 + n, { receivedAt: days(9) }));
      await store.commit({ readings: old });
    }
    let added = 0;
    const commitOne = async (): Promise<number> => {
      const began = performance.now();
      await store.commit({ readings: [reading(100_000 + added++, { receivedAt: Date.now() })] });
      return performance.now() - began;
    };
    let [alone, beside] = [0, 0];
    while (added < 40) alone = Math.max(alone, await commitOne());
    let done = false;
    const expiring = expire(store, { reading: 7 }).finally(() => {
      done = true;
    });
    const left = new Set<number>();
    while (!done) {
      beside = Math.max(beside, await commitOne());
      left.add((await count(store, 'reading')) - added);
    }
    assert.ok(beside < alone + 1000, `slowest commit ${beside} ms beside the job, ${alone} ms alone`);
    // between one deletion and the next, again and again
    const between = [...left].filter((n) => n > 0 && n < 15_000);
    assert.ok(between.length >= 5, `old rows left after a commit: ${[...left].join(', ')}`);
    assert.equal(await expiring, 15_000);
  });
});

function expire(store: StoreHandle, retention: RetentionJob['retention'], more: Partial<RetentionJob> = {}) {
  return expireOnce(store.db, { retention, signal, ...more });
}

function recording(time: number, key: string, age: number, of: { source?: string; kind?: 'sound' | 'frame' } = {}) {
  const rest = { sequence: 0, clock: 'ok' as const, bytes: 1, sha256: 'ab', meta: {} };
  return { source: 'mic', quantity: '', kind: 'sound' as const, time, receivedAt: days(age), key, ...rest, ...of };
}

async function count(store: StoreHandle, table: 'reading' | 'rollup' | 'recording'): Promise<number> {
  const row = await store.db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return row.n;
}
