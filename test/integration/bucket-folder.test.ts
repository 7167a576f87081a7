import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Bucket } from '../../dist/store/bucket/bucket.js';
import { openBucket } from '../../dist/store/bucket/open.js';
import { bucketSuite, gather } from '../support/bucket-suite.ts';
import { end, endsWithUs } from '../support/children.ts';
import { until } from '../support/until.ts';

const opener = join(import.meta.dirname, '../../dist/store/bucket/open.js');
let root: string;
let bucket: Bucket;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'bucket-'));
  bucket = await openBucket({ kind: 'folder', path: join(root, 'main') });
});
after(async () => {
  await bucket.close();
  await rm(root, { recursive: true, force: true });
});

bucketSuite(() => bucket);

test('objects are plain files with a checksum that sha256sum understands', async () => {
  await bucket.put('plain/a.txt', Buffer.from('hello'));
  assert.equal(await readFile(join(root, 'main/plain/a.txt'), 'utf8'), 'hello');
  const checked = spawnSync('sha256sum', ['-c', 'a.txt.sha256'], { cwd: join(root, 'main/plain'), encoding: 'utf8' });
  assert.equal(checked.stdout, 'a.txt: OK\n');
});

test('a corrupt object is never handed out', async () => {
  const bytes = Buffer.alloc(300_000, 7);
  await bucket.put('corrupt/a', bytes);
  bytes[150_000] = 8;
  await writeFile(join(root, 'main/corrupt/a'), bytes);
  await assert.rejects(bucket.get('corrupt/a'), {
    code: 'bucket-corrupt',
    params: { key: 'corrupt/a', bucket: bucket.label },
  });
  await assert.rejects(gather(await bucket.stream('corrupt/a')), { code: 'bucket-corrupt' });
});

test('an object whose checksum was lost is not handed out', async () => {
  await bucket.put('corrupt/b', Buffer.from('b'));
  await rm(join(root, 'main/corrupt/b.sha256'));
  await assert.rejects(bucket.get('corrupt/b'), { code: 'bucket-unverified' });
  await assert.rejects(bucket.stream('corrupt/b'), { code: 'bucket-unverified' });
});

test('links out of the bucket are neither followed nor listed', async () => {
  await mkdir(join(root, 'outside'));
  await writeFile(join(root, 'outside/secret'), 'secret');
  await symlink(join(root, 'outside'), join(root, 'main/out'));
  await symlink(join(root, 'outside/secret'), join(root, 'main/link'));
  await assert.rejects(bucket.put('out/new', Buffer.from('x')), { code: 'bucket-bad-key' });
  await assert.rejects(bucket.put('out/deep/new', Buffer.from('x')), { code: 'bucket-bad-key' });
  await assert.rejects(bucket.get('out/secret'), { code: 'bucket-bad-key' });
  await assert.rejects(bucket.get('link'), { code: 'bucket-bad-key' });
  await assert.rejects(bucket.delete('out/secret'), { code: 'bucket-bad-key' });
  assert.deepEqual(await readdir(join(root, 'outside')), ['secret']);
  const keys = [];
  for await (const { key } of bucket.list()) if (/^(out|link)/.test(key)) keys.push(key);
  assert.deepEqual(keys, []);
});

test('a folder cannot lock, and says so', async () => {
  await bucket.put('lock/a', Buffer.from('a'));
  assert.deepEqual(await bucket.capabilities(), { lock: false, hold: false });
  await assert.rejects(bucket.lock('lock/a', { until: Date.now() + 1000, mode: 'governance' }), {
    code: 'bucket-no-lock',
  });
  await assert.rejects(bucket.hold('lock/a', true), { code: 'bucket-no-lock' });
});

test('a key below another key is refused, and reading it finds nothing', async () => {
  await bucket.put('file', Buffer.from('x'));
  await assert.rejects(bucket.put('file/below', Buffer.from('y')), { code: 'bucket-bad-key' });
  await assert.rejects(bucket.get('file/below'), { code: 'bucket-not-found' });
  await bucket.put('dir/a', Buffer.from('x'));
  await assert.rejects(bucket.put('dir', Buffer.from('y')), { code: 'bucket-bad-key' });
  await assert.rejects(bucket.get('dir'), { code: 'bucket-not-found' });
});

test('a folder that has gone (a disk unmounted) is missed, not made anew', async () => {
  const path = join(root, 'disk');
  const onDisk = await openBucket({ kind: 'folder', path });
  await rename(path, `${path}-away`);
  await assert.rejects(onDisk.put('a/b', Buffer.from('x')), { code: 'bucket-missing' });
  await assert.rejects(onDisk.check(), { code: 'bucket-missing' });
  assert.ok(!(await readdir(root)).includes('disk'));
});

test('a path that is a file is no bucket', async () => {
  await writeFile(join(root, 'file'), '');
  await assert.rejects(openBucket({ kind: 'folder', path: join(root, 'file') }), { code: 'bucket-missing' });
});

