import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { backupStore, countRows } from '../../dist/store/backup.js';
import { backupKey, findBackup, writeManifest } from '../../dist/store/backup-manifest.js';
import { restoreStore } from '../../dist/store/backup-restore.js';
import type { Bucket } from '../../dist/store/bucket/bucket.js';
import { openBucket } from '../../dist/store/bucket/open.js';
import { openStore, type StoreHandle } from '../../dist/store/open.js';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { needs } from '../support/needs.ts';
import { someReadings } from '../support/rows.ts';

describe('backup of a PostgreSQL store', { skip: needs('postgresql') }, () => {
  let server: PostgresServer;
  let root: string;
  let bucket: Bucket;
  let store: StoreHandle;

  before(async () => {
    server = await startPostgres();
    root = await mkdtemp(join(tmpdir(), 'backup-pg-'));
    bucket = await openBucket({ kind: 'folder', path: join(root, 'bucket') });
    store = await openStore({ url: await server.database() });
    const letter = {
      node: 'n',
      topic: 't',
      payload: Buffer.from([0, 255, 1]),
      code: 'c',
      reason: '이유',
      receivedAt: 3,
    };
    await store.commit({ readings: someReadings(2500), deadLetters: [letter] });
  });
  after(async () => {
    await store.close();
    await server.stop();
    await rm(root, { recursive: true, force: true });
  });

  test('a backup made while rows go on coming in comes back row by row, into PostgreSQL', async () => {
    const writing = new AbortController();
    const writer = (async () => {
      for (let at = 10_000; !writing.signal.aborted; at += 100) await store.commit({ readings: someReadings(100, at) });
    })();
    const { manifest } = await backupStore(store, bucket);
    writing.abort();
    await writer;
    assert.equal(manifest.kind, 'rows');
    const url = await server.database();
    await restoreStore(bucket, { url });
    const restored = await openStore({ url });
    assert.deepEqual(await countRows(restored), manifest.rows);
    assert.deepEqual(await dump(restored, 2500), await dump(store, 2500));
    assert.deepEqual(await restored.check(), []);
    const { readings } = await restored.commit({ readings: someReadings(1, 9_000_000) });
    assert.ok((readings[0] ?? 0) > (manifest.rows.reading ?? 0));
    await restored.close();
  });

  test('it moves into SQLite, and from there back into PostgreSQL', async () => {
    const { manifest } = await backupStore(store, bucket, { name: 'down' });
    const file = join(root, 'down.db');
    await restoreStore(bucket, { url: file }, { name: 'down' });
    const small = await openStore({ url: file });
    assert.deepEqual(await dump(small, 2500), await dump(store, 2500));
    await backupStore(small, bucket, { name: 'up' });
    await small.close();
    const url = await server.database();
    await restoreStore(bucket, { url }, { name: 'up' });
    const grown = await openStore({ url });
    assert.deepEqual(await countRows(grown), manifest.rows);
    assert.deepEqual(await dump(grown, 2500), await dump(store, 2500));
    await grown.close();
  });

  test('a database with rows is not overwritten, unless forced', async () => {
    await backupStore(store, bucket, { name: 'force' });
    const url = await server.database();
    const full = await openStore({ url });
    await full.commit({ readings: someReadings(5) });
    await assert.rejects(restoreStore(bucket, { url }, { name: 'force' }), { code: 'restore-not-empty' });
    await restoreStore(bucket, { url }, { name: 'force', force: true });
    assert.deepEqual(await countRows(full), await countRows(store));
    await full.close();
  });

  test('a backup of rows that another version made is refused before anything is touched', async () => {
    await backupStore(store, bucket, { name: 'other' });
    const manifest = await findBackup(bucket, 'other', Number.POSITIVE_INFINITY);
    await bucket.delete(backupKey('other', manifest.time, 'manifest.json'));
    await writeManifest(bucket, 'other', { ...manifest, version: '999 9.0.0 later' });
    const url = await server.database();
    await assert.rejects(restoreStore(bucket, { url }, { name: 'other' }), { code: 'backup-newer' });
    const target = await openStore({ url });
    assert.equal((await countRows(target)).reading, 0);
    await target.close();
  });

  test('a restore that breaks off leaves the database empty, not half full', async () => {
    const { manifest } = await backupStore(store, bucket, { name: 'broken' });
    await writeManifest(bucket, 'broken', { ...manifest, rows: { ...manifest.rows, reading: 1 } });
    const url = await server.database();
    await assert.rejects(restoreStore(bucket, { url }, { name: 'broken' }), { code: 'backup-damaged' });
    const target = await openStore({ url });
    assert.ok(Object.values(await countRows(target)).every((rows) => rows === 0));
    await target.close();
  });
});

async function dump({ db }: StoreHandle, readings: number): Promise<unknown> {
  return {
    readings: await db.selectFrom('reading').selectAll().orderBy('id').limit(readings).execute(),
    series: await db.selectFrom('series').selectAll().orderBy('id').execute(),
    deadLetters: await db.selectFrom('dead_letter').selectAll().execute(),
  };
}
