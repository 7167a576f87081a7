import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { backupStore, countRows } from '../../dist/store/backup.js';
import { listBackups } from '../../dist/store/backup-manifest.js';
import { restoreStore } from '../../dist/store/backup-restore.js';
import type { Bucket } from '../../dist/store/bucket/bucket.js';
import { openBucket } from '../../dist/store/bucket/open.js';
import { openStore, type StoreHandle } from '../../dist/store/open.js';
import { someReadings } from '../support/rows.ts';

let root: string;
let bucket: Bucket;
let store: StoreHandle;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'backup-'));
  bucket = await openBucket({ kind: 'folder', path: join(root, 'bucket') });
  store = await openStore({ url: join(root, 'live.db') });
  const recording = {
    source: 'cam',
    quantity: '',
    kind: 'frame',
    time: 1,
    sequence: 0,
    receivedAt: 2,
    clock: 'ok',
  } as const;
  await store.commit({
    readings: someReadings(2000),
    recordings: [{ ...recording, key: 'frame/cam/1.jpg', bytes: 3, sha256: 'a'.repeat(64), meta: { width: 1 } }],
    deadLetters: [
      { node: 'n', topic: 't', payload: Buffer.from([0, 255, 1]), code: 'c', reason: '이유', receivedAt: 3 },
    ],
  });
});
after(async () => {
  await store.close();
  await rm(root, { recursive: true, force: true });
});

test('a backup made while rows go on coming in shows one moment, and comes back row by row', async () => {
  const writing = new AbortController();
  const writer = (async () => {
    for (let at = 10_000; !writing.signal.aborted; at += 100) await store.commit({ readings: someReadings(100, at) });
  })();
  const { manifest } = await backupStore(store, bucket, { name: 'live' });
  writing.abort();
  await writer;
  const rows = manifest.rows.reading ?? 0;
  assert.ok(rows >= 2000 && rows < (await countRows(store)).reading);

  const target = join(root, 'restored.db');
  await restoreStore(bucket, { url: target }, { name: 'live' });
  const restored = await openStore({ url: target });
  assert.deepEqual(await countRows(restored), manifest.rows);
  assert.deepEqual(await dump(restored, rows), await dump(store, rows));
  assert.deepEqual(await restored.check(), []);
  // what comes after the restore goes on where the ids ended
  const { readings } = await restored.commit({ readings: someReadings(1, 9_000_000) });
  assert.ok((readings[0] ?? 0) > rows - 1);
  await restored.close();
});

test('a backup leaves nothing beside the store', async () => {
  assert.deepEqual(
    (await readdir(root)).filter((name) => name.startsWith('.')),
    [],
  );
});

test('only the newest backups are kept, and what interrupted ones left goes too', async () => {
  await bucket.put('backup/kept/2020/01/01/00-00-00.000.sqlite.zst', Buffer.from('interrupted'));
  for (let i = 0; i < 4; i++) await backupStore(store, bucket, { name: 'kept', keep: 2 });
  assert.equal((await listBackups(bucket, 'kept')).length, 2);
  const keys = [];
  for await (const { key } of bucket.list('backup/kept/')) keys.push(key);
  assert.equal(keys.length, 4);
  assert.ok((await listBackups(bucket, 'live')).length > 0);
});

test('a restore takes the backup of the moment that is asked for', async () => {
  const first = await backupStore(store, bucket, { name: 'times' });
  await store.commit({ readings: someReadings(1, 5_000_000) });
  await backupStore(store, bucket, { name: 'times' });
  const target = { url: join(root, 'earlier.db') };
  const { manifest } = await restoreStore(bucket, target, { name: 'times', at: first.manifest.time + 1 });
  assert.deepEqual(manifest, first.manifest);
  const before = restoreStore(bucket, target, { name: 'times', at: first.manifest.time - 1, force: true });
  await assert.rejects(before, { code: 'backup-not-found' });
});

test('a store with rows is not overwritten, unless forced; then it is kept beside', async () => {
  await backupStore(store, bucket, { name: 'force' });
  const url = join(root, 'full.db');
  const full = await openStore({ url });
  await full.commit({ readings: someReadings(5) });
  await full.close();
  await assert.rejects(restoreStore(bucket, { url }, { name: 'force' }), { code: 'restore-not-empty' });
  const { replaced = '' } = await restoreStore(bucket, { url }, { name: 'force', force: true });
  assert.equal(await readingsIn(replaced), 5);
  assert.equal(await readingsIn(url), (await countRows(store)).reading);
});

test('an empty store is filled', async () => {
  const url = join(root, 'empty.db');
  await (await openStore({ url })).close();
  await backupStore(store, bucket, { name: 'empty' });
  await restoreStore(bucket, { url }, { name: 'empty' });
  assert.ok((await readingsIn(url)) > 0);
});

test('a store that is in use is left alone, also when forced', async () => {
  await backupStore(store, bucket, { name: 'used' });
  const rows = await countRows(store);
  const restoring = restoreStore(bucket, { url: join(root, 'live.db') }, { name: 'used', force: true });
  await assert.rejects(restoring, { code: 'restore-in-use' });
  assert.deepEqual(await countRows(store), rows);
});

test('a damaged backup is told before anything is touched', async () => {
  const { manifest } = await backupStore(store, bucket, { name: 'damaged' });
  const file = join(root, 'bucket', manifest.packed.key);
  const bytes = await readFile(file);
  bytes[bytes.length >> 1] = ~(bytes[bytes.length >> 1] ?? 0);
  await writeFile(file, bytes);
  const url = join(root, 'untouched.db');
  await assert.rejects(restoreStore(bucket, { url }, { name: 'damaged' }), (thrown: Error & { code?: string }) =>
    ['bucket-corrupt', 'backup-damaged'].includes(thrown.code ?? ''),
  );
  // another object under the same key, with a checksum of its own
  await bucket.put(manifest.packed.key, Buffer.from('something else'));
  await assert.rejects(restoreStore(bucket, { url }, { name: 'damaged' }), { code: 'backup-damaged' });
  assert.ok(!(await readdir(root)).some((name) => name.startsWith('untouched') || name.startsWith('.')));
});

async function readingsIn(url: string): Promise<number> {
  const opened = await openStore({ url });
  const { reading } = await countRows(opened);
  await opened.close();
  return reading;
}

async function dump({ db }: StoreHandle, readings: number): Promise<unknown> {
  return {
    readings: await db.selectFrom('reading').selectAll().orderBy('id').limit(readings).execute(),
    series: await db.selectFrom('series').selectAll().orderBy('id').execute(),
    recordings: await db.selectFrom('recording').selectAll().execute(),
    deadLetters: await db.selectFrom('dead_letter').selectAll().execute(),
  };
}