test('a folder without write permission gives its objects and refuses new ones', async () => {
  const path = join(root, 'readonly');
  await (await openBucket({ kind: 'folder', path })).put('a', Buffer.from('a'));
  await chmod(path, 0o555);
  const script = `
    const { openBucket } = require(${JSON.stringify(opener)});
    (async () => {
      const bucket = await openBucket({ kind: 'folder', path: ${JSON.stringify(path)} });
      const got = String(await bucket.get('a'));
      const refused = await bucket.put('b/c', Buffer.from('b')).catch((thrown) => thrown.code);
      console.log(JSON.stringify({ got, refused }));
    })();`;
  const ran = spawnSync('sh', ['-c', asUser(), 'sh', process.execPath, '-e', script], { encoding: 'utf8' });
  await chmod(path, 0o755);
  assert.deepEqual(JSON.parse(ran.stdout), { got: 'a', refused: 'bucket-read-only' }, ran.stderr);
});

test('what a writer that died had begun is removed at the next start, what is being written is not', async () => {
  const path = join(root, 'drafts');
  const drafts = join(path, '.tmp');
  await mkdir(drafts, { recursive: true });
  const old = join(drafts, 'other-host-1-11111111-1111-1111-1111-111111111111');
  const fresh = join(drafts, 'other-host-1-22222222-2222-2222-2222-222222222222');
  await Promise.all([writeFile(old, 'x'), writeFile(fresh, 'x')]);
  await utimes(old, 1, 1);
  await openBucket({ kind: 'folder', path });
  assert.deepEqual(await readdir(drafts), ['other-host-1-22222222-2222-2222-2222-222222222222']);
});

for (const trial of [0, 1, 2, 3]) {
  test(`kill -9 in the middle of puts leaves whole objects only (${trial})`, async () => {
    const path = join(root, `killed-${trial}`);
    await runAndKill(path, 1 + trial * 4);
    const again = await openBucket({ kind: 'folder', path });
    let seen = 0;
    for await (const { key } of again.list()) {
      const bytes = await again.get(key);
      assert.ok(bytes.every((byte) => byte === bytes[0]));
      seen++;
    }
    assert.ok(seen > 0);
    assert.deepEqual(await readdir(join(path, '.tmp')), []);
  });
}

test('a full disk: the put is refused and nothing of it remains', () => {
  const path = join(root, 'full');
  const script = `
    const { openBucket } = require(${JSON.stringify(opener)});
    const { readdirSync } = require('node:fs');
    (async () => {
      const bucket = await openBucket({ kind: 'folder', path: ${JSON.stringify(path)} });
      await bucket.put('small', Buffer.alloc(1000));
      const codes = [];
      for (const body of [Buffer.alloc(3e6), require('node:stream').Readable.from([Buffer.alloc(9e5), Buffer.alloc(2e6)])]) {
        await bucket.put('dir/large', body).catch((thrown) => codes.push(thrown.code));
      }
      await bucket.put('small', Buffer.alloc(2000));
      const keys = [];
      for await (const { key } of bucket.list()) keys.push(key);
      console.log(JSON.stringify({ codes, keys, drafts: readdirSync(${JSON.stringify(`${path}/.tmp`)}), small: (await bucket.get('small')).length }));
    })();`;
  const small = smallDisk(path);
  const ran = spawnSync('sh', ['-c', small, 'sh', process.execPath, '-e', script], { encoding: 'utf8' });
  assert.equal(ran.status, 0, ran.stderr);
  assert.deepEqual(JSON.parse(ran.stdout), {
    codes: ['bucket-full', 'bucket-full'],
    keys: ['small'],
    drafts: [],
    small: 2000,
  });
});

/** A disk of 2 MB that only this command sees; where that isn't allowed, a limit on the length of files. */
function smallDisk(path: string): string {
  const mount = `mkdir -p '${path}' && mount -t tmpfs -o size=2m none '${path}'`;
  const allowed = spawnSync('unshare', ['-rm', 'sh', '-c', `${mount}`]).status === 0;
  return allowed
    ? `unshare -rm sh -c '${mount.replaceAll("'", '')} && exec "$@"' sh "$@"`
    : 'ulimit -f 4000; exec "$@"';
}

/** Root may write everywhere; without that one capability it is held to a file's mode like anyone else. */
function asUser(): string {
  return process.getuid?.() === 0 ? 'exec setpriv --bounding-set -dac_override "$@"' : 'exec "$@"';
}

/** @param rounds of puts that are done; it is killed in the next */
async function runAndKill(path: string, rounds: number): Promise<void> {
  const script = `
    const { openBucket } = require(${JSON.stringify(opener)});
    const { Readable } = require('node:stream');
    (async () => {
      const bucket = await openBucket({ kind: 'folder', path: ${JSON.stringify(path)} });
      await bucket.put('replaced', Buffer.alloc(400_000, 1));
      for (let i = 0; ; i = (i + 1) % 250) {
        const body = Buffer.alloc(400_000 + i, i);
        await Promise.all([
          bucket.put('replaced', body),
          bucket.put('streams/' + i, Readable.from([body.subarray(0, 1000), body.subarray(1000)])),
        ]);
        console.log('round');
      }
    })();`;
  const child = endsWithUs(spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] }));
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  await until(() => said.split('round').length > rounds, { what: `${rounds} rounds` });
  await end(child);
}
