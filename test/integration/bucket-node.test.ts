import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { NodeRed } from '../support/node-red.ts';
import { until } from '../support/until.ts';

const folderId = '5f1c9a3e7b2d4c60';
const closedId = '5f1c9a3e7b2d4c61';
const badId = '5f1c9a3e7b2d4c62';
const userId = '5f1c9a3e7b2d4c63';
const secret = 'the-secret-of-the-bucket';

describe('the bucket in Node-RED', () => {
  let nodeRed: NodeRed;

  before(async () => {
    nodeRed = await NodeRed.start({
      packages: { 'node-red-percept-bucket-user': join(import.meta.dirname, '../support/bucket-user') },
      credentials: {
        [closedId]: { accessKeyId: 'somebody', secretAccessKey: secret },
        [badId]: { accessKeyId: 'half' },
      },
      flow: [
        { id: '5f1c9a3e7b2d4c64', type: 'tab', label: 'bucket' },
        { id: folderId, type: 'percept-bucket', kind: 'folder', folder: 'percept/bucket' },
        {
          id: closedId,
          type: 'percept-bucket',
          kind: 's3',
          bucket: 'closed',
          endpoint: 'http://127.0.0.1:1',
          pathStyle: true,
        },
        { id: badId, type: 'percept-bucket', kind: 's3', bucket: 'half' },
        {
          id: userId,
          type: 'test-bucket-user',
          z: '5f1c9a3e7b2d4c64',
          bucket: folderId,
          wires: [['5f1c9a3e7b2d4c65']],
        },
        { id: '5f1c9a3e7b2d4c65', type: 'test-probe', z: '5f1c9a3e7b2d4c64', name: 'out' },
      ],
    });
  });
  after(() => nodeRed.stop());

  test('a node puts and gets objects in a folder of the user directory', async () => {
    await call('put', 'a/b.json', Buffer.from('{}'));
    assert.equal(await readFile(join(nodeRed.userDir, 'percept/bucket/a/b.json'), 'utf8'), '{}');
    assert.deepEqual(await call('get', 'a/b.json'), Buffer.from('{}'));
  });

  test('a signed address gives the object, whole and in parts, and nothing else', async () => {
    await call('put', 'clips/한 국어.mp4', Buffer.from('0123456789'));
    const path = String(await call('url', 'clips/한 국어.mp4', { seconds: 60 }));
    const whole = await fetch(nodeRed.url + path);
    assert.equal(whole.status, 200);
    assert.equal(whole.headers.get('content-type'), 'video/mp4');
    assert.equal(whole.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(await whole.text(), '0123456789');
    const part = await fetch(nodeRed.url + path, { headers: { range: 'bytes=2-4' } });
    assert.equal(part.status, 206);
    assert.equal(part.headers.get('content-range'), 'bytes 2-4/10');
    assert.equal(await part.text(), '234');
    const beyond = await fetch(nodeRed.url + path, { headers: { range: 'bytes=20-' } });
    assert.equal(beyond.status, 416);
    const other = path.replace('clips', 'a').replace(/%ED.*mp4/, 'b.json');
    assert.equal((await fetch(nodeRed.url + other)).status, 403);
    assert.equal((await fetch(`${nodeRed.url}${path}&until=9999999999`)).status, 403);
    assert.equal((await fetch(nodeRed.url + path.replace('type=', 'type=text%2Fhtml'))).status, 403);
    assert.equal((await fetch(`${nodeRed.url}/percept/bucket/${folderId}/a/b.json`)).status, 403);
    assert.equal((await fetch(nodeRed.url + path, { method: 'DELETE' })).status, 405);
  });

  test('a signed address ends', async () => {
    const path = String(await call('url', 'a/b.json', { seconds: 0.1 }));
    await until(async () => (await fetch(nodeRed.url + path)).status === 403, { what: 'the address to end' });
  });

  test('a corrupt object is cut off before its end', async () => {
    await call('put', 'a/corrupt.txt', Buffer.alloc(500_000, 1));
    await writeFile(join(nodeRed.userDir, 'percept/bucket/a/corrupt.txt'), Buffer.alloc(500_000, 2));
    const path = String(await call('url', 'a/corrupt.txt', { seconds: 60 }));
    await assert.rejects(fetch(nodeRed.url + path).then((response) => response.arrayBuffer()));
  });

  test('an S3 that does not answer is told in the log, without its secret', async () => {
    const told = /closed\/ does not answer.*Check the endpoint/;
    await until(() => told.test(nodeRed.log), { what: 'the log to tell' });
    assert.ok(!nodeRed.log.includes(secret));
  });

  test('an access key without its secret is told in the log', async () => {
    await until(() => /access key and secret belong together/.test(nodeRed.log), { what: 'the log to tell' });
  });

  test('nothing is left of the check at the start', async () => {
    const names = await readdir(join(nodeRed.userDir, 'percept/bucket'));
    assert.deepEqual(
      names.filter((name) => name.startsWith('percept-check')),
      [],
    );
  });

  async function call(method: string, ...args: unknown[]): Promise<unknown> {
    const seen = nodeRed.messages('out').length;
    nodeRed.inject(userId, { call: method, args });
    await until(() => nodeRed.messages('out').length > seen || nodeRed.status(userId)?.fill === 'red', {
      what: `${method}; log:\n${nodeRed.log}`,
    });
    return nodeRed.messages('out').at(-1)?.payload;
  }
});
