import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { row, rows, TestOutbox } from '../support/outbox.ts';

describe("an outbox's file", () => {
  let file: TestOutbox;

  beforeEach(() => {
    file = new TestOutbox();
  });
  afterEach(() => file.remove());

  const kept = (): string[] => readdirSync(file.folder).filter((name) => name.includes('.damaged-'));

  test('that a newer Percept has written is left alone', async () => {
    await file.open();
    await file.close();
    const db = new DatabaseSync(file.path);
    db.exec('pragma user_version = 99');
    db.close();
    const before = readFileSync(file.path);
    await assert.rejects(file.open(), { code: 'gateway-newer' });
    assert.deepEqual(readFileSync(file.path), before);
  });

  test('that is another database is left alone', async () => {
    const db = new DatabaseSync(file.path);
    db.exec('create table mine (a)');
    db.close();
    const before = readFileSync(file.path);
    await assert.rejects(file.open(), { code: 'gateway-not-outbox' });
    assert.deepEqual(readFileSync(file.path), before);
    assert.deepEqual(kept(), []);
  });

  test('that a user has named and that is no database is left alone', async () => {
    writeFileSync(file.path, 'dear diary\n'.repeat(1000));
    await assert.rejects(file.open({ ours: false }), { code: 'gateway-not-outbox' });
    assert.match(readFileSync(file.path, 'utf8'), /^dear diary/);
  });

  test('that is damaged is set aside whole, and a new one begun', async () => {
    await (await file.open()).append(rows(0, 5000));
    await file.close();
    const handle = openSync(file.path, 'r+');
    for (let page = 3; page < 20; page++) writeSync(handle, Buffer.alloc(2048, 0xa5), 0, 2048, page * 4096 + 100);
    closeSync(handle);
    const damaged = readFileSync(file.path);
    const outbox = await file.open();
    assert.equal(outbox.damaged?.code, 'gateway-damaged');
    const [name] = kept();
    assert.ok(name);
    assert.deepEqual(readFileSync(`${file.folder}/${name}`), damaged);
    assert.match(outbox.damaged.message, new RegExp(name.replaceAll('.', '\\.')));
    await outbox.append([row(1)]);
    assert.equal(outbox.figures.waiting, 1);
  });

  test('whose first page is rubbish is set aside too where the path is our own', async () => {
    writeFileSync(file.path, Buffer.alloc(8192, 0x5a));
    const outbox = await file.open();
    assert.equal(outbox.damaged?.code, 'gateway-damaged');
    assert.equal(kept().length, 1);
  });

  test('can be open only once', async () => {
    await file.open();
    const other = new TestOutbox();
    await assert.rejects(other.open({ path: file.path }), { code: 'gateway-in-use' });
    await other.remove();
  });

  test('lies in a folder that is made when it is not there', async () => {
    const path = `${file.folder}/a/b/outbox.sqlite`;
    await file.open({ path });
    assert.ok(existsSync(path));
  });
});
