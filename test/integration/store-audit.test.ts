import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { appendAudit, checkAudit } from '../../dist/store/audit.js';
import { openStore } from '../../dist/store/open.js';
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
