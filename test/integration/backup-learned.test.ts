import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openModels } from '../../dist/inference/registry.js';
import { listBackups } from '../../dist/store/backup-manifest.js';
import { backUpRegularly } from '../../dist/store/backup-schedule.js';
import { openBucket } from '../../dist/store/bucket/open.js';
import { openStore } from '../../dist/store/open.js';
import { percept } from '../support/cli.ts';
import { cardFor, tinyModel } from '../support/models.ts';
import { someReadings } from '../support/rows.ts';
import { until } from '../support/until.ts';

const kept = 'percept/anomaly/6a1c9a3e7b2d4c60/pump.json';

/** A user directory with rows, three versions of a model of which the second is used, and what nodes keep of others. */
async function learnedHere(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'learned-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const userDir = join(root, 'user');
  await mkdir(join(userDir, 'percept'), { recursive: true });
  const store = await openStore({ url: join(userDir, 'percept/percept.sqlite') });
  await store.commit({ readings: someReadings(100) });
  await store.close();
  const models = openModels({ folder: join(userDir, 'percept/models') });
  for (const version of ['1', '2', '3']) {
    const bytes = tinyModel({ factor: Number(version) });
    await models.add(cardFor(bytes, { name: 'pump', version }), bytes);
  }
  await models.activate('pump', '3');
  await models.rollback('pump').catch(() => models.activate('pump', '2'));
  await models.activate('pump', '2');
  await file(userDir, kept, '{"offset":[1]}');
  await file(userDir, 'percept/learn/6a1c9a3e7b2d4c61/fan.checkpoint', 'x'.repeat(3_000_000));
  await file(userDir, 'percept/outlier-6a1c9a3e7b2d4c62/speed.json', '{}');
  await file(userDir, 'percept/anomaly/6a1c9a3e7b2d4c60/half.json.new', '{"off');
  return { root, userDir, at: ['--user-dir', userDir] as const };
}

async function file(userDir: string, path: string, text: string): Promise<void> {
  await mkdir(join(userDir, path, '..'), { recursive: true });
  await writeFile(join(userDir, path), text);
}

async function judgedBy(userDir: string): Promise<{ version: string; bytes: Buffer }> {
  const model = await openModels({ folder: join(userDir, 'percept/models') }).find('pump');
  return { version: model.card.version, bytes: await model.bytes() };
}

async function ran(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await percept(args);
  assert.equal(status, 0, stderr);
  return stdout;
}

test('what was learned comes back with the store: a machine is judged by the version that judged it', async (t) => {
  const { root, userDir, at } = await learnedHere(t);
  const before = await judgedBy(userDir);
  assert.match(await ran('backup', ...at), /With it what was learned on this box: 10 files/);
  await cp(join(userDir, 'percept/bucket'), join(root, 'bucket'), { recursive: true });
  await rm(userDir, { recursive: true });
  const said = await ran('restore', ...at, '--from', join(root, 'bucket'));
  assert.match(said, /Put back what was learned on this box: 10 files/);
  assert.deepEqual(await judgedBy(userDir), before);
  assert.equal(before.version, '2');
  assert.equal(await readFile(join(userDir, kept), 'utf8'), '{"offset":[1]}');
  assert.equal((await readFile(join(userDir, 'percept/learn/6a1c9a3e7b2d4c61/fan.checkpoint'))).length, 3_000_000);
  // what was just being written is not among it, and nothing is left behind
  assert.deepEqual(await readdir(join(userDir, 'percept/anomaly/6a1c9a3e7b2d4c60')), ['pump.json']);
  assert.deepEqual(
    (await readdir(join(userDir, 'percept'))).filter((name) => name.startsWith('.')),
    [],
  );
});

test('what is there stays and is told, until --force asks for what was', async (t) => {
  const { userDir, at } = await learnedHere(t);
  await ran('backup', ...at);
  await openModels({ folder: join(userDir, 'percept/models') }).activate('pump', '3');
  await rm(join(userDir, 'percept/percept.sqlite'));
  assert.match(await ran('restore', ...at), /10 files of what was learned are there and were left/);
  assert.equal((await judgedBy(userDir)).version, '3');
  assert.match(await ran('restore', ...at, '--force'), /Put back what was learned on this box: 10 files/);
  assert.equal((await judgedBy(userDir)).version, '2');
});

test('a backup whose learned part is damaged says so, and puts nothing of it back', async (t) => {
  const { userDir, at } = await learnedHere(t);
  await ran('backup', ...at);
  const objects = await readdir(join(userDir, 'percept/bucket'), { recursive: true });
  const learned = objects.find((name) => /learned\.(zst|gz)$/.test(name)) ?? '';
  const bucket = await openBucket({ kind: 'folder', path: join(userDir, 'percept/bucket') });
  const bytes = await bucket.get(learned);
  await bucket.put(learned, bytes.subarray(0, bytes.length / 2));
  await bucket.close();
  for (const name of ['models', 'percept.sqlite']) await rm(join(userDir, 'percept', name), { recursive: true });
  const { status, stderr } = await percept(['restore', ...at]);
  assert.equal(status, 1);
  assert.match(stderr, /learned.* cannot be used/);
  assert.deepEqual(
    (await readdir(join(userDir, 'percept'))).filter((name) => name === 'models' || name.startsWith('.')),
    [],
  );
});

test('regular backups hold what was learned too, and it goes with the backup that it belongs to', async (t) => {
  const { userDir } = await learnedHere(t);
  const bucket = await openBucket({ kind: 'folder', path: join(userDir, 'percept/bucket') });
  const store = await openStore({ url: join(userDir, 'percept/percept.sqlite') });
  const stopping = new AbortController();
  let done = 0;
  const regular = backUpRegularly(
    {
      store,
      bucket: () => Promise.resolve(bucket),
      hours: 1e-9,
      name: 'store',
      keep: 2,
      userDir,
      onDone: () => void done++,
      onProblem: (thrown) => assert.fail(String(thrown)),
    },
    stopping.signal,
  );
  await until(() => done >= 4, { what: 'four backups' });
  stopping.abort();
  await regular;
  const keys: string[] = [];
  for await (const { key } of bucket.list('backup/')) if (key.includes('.learned.')) keys.push(key);
  const backups = (await listBackups(bucket, 'store')).map((key) => key.replace('.manifest.json', ''));
  assert.ok(keys.length > 0 && keys.length <= 3, keys.join());
  assert.ok(backups.some((stem) => keys.some((key) => key.startsWith(stem))));
  await store.close();
  await bucket.close();
});
