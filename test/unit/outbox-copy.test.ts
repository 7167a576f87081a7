import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, test } from 'node:test';
import { copyOutbox } from '../../dist/sensor/gateway/outbox-copy.js';
import { findOutboxes } from '../../dist/sensor/gateway/outbox-find.js';
import { lookInto, withCopy } from '../../dist/sensor/gateway/outbox-look.js';
import { range, row, rows, TestOutbox } from '../support/outbox.ts';

const box = new TestOutbox({ groupMs: 0 });
afterEach(() => box.close());
after(() => box.remove());

function valuesIn(copy: string): number[] {
  const db = new DatabaseSync(copy, { readOnly: true });
  try {
    return db
      .prepare('select value from outbox order by id')
      .all()
      .map(({ value }) => Number(value));
  } finally {
    db.close();
  }
}

test('a copy that is made while the gateway writes holds what was safe before, in order and whole', async () => {
  const outbox = await box.open();
  let safe = 0;
  let on = true;
  const writing = (async () => {
    // much more than the log takes before it is written over
    for (let n = 0; on; n += 200) {
      await outbox.append(rows(n, 200));
      safe = n + 200;
    }
  })();
  try {
    for (let i = 0; i < 8; i++) {
      const before = safe;
      const copy = join(box.folder, `copy-${i}.sqlite`);
      await copyOutbox(box.path, copy);
      const { waiting, oldest } = lookInto(copy, box.path);
      assert.ok(waiting >= before, `${waiting} of ${before}`);
      assert.deepEqual(valuesIn(copy), range(0, waiting));
      if (waiting > 0) assert.equal(oldest, row(0).time);
    }
  } finally {
    on = false;
    await writing;
  }
  assert.ok(safe > 0);
});

test('a copy between whose two files the log began anew is made again', async () => {
  const outbox = await box.open({ path: join(box.folder, 'anew.sqlite') });
  await outbox.append(rows(0, 100));
  let n = 100;
  let copied = 0;
  await copyOutbox(join(box.folder, 'anew.sqlite'), join(box.folder, 'anew-copy.sqlite'), async (from, to) => {
    await copyFile(from, to);
    // more than the log takes before it is written over
    for (; copied === 0 && n < 40_000; n += 500) await outbox.append(rows(n, 500));
    copied++;
  });
  assert.ok(copied > 2);
  assert.deepEqual(valuesIn(join(box.folder, 'anew-copy.sqlite')), range(0, n));
});

test('outboxes are found in our folder, and where a gateway of a flow file was told to keep it', async () => {
  const userDir = join(box.folder, 'user');
  const [ours, chosen, store] = ['percept/outbox-1.sqlite', 'disk/readings.db', 'percept/percept.sqlite'];
  for (const path of [ours, chosen]) await box.open({ path: join(userDir, path) });
  await box.close();
  new DatabaseSync(join(userDir, store)).exec('create table reading (id integer)');
  writeFileSync(join(userDir, 'percept/outbox-2.sqlite.damaged-2026-11-01T00-00-00-000Z'), 'was one');
  writeFileSync(
    join(userDir, 'flows_host.json'),
    JSON.stringify([
      { id: 'a', type: 'percept-gateway', path: chosen },
      { id: 'b', type: 'percept-gateway', path: '' },
      { id: 'c', type: 'percept-gateway', path: 'gone.db' },
    ]),
  );
  writeFileSync(join(userDir, 'flows.json'), 'not JSON');
  assert.deepEqual(await findOutboxes(userDir), {
    outboxes: [chosen, ours].map((path) => join(userDir, path)),
    aside: [join(userDir, 'percept/outbox-2.sqlite.damaged-2026-11-01T00-00-00-000Z')],
  });
});

test('a copy leaves nothing behind', async () => {
  await (await box.open()).append([row(0)]);
  const copy = await withCopy(box.path, (path) => path);
  assert.equal(existsSync(dirname(copy)), false);
});
