import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import type { Bucket } from '../../dist/store/bucket/bucket.js';

/** What a folder and S3 both promise. @param bucket gives a bucket that the tests may fill */
export function bucketSuite(bucket: () => Bucket): void {
  test('what was put comes back, with its length and checksum', async () => {
    const bytes = Buffer.from('one frame');
    const stored = await bucket().put('suite/한국어/frame.jpg', bytes);
    assert.deepEqual(stored, { key: 'suite/한국어/frame.jpg', bytes: 9, sha256: sha256(bytes) });
    assert.deepEqual(await bucket().get('suite/한국어/frame.jpg'), bytes);
    const info = await bucket().head('suite/한국어/frame.jpg');
    assert.equal(info.sha256, sha256(bytes));
    assert.equal(info.bytes, 9);
    assert.equal(info.contentType, 'image/jpeg');
    assert.ok(Math.abs(info.time - Date.now()) < 60_000);
  });

  test('an empty object is an object', async () => {
    await bucket().put('suite/empty', Buffer.alloc(0));
    assert.equal((await bucket().get('suite/empty')).length, 0);
    assert.equal((await gather(await bucket().stream('suite/empty'))).length, 0);
    assert.equal((await bucket().head('suite/empty')).bytes, 0);
  });

  test('a 12 MB stream goes in and comes out in pieces', async () => {
    const whole = randomBytes(12_000_000);
    const stored = await bucket().put('suite/long.wav', Readable.from(pieces(whole, 100_001)));
    assert.deepEqual(stored, { key: 'suite/long.wav', bytes: 12_000_000, sha256: sha256(whole) });
    assert.ok((await gather(await bucket().stream('suite/long.wav'))).equals(whole));
    assert.ok((await bucket().get('suite/long.wav')).equals(whole));
    const part = await gather(await bucket().range('suite/long.wav', { start: 5_999_990, end: 6_000_009 }));
    assert.deepEqual(part, whole.subarray(5_999_990, 6_000_010));
    const tail = await gather(await bucket().range('suite/long.wav', { start: 11_999_995 }));
    assert.deepEqual(tail, whole.subarray(11_999_995));
  });

  test('a file goes in as it is', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'bucket-file-'));
    const bytes = randomBytes(6_000_000);
    await writeFile(join(dir, 'clip.mp4'), bytes);
    const stored = await bucket().put('suite/clip.mp4', { file: join(dir, 'clip.mp4') });
    assert.equal(stored.sha256, sha256(bytes));
    assert.ok((await bucket().get('suite/clip.mp4')).equals(bytes));
    await assert.rejects(bucket().put('suite/none', { file: join(dir, 'none') }), /ENOENT/);
    await rm(dir, { recursive: true });
  });

  test('a put replaces what was there', async () => {
    await bucket().put('suite/again.json', Buffer.from('first'));
    await bucket().put('suite/again.json', Buffer.from('second'));
    assert.equal(String(await bucket().get('suite/again.json')), 'second');
    await bucket().put('suite/again.json', Buffer.from('first'));
    assert.equal(String(await bucket().get('suite/again.json')), 'first');
  });

  test('bytes that differ from the announced checksum are not stored', async () => {
    const put = bucket().put('suite/announced', Buffer.from('changed'), { sha256: sha256(Buffer.from('sent')) });
    await assert.rejects(put, { code: 'bucket-mismatch' });
    await assert.rejects(bucket().head('suite/announced'), { code: 'bucket-not-found' });
  });

  test('a stream that fails half-way leaves nothing behind', async () => {
    const failing = Readable.from(
      (async function* () {
        yield randomBytes(6_000_000);
        throw new Error('the camera went away');
      })(),
    );
    await assert.rejects(bucket().put('suite/half', failing), /camera went away/);
    await assert.rejects(bucket().get('suite/half'), { code: 'bucket-not-found' });
  });

  test('keys are listed by prefix, in order', async () => {
    const keys = Array.from({ length: 25 }, (_, i) => `list/${String(i % 5)}/${String(i).padStart(2, '0')}.txt`);
    keys.sort((a, b) => (a < b ? -1 : 1));
    await Promise.all([...keys, 'list.txt', 'listing/x'].map((key) => bucket().put(key, Buffer.from(key))));
    assert.deepEqual(await listed('list/'), keys);
    assert.deepEqual(
      await listed('list/3'),
      keys.filter((key) => key.startsWith('list/3')),
    );
    assert.deepEqual(await listed('list/3/1'), ['list/3/13.txt', 'list/3/18.txt']);
    assert.deepEqual(await listed('nothing'), []);
    assert.deepEqual((await listed('list')).slice(0, 2), ['list.txt', 'list/0/00.txt']);
  });

  test('a deleted object is gone, and deleting it again is no error', async () => {
    await bucket().put('suite/gone', Buffer.from('x'));
    await bucket().delete('suite/gone');
    await assert.rejects(bucket().get('suite/gone'), { code: 'bucket-not-found' });
    await assert.rejects(bucket().stream('suite/gone'), { code: 'bucket-not-found' });
    await assert.rejects(bucket().range('suite/gone', { start: 0 }), { code: 'bucket-not-found' });
    await assert.rejects(bucket().head('suite/gone'), { code: 'bucket-not-found' });
    await bucket().delete('suite/gone');
  });

  for (const key of ['../up', 'a/../../up', '/abs', 'a//b', 'a/./b', 'a\\b', '', 'a\0b', '.tmp/x', 'a/', 'a.sha256']) {
    test(`the key ${JSON.stringify(key)} is refused`, async () => {
      await assert.rejects(bucket().put(key, Buffer.from('x')), { code: 'bucket-bad-key' });
      await assert.rejects(bucket().get(key), { code: 'bucket-bad-key' });
      await assert.rejects(bucket().delete(key), { code: 'bucket-bad-key' });
    });
  }

  test('puts of the same key at the same time end with one of them, whole', async () => {
    const all = Array.from({ length: 8 }, (_, i) => Buffer.alloc(50_000 + i, i));
    await Promise.all(all.map((bytes) => bucket().put('suite/race', bytes)));
    const got = await bucket().get('suite/race');
    assert.ok(all.some((bytes) => bytes.equals(got)));
  });

  test('a check of a bucket that works resolves and leaves nothing behind', async () => {
    await bucket().check();
    assert.deepEqual(await listed('percept-check'), []);
  });

  async function listed(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of bucket().list(prefix)) keys.push(key);
    return keys;
  }
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export async function gather(stream: Readable): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of stream) all.push(piece as Buffer);
  return Buffer.concat(all);
}

function* pieces(whole: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}
