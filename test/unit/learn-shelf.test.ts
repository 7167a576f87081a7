import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Card } from '../../dist/inference/card.js';
import { openModels } from '../../dist/inference/registry.js';
import type { PerceptError } from '../../dist/kit/index.js';
import { nameOf, Shelf } from '../../dist/sound/learn/shelf.js';
import { cardFor, temporaryFolder, tinyModel } from '../support/models.ts';

const source = 'Hall 2/펌프 #1';
const name = nameOf(source, 'sound');
const model = tinyModel();

function shelfIn(folder: string, keep = 3): { shelf: Shelf; problems: PerceptError[] } {
  const problems: PerceptError[] = [];
  const models = openModels({ folder });
  return { shelf: new Shelf(models, 'sound', keep, (problem) => problems.push(problem)), problems };
}

function card(version: string, job = version): Card {
  const learned = { source, quantity: 'sound', kind: 'vgg', from: 0, until: 1, seconds: 2, job } as const;
  return cardFor(model, { name, version, learned, trainedAt: Number(version) });
}

async function published(t: TestContext, count: number, keep = 3) {
  const folder = temporaryFolder(t);
  const { shelf } = shelfIn(folder, keep);
  for (let i = 1; i <= count; i++) await shelf.publish(source, card(await shelf.next(source)), model);
  return { folder, shelf };
}

const shown = async (shelf: Shelf) =>
  (await shelf.versions(source)).map(({ version, live }) => (live ? `*${version}` : version));

test('sources with any name, and their quantities, have models of their own', () => {
  assert.match(name, /^learned-hall-2-1-[0-9a-f]{8}$/);
  assert.notEqual(nameOf(source, 'vibration'), name);
  assert.notEqual(nameOf('a/b', ''), nameOf('a-b', ''));
});

test('a new version is used at once; only so many are kept', async (t) => {
  const { shelf, folder } = await published(t, 5);
  assert.deepEqual(await shown(shelf), ['*5', '4', '3']);
  assert.equal(existsSync(join(folder, name, '2')), false);
});

test('the version in use is never removed, however old it is', async (t) => {
  const { shelf, folder } = await published(t, 3);
  await shelf.use(source, '1');
  const models = openModels({ folder });
  for (const version of ['4', '5', '6']) await models.add(card(version), model);
  // whatever is used next, too many are removed
  await shelf.use(source, '1');
  assert.deepEqual(await shown(shelf), ['6', '5', '4', '*1']);
});

test('going back survives a restart, and skips versions that are gone or damaged', async (t) => {
  const { shelf, folder } = await published(t, 4, 10);
  await shelf.back(source);
  const again = shelfIn(folder).shelf;
  assert.deepEqual(await shown(again), ['4', '*3', '2', '1']);
  rmSync(join(folder, name, '2', 'model.onnx'));
  await again.back(source);
  assert.deepEqual(await shown(again), ['4', '3', '2', '*1']);
  await assert.rejects(again.back(source), { code: 'learn-nothing-before', message: /there is: 4, 3, 2, 1/ });
});

test('a version that is not there, or is damaged, is not used; the one in use stays', async (t) => {
  const { shelf, folder } = await published(t, 2);
  await assert.rejects(shelf.use(source, '9'), { code: 'learn-no-version', message: /there is: 2, 1\./ });
  writeFileSync(join(folder, name, '1', 'model.onnx'), 'something else');
  await assert.rejects(shelf.use(source, '1'), { code: 'model-corrupt' });
  assert.deepEqual(await shown(shelf), ['*2', '1']);
});

test('a card that cannot be read is told of; the other versions are listed', async (t) => {
  const { folder } = await published(t, 2);
  writeFileSync(join(folder, name, '1', 'card.json'), '{');
  const { shelf, problems } = shelfIn(folder);
  assert.deepEqual(await shown(shelf), ['*2']);
  assert.deepEqual(await shelf.sources(), [source]);
  assert.ok(problems.every(({ code }) => code === 'model-bad-card') && problems.length > 0);
});

test('what a job has made is found by it, so that a crash makes no second version', async (t) => {
  const { shelf } = await published(t, 2);
  assert.equal(await shelf.madeBy(source, '1'), '1');
  assert.equal(await shelf.madeBy(source, 'another'), undefined);
});
