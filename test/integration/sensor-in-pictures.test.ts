import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { jpegOf } from '../support/jpeg.ts';
import { type FlowNode, NodeRed, root } from '../support/node-red.ts';

const example = join(root, 'examples/sensor in - pictures and sound into a bucket.json');

test('a picture that is sent over HTTP lies in the bucket before the answer comes; what is none is refused with the reason', async () => {
  const nodeRed = await NodeRed.start({ flow: JSON.parse(readFileSync(example, 'utf8')) as FlowNode[] });
  const send = (body: Buffer): Promise<Response> =>
    fetch(`${nodeRed.url}/pictures/door`, {
      method: 'POST',
      headers: { 'Content-Type': 'image/jpeg' },
      body: new Uint8Array(body),
    });
  try {
    const picture = jpegOf(64, 48);
    const taken = await send(picture);
    assert.deepEqual([taken.status, await taken.text()], [201, 'stored\n']);
    const [file = ''] = globSync('**/*.jpg', { cwd: join(nodeRed.userDir, 'percept/bucket') });
    assert.deepEqual(readFileSync(join(nodeRed.userDir, 'percept/bucket', file)), picture);

    const refused = await send(Buffer.from('no picture'));
    assert.equal(refused.status, 422);
    assert.match(await refused.text(), /JPEG/);
  } finally {
    await nodeRed.stop();
  }
});
