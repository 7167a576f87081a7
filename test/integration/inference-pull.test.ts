import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { folderPlace } from '../../dist/inference/place.js';
import { pull } from '../../dist/inference/pull.js';
import { Models } from '../../dist/inference/registry.js';
import { percept } from '../support/cli.ts';
import { cardFor, temporaryFolder, tinyModel } from '../support/models.ts';

const whole = Buffer.alloc(3_000_000, 'a model ');
const code = (expected: string) => (thrown: unknown) => {
  assert.equal((thrown as { code?: string }).code, expected);
  return true;
};

/** A web server, the cards of the package as they would be, and a user's folder. */
async function prepared(t: TestContext, answer: (response: ServerResponse, range: string | undefined) => void) {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(response, request.headers.range);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const cards = temporaryFolder(t);
  const card = cardFor(whole);
  mkdirSync(join(cards, 'tiny/1'), { recursive: true });
  writeFileSync(join(cards, 'tiny/1/card.json'), JSON.stringify(card));
  const folder = join(temporaryFolder(t), 'percept/models');
  const { port } = server.address() as AddressInfo;
  const { sha256, licence } = card;
  const wanted = { name: 'tiny', version: '1', url: `http://127.0.0.1:${port}/tiny.onnx`, sha256, licence };
  return { ranges, folder, pull: () => pull(wanted, { folder, cards }), part: join(folder, '.part/tiny-1') };
}

function send(response: ServerResponse, range: string | undefined, until = whole.length): void {
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  const headers = { 'content-length': whole.length - from };
  if (range)
    response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}` });
  else response.writeHead(200, headers);
  if (until === whole.length) response.end(whole.subarray(from));
  else response.write(whole.subarray(from, until), () => response.destroy());
}

test('a public model is downloaded, checked and can be used; the second time nothing is fetched', async (t) => {
  const { pull, ranges, folder } = await prepared(t, send);
  const model = await pull();
  assert.deepEqual(await model?.bytes(), whole);
  assert.equal(await pull(), undefined);
  assert.equal(ranges.length, 1);
  assert.deepEqual(readdirSync(join(folder, '.part')), []);
});

test('a download that was cut off is told, leaves no model, and goes on where it ended', async (t) => {
  let cut = true;
  const { pull, ranges, folder, part } = await prepared(t, (response, range) => {
    send(response, range, cut ? 1_000_000 : whole.length);
    cut = false;
  });
  await assert.rejects(pull(), code('model-download-cut'));
  assert.ok(!existsSync(join(folder, 'tiny')));
  const got = statSync(part).size;
  const model = await pull();
  assert.deepEqual(await model?.bytes(), whole);
  assert.deepEqual(ranges, [undefined, got > 0 ? `bytes=${got}-` : undefined]);
});

test('a server that ignores the range sends everything, and that is right too', async (t) => {
  const { pull, part, folder } = await prepared(t, (response) => send(response, undefined));
  mkdirSync(join(folder, '.part'), { recursive: true });
  writeFileSync(part, whole.subarray(0, 1000));
  assert.deepEqual(await (await pull())?.bytes(), whole);
});

test('another file than the pinned one is thrown away', async (t) => {
  const other = Buffer.alloc(whole.length, 'another ');
  const { pull, folder, part } = await prepared(t, (response) => response.end(other));
  await assert.rejects(pull(), code('model-download-other'));
  assert.deepEqual([existsSync(join(folder, 'tiny')), existsSync(part)], [false, false]);
});

test('a longer file than the pinned one is not read to its end', async (t) => {
  const { pull, folder, part } = await prepared(t, (response) => response.end(Buffer.alloc(2 * whole.length)));
  await assert.rejects(pull(), code('model-download-failed'));
  assert.deepEqual([existsSync(join(folder, 'tiny')), existsSync(part)], [false, false]);
});

test('an address that is gone or a server that is down is told with the reason', async (t) => {
  const { pull } = await prepared(t, (response) => response.writeHead(404).end());
  await assert.rejects(pull(), /HTTP 404/);
  const down = await prepared(t, (response) => response.destroy());
  await assert.rejects(down.pull(), code('model-download-failed'));
});

test('a damaged model is fetched again', async (t) => {
  const { pull, folder } = await prepared(t, send);
  await pull();
  writeFileSync(join(folder, 'tiny/1/model.onnx'), 'damaged');
  assert.deepEqual(await (await pull())?.bytes(), whole);
});

test('percept models: add, list, verify, and what is wrong is named', async (t) => {
  const folder = temporaryFolder(t);
  const files = temporaryFolder(t);
  const at = ['--models', folder];
  const own = tinyModel();
  writeFileSync(join(files, 'my.onnx'), own);
  writeFileSync(join(files, 'card.json'), JSON.stringify(cardFor(own)));
  const added = await percept(['models', 'add', join(files, 'my.onnx'), '--card', join(files, 'card.json'), ...at]);
  assert.deepEqual([added.status, added.stderr], [0, '']);
  assert.deepEqual(await (await new Models([folderPlace(folder)]).find('tiny')).bytes(), own);
  const { stdout } = await percept(['models', 'list', ...at]);
  assert.match(stdout, /^\* tiny +1 +ready/m);
  assert.match(stdout, /^\* person-192 +1 +not pulled/m);
  const right = await percept(['models', 'verify', 'tiny', ...at]);
  assert.match(right.stdout, /tiny 1 .* runs in onnxruntime/);
  cpSync(join(files, 'card.json'), join(folder, 'tiny/1/model.onnx'));
  const verified = await percept(['models', 'verify', ...at]);
  assert.equal(verified.status, 1);
  assert.match(verified.stderr, /tiny.*sha256 begins with/);
  for (const [wrong, reason] of [
    [['pull', 'nobody'], /no public model nobody/],
    [['verify', 'nobody'], /no model nobody/],
    [['dance'], /"dance" is none of/],
    [['add', join(files, 'gone.onnx'), '--card', join(files, 'card.json')], /gone\.onnx cannot be read/],
  ] as const) {
    const { status, stderr } = await percept(['models', ...wrong, ...at]);
    assert.equal(status, 1);
    assert.match(stderr, reason);
  }
});
