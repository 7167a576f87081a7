import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { checkNode, checkParts } from '../../dist/cli/doctor/machine.js';
import type { Bucket } from '../../dist/store/bucket/bucket.js';
import { openBucket } from '../../dist/store/bucket/open.js';
import { openStore } from '../../dist/store/open.js';
import { percept } from '../support/cli.ts';
import { handedOut, range, row, rows, TestOutbox, values } from '../support/outbox.ts';
import { someReadings } from '../support/rows.ts';

let root: string;
let bucket: Bucket;
const path = (name: string): string => join(root, name);
const recording = {
  source: 'cam',
  quantity: '',
  kind: 'frame',
  sequence: 0,
  receivedAt: 2,
  clock: 'ok',
  meta: {},
} as const;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'doctor-'));
  bucket = await openBucket({ kind: 'folder', path: path('bucket') });
  const here = await bucket.put('frame/cam/1.jpg', Buffer.from('picture'));
  const store = await openStore({ url: path('store.db') });
  await store.commit({ readings: someReadings(500), recordings: [{ ...recording, ...here, time: 1 }] });
  await store.close();
});
after(() => rm(root, { recursive: true, force: true }));

test('backup, list, restore and doctor work together from the command line', async () => {
  const backup = await percept(['backup', '--store', path('store.db'), '--bucket', path('bucket')]);
  assert.equal(backup.status, 0, backup.stderr);
  assert.match(backup.stdout, /Backed up .*store\.db: \d+ rows, .* in backup\/store\//);
  const list = await percept(['restore', '--from', path('bucket'), '--list']);
  assert.match(list.stdout, /^\d{4}-\d\d-\d\dT.*Z {2}\d+ rows/);
  const args = ['restore', '--from', path('bucket'), '--store', path('again.db')];
  const restore = await percept(args);
  assert.equal(restore.status, 0, restore.stderr);
  assert.match(restore.stdout, /Restored .*again\.db as it was at \d{4}-.*: \d+ rows, all checked/);
  const refused = await percept(args);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /has rows already.*--force/);
  const doctor = await percept(['doctor', '--store', path('again.db'), '--bucket', path('bucket')]);
  assert.equal(doctor.status, 0, doctor.stdout + doctor.stderr);
  assert.match(doctor.stdout, /^ok {4}Node\.js /m);
  assert.match(doctor.stdout, /^ok {4}The store .* is whole: 4 sources/m);
  assert.match(doctor.stdout, /^ok {4}Every object that the store names is in the bucket/m);
  assert.match(doctor.stdout, /^ok {4}The newest backup is of /m);
  assert.match(doctor.stdout, /^(ok|warn) {2,4}.* free where /m);
});

test('doctor finds an object that is corrupt, one that is missing and one that nobody names', async () => {
  const store = await openStore({ url: path('store.db') });
  const corrupt = await bucket.put('frame/cam/2.jpg', Buffer.from('picture two'));
  const gone = await bucket.put('frame/cam/3.jpg', Buffer.from('picture three'));
  const extra = path('bucket/frame/cam/extra.jpg');
  await bucket.put('frame/cam/extra.jpg', Buffer.from('extra'));
  await store.commit({
    readings: [],
    recordings: [
      { ...recording, ...corrupt, time: 2 },
      { ...recording, ...gone, time: 3 },
    ],
  });
  await store.close();
  await writeFile(path('bucket/frame/cam/2.jpg'), 'picture 2wo');
  await bucket.delete('frame/cam/3.jpg');
  await utimes(extra, 1_700_000_000, 1_700_000_000);
  const doctor = await percept(['doctor', '--store', path('store.db'), '--bucket', path('bucket')]);
  assert.equal(doctor.status, 1);
  assert.match(doctor.stdout, /^fail {2}frame\/cam\/2\.jpg in the bucket .* checksum differs/m);
  assert.match(doctor.stdout, /^fail {2}The store names 1 objects that are not in the bucket: frame\/cam\/3\.jpg/m);
  assert.match(doctor.stdout, /^warn {2}1 objects .*: frame\/cam\/extra\.jpg/m);
});

test('doctor finds a damaged store', async () => {
  const file = path('damaged.db');
  const bytes = await readFile(path('store.db'));
  bytes.fill(0x5a, bytes.length >> 1, (bytes.length >> 1) + 9000);
  await writeFile(file, bytes);
  const doctor = await percept(['doctor', '--store', file]);
  assert.equal(doctor.status, 1);
  assert.match(doctor.stdout, /^fail {2}The store .* damaged/m);
});

test('doctor does not make the store or the folder that it was asked about', async () => {
  const doctor = await percept(['doctor', '--store', path('none.db'), '--bucket', path('nowhere')]);
  assert.equal(doctor.status, 1);
  assert.match(doctor.stdout, /^fail {2}The store .*none\.db does not exist/m);
  assert.match(doctor.stdout, /^fail {2}The bucket .*nowhere is not there/m);
  assert.deepEqual(
    (await readdir(root)).filter((name) => /none|nowhere/.test(name)),
    [],
  );
});

