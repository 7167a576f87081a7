import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { appendAudit, checkAudit, recordAudit, recordSight, sawAgainMs } from '../../dist/store/audit.js';
import { openStore } from '../../dist/store/open.js';
import { Recently } from '../../dist/store/recently.js';
import { forBothStores } from '../support/stores.ts';

const entry = (i: number) => ({ who: 'mina', action: 'exported', what: `clip ${i}`, detail: { camera: 'door' } });

forBothStores((lab) => {
  test('what is done is appended, whoever writes at the same time, and the chain holds', async () => {
    const url = await lab.url();
    const [here, there] = [await lab.open({ url }), await lab.open({ url })];
    const all = Array.from({ length: 40 }, (_, i) => appendAudit((i % 2 === 0 ? here : there).db, entry(i)));
    await Promise.all(all);
    const { count, broken, head } = await checkAudit(here.db);
    assert.deepEqual([count, broken], [40, undefined]);
    assert.match(head, /^[0-9a-f]{64}$/);
  });

  test('the database refuses to change or delete a row', async () => {
    const { db } = await lab.open();
    await appendAudit(db, entry(0));
    await assert.rejects(db.updateTable('audit').set({ who: 'nobody' }).execute(), /append-only/);
    await assert.rejects(db.deleteFrom('audit').execute(), /append-only/);
  });

  test('who saw something stands there once in a quarter of an hour, by person and thing', async () => {
    const store = await lab.open();
    const now = Date.UTC(2026, 0, 5, 13);
    const look = (who: string, what: string, at: number, part = ''): void =>
      recordSight(store, { who, what, way: 'page', part }, now + at);
    look('mina', 'frame/1.jpg', 0);
    for (let at = 0; at < sawAgainMs; at += 10_000) look('mina', 'frame/1.jpg', at);
    look('mina', 'frame/1.jpg', sawAgainMs);
    look('jo', 'frame/1.jpg', sawAgainMs);
    look('mina', 'frame/2.jpg', sawAgainMs);
    look('mina', 'frame/2.jpg', sawAgainMs, 'another hour');
    look('mina', 'frame/1.jpg', -60_000);
    await recordAudit(store, { who: 'mina', action: 'last' });
    const rows = await store.db.selectFrom('audit').selectAll().where('action', '=', 'saw').orderBy('id').execute();
    assert.deepEqual(
      rows.map(({ who, what, time }) => [who, what, time - now]),
      [
        ['mina', 'frame/1.jpg', 0],
        ['mina', 'frame/1.jpg', sawAgainMs],
        ['jo', 'frame/1.jpg', sawAgainMs],
        ['mina', 'frame/2.jpg', sawAgainMs],
        ['mina', 'frame/2.jpg', sawAgainMs],
        // the clock was put back
        ['mina', 'frame/1.jpg', -60_000],
      ],
    );
    assert.deepEqual(JSON.parse(rows[0]?.detail ?? ''), { way: 'page' });
  });
});

test('of too many things that were seen the oldest are forgotten first, and no more are kept', () => {
  const recently = new Recently(1_000, 3);
  for (const [name, isNew] of [
    ['a', true],
    ['b', true],
    ['c', true],
    ['a', false],
    ['d', true],
    ['b', false],
    ['a', true],
    ['b', true],
  ] as const)
    assert.equal(recently.isNew(name, 5), isNew, name);
});

test('who gets round the database’s refusal is found out', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'percept-audit-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [what, change] of [
    ['changed', "update audit set who = 'nobody' where id = 3"],
    ['left out', 'delete from audit where id = 3'],
    ['put in', "insert into audit select 99, time, who, action, what, detail, 'x', 'y' from audit where id = 3"],
  ] as const) {
    const file = join(folder, `${what}.sqlite`);
    const store = await openStore({ url: file });
    for (let i = 0; i < 5; i++) await appendAudit(store.db, entry(i));
    await store.close();
    const forger = new DatabaseSync(file);
    forger.exec(`drop trigger audit_no_update; drop trigger audit_no_delete; ${change}`);
    forger.close();
    const again = await openStore({ url: file });
    assert.notEqual((await checkAudit(again.db)).broken, undefined, what);
    await again.close();
  }
});
