import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { backupStore } from '../../dist/store/backup.js';
import { listBackups } from '../../dist/store/backup-manifest.js';
import { backUpRegularly } from '../../dist/store/backup-schedule.js';
import type { Bucket } from '../../dist/store/bucket/bucket.js';
import { openBucket } from '../../dist/store/bucket/open.js';
import { openStore, type StoreHandle } from '../../dist/store/open.js';
import { NodeRed } from '../support/node-red.ts';
import { someReadings } from '../support/rows.ts';
import { until } from '../support/until.ts';

const storeId = '6a1c9a3e7b2d4c60';
const bucketId = '6a1c9a3e7b2d4c61';

let root: string;
let bucket: Bucket;
let store: StoreHandle;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'schedule-'));
  bucket = await openBucket({ kind: 'folder', path: join(root, 'bucket') });
  store = await openStore({ url: join(root, 'live.db') });
  await store.commit({ readings: someReadings(20_000) });
});
after(async () => {
  await store.close();
  await rm(root, { recursive: true, force: true });
});

test('a backup is made when it is due, and tried again after a failure', async () => {
  const stopping = new AbortController();
  const problems: unknown[] = [];
  const done: unknown[] = [];
  const plan = {
    store,
    bucket: () => (problems.length < 2 ? Promise.reject(new Error('down')) : Promise.resolve(bucket)),
    name: 'regular',
    keep: 2,
    retryMs: 5,
    onDone: (backup: unknown) => done.push(backup),
    onProblem: (problem: unknown) => problems.push(problem),
  };
  const hourly = backUpRegularly({ ...plan, hours: 1 }, stopping.signal);
  await until(() => done.length === 1, { what: 'the first backup' });
  assert.equal(problems.length, 2);
  stopping.abort();
  await hourly;
  const soon = new AbortController();
  const often = backUpRegularly({ ...plan, hours: 0.2 / 3600 }, soon.signal);
  await until(() => done.length >= 4, { what: 'the backups after it' });
  soon.abort();
  await often;
  assert.ok((await listBackups(bucket, 'regular')).length <= 3);
});

test('a backup that is broken off leaves no backup and nothing beside the store', async () => {
  const signal = AbortSignal.timeout(10);
  await assert.rejects(backupStore(store, bucket, { name: 'broken', signal }));
  assert.deepEqual(await listBackups(bucket, 'broken'), []);
  assert.deepEqual(
    (await readdir(root)).filter((name) => name.startsWith('.')),
    [],
  );
  assert.deepEqual(await readdir(join(root, 'bucket/.tmp')), []);
});

test('percept-store backs up into its bucket, and a restart does not repeat it', async () => {
  const nodeRed = await NodeRed.start({
    flow: [
      { id: '6a1c9a3e7b2d4c62', type: 'tab', label: 'backup' },
      {
        id: storeId,
        type: 'percept-store',
        url: 'percept/percept.sqlite',
        bucket: bucketId,
        backupHours: '6',
        backupKeep: '3',
      },
      { id: bucketId, type: 'percept-bucket', kind: 'folder', folder: 'percept/bucket' },
    ],
  });
  try {
    await until(() => nodeRed.log.includes('backed up to backup/store/'), { what: `a backup; log:\n${nodeRed.log}` });
    await nodeRed.kill();
    await nodeRed.again();
    await until(() => nodeRed.log.split('is open').length > 2, { what: 'the store to be open again' });
    const kept = await openBucket({ kind: 'folder', path: join(nodeRed.userDir, 'percept/bucket') });
    assert.equal((await listBackups(kept, 'store')).length, 1);
  } finally {
    await nodeRed.stop();
  }
});