test('without options, store and bucket are looked for in the user directory', async () => {
  const userDir = path('user');
  const store = await openStore({ url: join(userDir, 'percept/percept.sqlite') });
  await store.commit({ readings: someReadings(10) });
  await store.close();
  const backup = await percept(['backup', '--user-dir', userDir]);
  assert.equal(backup.status, 0, backup.stderr);
  const doctor = await percept(['doctor', '--user-dir', userDir]);
  assert.equal(doctor.status, 0, doctor.stdout);
  assert.match(doctor.stdout, /^ok {4}The newest backup is of /m);
  const restore = await percept(['restore', '--user-dir', userDir, '--force']);
  assert.match(restore.stdout, /What was there before is in .*percept\.sqlite\.replaced-/);
});

test('doctor tells what waits in a gateway that runs, and since when, also where there is no store', async () => {
  const userDir = path('far');
  const box = new TestOutbox({ path: join(userDir, 'percept/outbox-7.sqlite') });
  try {
    const outbox = await box.open();
    const empty = await percept(['doctor', '--user-dir', userDir]);
    assert.equal(empty.status, 0, empty.stdout);
    assert.match(empty.stdout, /^ok {4}The outbox .*outbox-7\.sqlite is whole; no reading waits/m);
    await outbox.append(rows(0, 30));
    const doctor = await percept(['doctor', '--user-dir', userDir]);
    assert.equal(doctor.status, 0, doctor.stdout);
    const since = new Date(row(0).time).toISOString();
    assert.match(
      doctor.stdout,
      new RegExp(`^warn {2}The outbox .* is whole, but 30 readings wait .* from ${since} on`, 'm'),
    );
    await outbox.append([row(31)]);
  } finally {
    await box.remove();
  }
});

test('doctor finds a damaged outbox, says what may save its readings, and changes nothing', async () => {
  const userDir = path('broken');
  const file = join(userDir, 'percept/outbox-8.sqlite');
  const box = new TestOutbox({ path: file });
  await (await box.open()).append(rows(0, 5000));
  await box.remove();
  const bytes = await readFile(file);
  bytes.fill(0x5a, bytes.length >> 1, (bytes.length >> 1) + 9000);
  await writeFile(file, bytes);
  const doctor = await percept(['doctor', '--user-dir', userDir]);
  assert.equal(doctor.status, 1);
  assert.match(doctor.stdout, /^fail {2}The outbox .*outbox-8\.sqlite is damaged .*recover/m);
  assert.deepEqual(await readFile(file), bytes);
  assert.deepEqual(await readdir(join(userDir, 'percept')), ['outbox-8.sqlite']);
});

test('what waits in a gateway is backed up with the store, and comes back where its file is gone, never over one', async () => {
  const userDir = path('both');
  const file = join(userDir, 'percept/outbox-9.sqlite');
  const store = await openStore({ url: join(userDir, 'percept/percept.sqlite') });
  await store.commit({ readings: someReadings(10) });
  await store.close();
  const box = new TestOutbox({ path: file });
  try {
    const outbox = await box.open();
    await outbox.append(rows(0, 40));
    await percept(['backup', '--user-dir', userDir]);
    const backup = await percept(['backup', '--user-dir', userDir, '--keep', '1']);
    assert.equal(backup.status, 0, backup.stderr);
    assert.match(backup.stdout, /With it the outbox .*outbox-9\.sqlite: 40 readings wait/);
    await outbox.append(rows(40, 1));
    await box.close();
    const objects = await readdir(join(userDir, 'percept/bucket'), { recursive: true });
    assert.equal(objects.filter((name) => /outbox-1\.sqlite\.\w+$/.test(name)).length, 1, 'it goes with its backup');

    const kept = await percept(['restore', '--user-dir', userDir, '--force']);
    assert.match(kept.stdout, /outbox-9\.sqlite is there and was left as it is/, kept.stderr);
    assert.equal((await box.open()).figures.waiting, 41);
    await box.close();

    await rm(file);
    const restored = await percept(['restore', '--user-dir', userDir, '--force']);
    assert.match(restored.stdout, /Put back the outbox .*outbox-9\.sqlite: 40 readings wait/, restored.stderr);
    assert.deepEqual(values(await handedOut(await box.open())), range(0, 40));
  } finally {
    await box.remove();
  }
});

test('doctor reports for programs, and in Korean', async () => {
  const json = await percept(['doctor', '--json']);
  const findings = JSON.parse(json.stdout) as { level: string; text: string }[];
  assert.equal(findings[0]?.level, 'ok');
  const korean = await percept(['doctor', '--store', path('none.db')], { env: { LANG: 'ko_KR.UTF-8' } });
  assert.match(korean.stdout, /저장소 .*none\.db이\(가\) 없습니다/);
});

test('wrong options are told with what was wrong', async () => {
  assert.match((await percept(['backup', '--store', 'x', '--bucket', 'x', '--keep', 'all'])).stderr, /--keep "all"/);
  assert.match((await percept(['restore', '--from', root, '--at', 'noon'])).stderr, /--at "noon"/);
  assert.match((await percept(['doctor', '--stor', 'x'])).stderr, /--stor/);
});

test('an old Node.js and parts that do not load are told, with what to do', async () => {
  assert.equal(checkNode('20.9.0').level, 'fail');
  assert.equal(checkNode('22.13.0').level, 'ok');
  const findings = await checkParts((part) =>
    part === 'pg' ? Promise.reject(new Error('not here')) : Promise.resolve(),
  );
  assert.deepEqual(
    findings.filter(({ level }) => level === 'warn').map(({ text }) => text),
    ['pg does not load, so there is no store in PostgreSQL: not here. If you need it: npm install pg'],
  );
});
