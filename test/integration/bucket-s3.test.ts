import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import {
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { countRows } from '../../dist/store/backup.js';
import type { Bucket } from '../../dist/store/bucket/bucket.js';
import { openBucket } from '../../dist/store/bucket/open.js';
import type { S3Settings } from '../../dist/store/bucket/s3-client.js';
import { openStore } from '../../dist/store/open.js';
import { type S3Server, startS3 } from '../servers/s3.ts';
import { bucketSuite, gather, sha256 } from '../support/bucket-suite.ts';
import { percept } from '../support/cli.ts';
import { needs } from '../support/needs.ts';
import { freePort } from '../support/ports.ts';
import { someReadings } from '../support/rows.ts';
import { until } from '../support/until.ts';

describe('a bucket in S3', { skip: needs('ceph') }, () => {
  let s3: S3Server;
  let settings: S3Settings;
  let bucket: Bucket;
  let lockable: Bucket;

  before(async () => {
    s3 = await startS3();
    settings = await s3.create('main');
    bucket = await openBucket({ kind: 's3', ...settings, prefix: 'site-1/' });
    lockable = await openBucket({ kind: 's3', ...(await s3.create('lockable', true)) });
  });
  after(async () => {
    await bucket.close();
    await lockable.close();
    await s3.stop();
  });

  bucketSuite(() => bucket);

  test('a stream that fails half-way leaves no parts behind either', async () => {
    const { Uploads = [] } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket: 'main' }));
    assert.deepEqual(Uploads, []);
  });

  test('more keys than a page holds are listed', async () => {
    const keys = Array.from({ length: 1005 }, (_, i) => `pages/${String(i).padStart(4, '0')}`);
    await Promise.all(keys.map((key) => bucket.put(key, Buffer.from('x'))));
    const listed = [];
    for await (const { key } of bucket.list('pages/')) listed.push(key);
    assert.deepEqual(listed, keys);
  });

  test('the prefix keeps apart who shares a bucket', async () => {
    const other = await openBucket({ kind: 's3', ...settings, prefix: 'site-2/' });
    await bucket.put('shared', Buffer.from('one'));
    await assert.rejects(other.get('shared'), { code: 'bucket-not-found' });
    await other.close();
  });

  test('a corrupt object is never handed out', async () => {
    const Body = Buffer.alloc(200_000, 1);
    const object = { Bucket: 'main', Key: 'site-1/corrupt', Body, Metadata: { sha256: '0'.repeat(64) } };
    await s3.client.send(new PutObjectCommand(object));
    await assert.rejects(bucket.get('corrupt'), { code: 'bucket-corrupt' });
    await assert.rejects(gather(await bucket.stream('corrupt')), { code: 'bucket-corrupt' });
  });

  test('an object that somebody else put there has no checksum and is not handed out', async () => {
    await s3.client.send(new PutObjectCommand({ Bucket: 'main', Key: 'site-1/foreign', Body: 'x' }));
    await assert.rejects(bucket.get('foreign'), { code: 'bucket-unverified' });
    await assert.rejects(bucket.stream('foreign'), { code: 'bucket-unverified' });
    assert.equal((await bucket.head('foreign')).sha256, undefined);
  });

  test('a presigned address gives the object with the type asked for, and ends', async () => {
    const key = 'signed/한국어 a+b.jpg';
    await bucket.put(key, Buffer.from('picture'));
    const address = (await bucket.url(key, { seconds: 60, contentType: 'image/png' })) ?? '';
    const response = await fetch(address);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'image/png');
    assert.equal(await response.text(), 'picture');
    const brief = (await bucket.url(key, { seconds: 1 })) ?? '';
    await until(async () => (await fetch(brief)).status === 403, { what: 'the address to end' });
    assert.equal((await fetch(address.replace('signed', 'other'))).status, 403);
  });

  test('a wrong secret is told apart from a missing right or bucket', async () => {
    const credentials = { accessKeyId: 'tests', secretAccessKey: 'not-the-secret' };
    const wrong = await openBucket({ kind: 's3', ...settings, credentials });
    await assert.rejects(wrong.check(), { code: 'bucket-wrong-credentials' });
    await assert.rejects(wrong.get('a'), { code: 'bucket-wrong-credentials' });
    const nobody = { accessKeyId: 'nobody', secretAccessKey: 'x' };
    const unknown = await openBucket({ kind: 's3', ...settings, credentials: nobody });
    await assert.rejects(unknown.check(), (thrown: Error) => {
      assert.equal((thrown as Error & { code: string }).code, 'bucket-wrong-credentials');
      assert.doesNotMatch(thrown.message, /not-the-secret/);
      return true;
    });
    await Promise.all([wrong.close(), unknown.close()]);
  });

  test('a bucket that is not there is named', async () => {
    const none = await openBucket({ kind: 's3', ...settings, bucket: 'not-there' });
    await assert.rejects(none.check(), { code: 'bucket-missing' });
    await assert.rejects(none.put('a', Buffer.from('a')), { code: 'bucket-missing' });
    await assert.rejects(none.get('a'), { code: 'bucket-missing' });
    await none.close();
  });

  test('objects are encrypted with the key that was named, also in parts', async () => {
    const encrypted = await openBucket({ kind: 's3', ...settings, encryption: 'aws:kms', kmsKey: s3.kmsKey });
    for (const [key, bytes] of [
      ['sse/one', Buffer.from('one')],
      ['sse/parts', Buffer.alloc(6_000_000, 3)],
    ] as const) {
      await encrypted.put(key, bytes);
      assert.ok((await encrypted.get(key)).equals(bytes));
      const found = await s3.client.send(new HeadObjectCommand({ Bucket: 'main', Key: key }));
      assert.equal(found.ServerSideEncryption, 'aws:kms');
      assert.equal(found.SSEKMSKeyId, 'testkey');
    }
    await encrypted.close();
  });

  test('a locked object cannot be deleted, by nobody, until its time', async () => {
    assert.deepEqual(await lockable.capabilities(), { lock: true, hold: true });
    await lockable.put('evidence', Buffer.from('sealed'));
    const until = Math.ceil(Date.now() / 1000) * 1000 + 3_600_000;
    await lockable.lock('evidence', { until, mode: 'compliance' });
    await assert.rejects(lockable.delete('evidence'), { code: 'bucket-locked' });
    assert.equal(String(await lockable.get('evidence')), 'sealed');
    assert.equal((await lockable.head('evidence')).lockedUntil, until);
  });

  test('a held object cannot be deleted until the hold is lifted, and then goes with all its versions', async () => {
    await lockable.put('held', Buffer.from('first'));
    await lockable.put('held', Buffer.from('second'));
    await lockable.put('held-not', Buffer.from('other'));
    await lockable.hold('held', true);
    assert.equal((await lockable.head('held')).held, true);
    await assert.rejects(lockable.delete('held'), { code: 'bucket-locked' });
    assert.equal(String(await lockable.get('held')), 'second');
    await lockable.hold('held', false);
    await lockable.delete('held');
    await assert.rejects(lockable.get('held'), { code: 'bucket-not-found' });
    const left = await s3.client.send(new ListObjectVersionsCommand({ Bucket: 'lockable', Prefix: 'held' }));
    assert.deepEqual(
      left.Versions?.map((version) => version.Key),
      ['held-not'],
    );
    assert.equal(left.DeleteMarkers, undefined);
  });

  test('a store is backed up into S3, checked there, and comes back', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'bucket-s3-'));
    const [live, again] = [join(dir, 'live.db'), join(dir, 'again.db')];
    const store = await openStore({ url: live });
    await store.commit({ readings: someReadings(1000) });
    const place = `s3://main/backups?endpoint=${encodeURIComponent(s3.endpoint)}`;
    const { accessKeyId, secretAccessKey } = s3.credentials;
    const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    for (const args of [
      ['backup', '--store', live, '--bucket', place],
      ['doctor', '--store', live, '--bucket', place],
      ['restore', '--store', again, '--from', place],
    ]) {
      const ran = await percept(args, { env });
      assert.equal(ran.status, 0, ran.stdout + ran.stderr);
    }
    const restored = await openStore({ url: again });
    assert.deepEqual(await countRows(restored), await countRows(store));
    await Promise.all([store.close(), restored.close()]);
    const wrong = await percept(['doctor', '--bucket', place], { env: { ...env, AWS_SECRET_ACCESS_KEY: 'wrong' } });
    assert.match(wrong.stdout, /^fail .* does not accept the credentials/m);
    await rm(dir, { recursive: true });
  });

  test('a bucket without Object Lock cannot lock, and says so', async () => {
    await bucket.put('lock/a', Buffer.from('a'));
    assert.deepEqual(await bucket.capabilities(), { lock: false, hold: false });
    await assert.rejects(bucket.lock('lock/a', { until: Date.now() + 1000, mode: 'governance' }), {
      code: 'bucket-no-lock',
    });
    await assert.rejects(bucket.hold('lock/a', true), { code: 'bucket-no-lock' });
  });
});

