import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { compareVersions, readCard } from '../../dist/inference/card.js';
import { cardOf, publicModels } from '../../dist/inference/manifest.js';
import { bucketPlace, folderPlace } from '../../dist/inference/place.js';
import { Models, packagedModels } from '../../dist/inference/registry.js';
import { openFolderBucket } from '../../dist/store/bucket/folder.js';
import { cardFor, temporaryFolder } from '../support/models.ts';

const first = Buffer.from('the first file');
const second = Buffer.from('the second file');
const code = (expected: string) => (thrown: unknown) => {
  assert.equal((thrown as { code?: string }).code, expected);
  return true;
};

/** The same promises in a folder and in a bucket. */
const places = {
  folder: (t: TestContext) => Promise.resolve(folderPlace(temporaryFolder(t))),
  bucket: async (t: TestContext) => bucketPlace(await openFolderBucket({ path: temporaryFolder(t) })),
};

for (const [kind, open] of Object.entries(places)) {
  test(`${kind}: a model that was added is found, whole, and its newest version is used`, async (t) => {
    const models = new Models([await open(t)]);
    await models.add(cardFor(first, { version: '1.9' }), first);
    await models.add(cardFor(second, { version: '1.10' }), second);
    const model = await models.find('tiny');
    assert.equal(model.card.version, '1.10');
    assert.deepEqual(await model.bytes(), second);
    const listed = (await models.list()).map(({ card, live, present }) => [card.version, live, present]);
    assert.deepEqual(listed, [
      ['1.9', false, true],
      ['1.10', true, true],
    ]);
  });

  test(`${kind}: a version goes live at once, who watches is told, and it can be taken back`, async (t) => {
    const models = new Models([await open(t)]);
    const told: string[] = [];
    t.after(models.watch('tiny', ({ version }) => told.push(version)));
    for (const [version, bytes] of [['1', first] as const, ['2', second] as const]) {
      await models.add(cardFor(bytes, { version }), bytes);
      await models.activate('tiny', version);
    }
    assert.equal((await models.find('tiny')).card.version, '2');
    await models.rollback('tiny');
    assert.equal((await models.find('tiny')).card.version, '1');
    assert.deepEqual(told, ['1', '2', '1']);
    await assert.rejects(models.rollback('tiny'), code('model-nothing-before'));
  });

  test(`${kind}: a version is never replaced by another file`, async (t) => {
    const models = new Models([await open(t)]);
    await models.add(cardFor(first), first);
    await models.add(cardFor(first), first);
    await assert.rejects(models.add(cardFor(second), second), code('model-version-taken'));
  });
}

test('a file that changed is refused, with both checksums', async (t) => {
  const folder = temporaryFolder(t);
  const models = new Models([folderPlace(folder)]);
  const model = await models.add(cardFor(first), first);
  writeFileSync(join(folder, 'tiny/1/model.onnx'), second);
  await assert.rejects(model.bytes(), code('model-corrupt'));
  await assert.rejects(models.activate('tiny', '1'), code('model-corrupt'));
  assert.equal(await models.live('tiny'), undefined);
});

test('bytes that are not those of the card are not kept', async (t) => {
  const folder = temporaryFolder(t);
  await assert.rejects(new Models([folderPlace(folder)]).add(cardFor(first), second), code('model-corrupt'));
  assert.deepEqual(readdirSync(folder), []);
});

test("what a user adds hides the package's model of that name; nothing is written into the package", async (t) => {
  const packaged = temporaryFolder(t);
  const user = temporaryFolder(t);
  await new Models([folderPlace(packaged)]).add(cardFor(first), first);
  const models = new Models([folderPlace(user), folderPlace(packaged, { writable: false })]);
  assert.equal((await models.find('tiny')).place, packaged);
  await models.add(cardFor(second, { version: '2' }), second);
  assert.equal((await models.find('tiny')).place, user);
  assert.deepEqual(readdirSync(join(packaged, 'tiny')), ['1']);
});

test('a public model whose file is missing says how to pull it', async () => {
  const model = await new Models([folderPlace(packagedModels, { writable: false })]).find('person-192');
  await assert.rejects(model.bytes(), (thrown: Error) => /percept models pull person-192/.test(thrown.message));
});

test('an unknown model or version is named', async (t) => {
  const models = new Models([folderPlace(join(temporaryFolder(t), 'not-there'))]);
  await assert.rejects(models.find('nobody', '3'), /nobody 3/);
});

test('a card says which field is wrong', () => {
  const good = cardFor(first);
  assert.deepEqual(readCard(JSON.stringify(good), 'card.json'), good);
  assert.throws(() => readCard('{', 'card.json'), code('model-bad-card'));
  const bad = { ...good, input: { ...good.input, layout: 'CHWN' } };
  assert.throws(() => readCard(JSON.stringify(bad), 'card.json'), /input\.layout/);
  assert.throws(() => readCard(JSON.stringify({ ...good, sha256: 'abc' }), 'card.json'), /sha256/);
  assert.throws(() => readCard(JSON.stringify({ ...good, name: '../up' }), 'card.json'), /name/);
});

test('a card that names another model than its folder is refused', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'other/1'), { recursive: true });
  writeFileSync(join(folder, 'other/1/card.json'), JSON.stringify(cardFor(first)));
  await assert.rejects(new Models([folderPlace(folder)]).list(), code('model-bad-card'));
});

test('versions are compared as people read them', () => {
  assert.deepEqual(['10', '9', '1.10', '1.9'].sort(compareVersions), ['1.9', '1.10', '9', '10']);
});

test('every public model has a card that agrees with the manifest, and only cards lie in the package', async () => {
  const all = await publicModels();
  assert.ok(all.length > 0);
  for (const model of all) {
    const card = await cardOf(model);
    assert.deepEqual([card.sha256, card.licence], [model.sha256, model.licence], model.name);
    assert.ok(!existsSync(join(packagedModels, model.name, model.version, 'model.onnx')), model.name);
  }
});