const anyone = { accessKeyId: 'a', secretAccessKey: 'b' };

test('a service that is not there is unreachable, not unexpected', async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const none = await openBucket({ kind: 's3', bucket: 'b', endpoint, credentials: anyone, pathStyle: true });
  await assert.rejects(none.check(), { code: 'bucket-unreachable' });
  const unknown = {
    kind: 's3',
    bucket: 'b',
    endpoint: 'http://s3.invalid',
    credentials: anyone,
    pathStyle: true,
  } as const;
  await assert.rejects((await openBucket(unknown)).get('a'), { code: 'bucket-unreachable' });
});

test('what a killed process left among the temporary files is removed', async () => {
  const child = spawnSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' });
  const id = (pid: string | number) =>
    `percept-spool-${hostname().replace(/[^\w-]/g, '_')}-${pid}-11111111-1111-1111-1111-111111111111`;
  const [left, used] = [join(tmpdir(), id(child.stdout.trim())), join(tmpdir(), id(process.pid))];
  await Promise.all([writeFile(left, 'x'), writeFile(used, 'x')]);
  await openBucket({ kind: 's3', bucket: 'b', endpoint: 'http://127.0.0.1:1', credentials: anyone });
  assert.deepEqual([existsSync(left), existsSync(used)], [false, true]);
  await rm(used);
});

test('a service that never answers is given up on', async (t) => {
  const bucket = await served(t, () => undefined, { seconds: 0.2 });
  await assert.rejects(bucket.put('a', Buffer.from('x')), { code: 'bucket-unreachable' });
});

test('a service whose answer stops in the middle is given up on', async (t) => {
  const stops: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-length': '1000', 'x-amz-meta-sha256': '0'.repeat(64) });
    response.write('beginning');
  };
  const bucket = await served(t, stops, { seconds: 0.2 });
  await assert.rejects(bucket.get('a'), { code: 'bucket-unreachable' });
});

test('a burst waits its turn, also behind streams that are not read on', async (t) => {
  const sent = Buffer.alloc(10_000_000);
  let [underWay, most] = [0, 0];
  const answers: RequestListener = (request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-length': sent.length, 'x-amz-meta-sha256': sha256(sent) }).end(sent);
      return;
    }
    most = Math.max(most, ++underWay);
    request.resume().on('end', () => setImmediate(() => response.end(() => underWay--)));
  };
  const bucket = await served(t, answers);
  const streams = await Promise.all(Array.from({ length: 60 }, (_, i) => bucket.stream(`stream-${i}`)));
  await Promise.all(Array.from({ length: 300 }, (_, i) => bucket.put(`put-${i}`, Buffer.from('x'))));
  assert.ok(most > 1 && most <= 16, `${most} at once`);
  for (const stream of streams) stream.on('error', () => undefined).destroy();
});

test('encryption with the keys of the service is asked for with each object', async (t) => {
  const asked: unknown[] = [];
  const asks: RequestListener = (request, response) => {
    asked.push(request.headers['x-amz-server-side-encryption']);
    request.resume().on('end', () => response.end());
  };
  const bucket = await served(t, asks, { encryption: 'AES256' });
  await bucket.put('a', Buffer.from('x'));
  assert.deepEqual(asked, ['AES256']);
});

test('without credentials the error says which are missing', async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const saved = { ...process.env };
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE']) delete process.env[name];
  const none = await openBucket({ kind: 's3', bucket: 'b', endpoint, pathStyle: true });
  try {
    await assert.rejects(none.get('a'), { code: 'bucket-wrong-credentials' });
  } finally {
    Object.assign(process.env, saved);
  }
});

/** A bucket of a service that does as `listener` does; both end with the test. */
async function served(t: TestContext, listener: RequestListener, settings: Partial<S3Settings> = {}): Promise<Bucket> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const service = { kind: 's3', bucket: 'b', endpoint, credentials: anyone, pathStyle: true } as const;
  const bucket = await openBucket({ ...service, ...settings });
  t.after(async () => {
    await bucket.close();
    server.closeAllConnections();
    server.close();
  });
  return bucket;
}
