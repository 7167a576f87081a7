import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { appendAudit, auditPerson, checkAudit, recordAudit } from '../../dist/store/audit.js';
import { openStore } from '../../dist/store/open.js';
import { percept } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'percept-acts-'));
const file = join(folder, 'percept/percept.sqlite');
const day = 86_400_000;

before(async () => {
  const store = await openStore({ url: file });
  const rows = [
    ['mina', 'acknowledged', 'loitering/door/', { policy: 'house', way: 'page' }, Date.now() - 3 * day],
    ['jo', 'exported', 'readings', { format: 'csv' }, Date.now() - 2 * day],
    ['owner', 'changed', 'flows.set', { type: 'full' }, Date.now() - 3_600_000],
    ['mina', 'silenced', '', { way: 'page' }, Date.now()],
  ] as const;
  for (const [who, action, what, detail, time] of rows)
    await appendAudit(store.db, { who, action, what, detail, time });
  await store.close();
});
after(() => rmSync(folder, { recursive: true, force: true }));

const lines = async (...args: string[]): Promise<string[]> => {
  const { stdout } = await percept(['audit', '--user-dir', folder, ...args]);
  return stdout.trim().split('\n');
};

test('what was done is shown in columns, with what it was done to', async () => {
  const [first = '', , third = ''] = await lines();
  assert.match(
    first,
    /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}mina {3}acknowledged {2}loitering\/door\/ {2}policy=house {2}way=page$/,
  );
  assert.match(third, /Z {2}owner {2}changed {7}flows\.set {2}type=full$/);
});

for (const [what, args, shown] of [
  ['by whom', ['--who', 'mina'], 2],
  ['what was done', ['--action', 'exported'], 1],
  ['to what', ['--what', 'door'], 1],
  ['since when, as a length', ['--since', '36h'], 2],
  ['since when, as a date', ['--since', '2020-01-01'], 4],
  ['two together', ['--who', 'mina', '--since', '1d'], 1],
  ['the newest', ['--last', '1'], 1],
] as const) {
  test(`rows are picked: ${what}`, async () => {
    const all = await lines(...args);
    assert.equal(all.length, shown + 1, all.join('\n'));
    assert.match(all.at(-1) ?? '', /^Rows: 4, unbroken/, 'the whole chain is checked all the same');
  });
}

test('where nothing fits that is said, and a time that is none is refused', async () => {
  assert.equal((await lines('--who', 'nobody'))[0], 'No rows.');
  const { stderr, status } = await percept(['audit', '--user-dir', folder, '--since', 'yesterday']);
  assert.equal(status, 1);
  assert.match(stderr, /--since "yesterday" is neither like 7d nor like 2026-05-01/);
});

test('in Korean too', async () => {
  const { stdout } = await percept(['audit', '--user-dir', folder, '--last', '1'], { env: { LANG: 'ko_KR.UTF-8' } });
  assert.match(stdout, /mina {2}알림 끔 {2}way=page\n4개 행, 온전함/);
});

test('programs get the details as values', async () => {
  const { rows } = JSON.parse((await lines('--json', '--last', '2')).join('\n')) as { rows: { detail: unknown }[] };
  assert.deepEqual(rows[0]?.detail, { type: 'full' });
});

test('what is done to users stands in the log, by whom this machine knows', async () => {
  await percept(['users', 'add', 'kim', 'viewer', '--user-dir', folder]);
  await percept(['users', 'token', 'grafana', 'viewer', '--user-dir', folder]);
  const { stdout } = await percept(['users', 'sign-out', 'kim', '--user-dir', folder]);
  assert.match(stdout, /Sessions of kim that ended: 0/);
  const [added, token, out] = await lines('--since', '1h', '--what', 'users.');
  assert.match(added ?? '', /\S+ \(percept\) {2}changed {2}users\.add {2}name=kim {2}role=viewer$/);
  assert.match(token ?? '', /users\.token {2}name=grafana {2}role=viewer$/);
  assert.match(out ?? '', /users\.sign-out {2}name=kim$/);
});

test('whoever acts is not held up, and all of it is written, in order, with secrets masked', async () => {
  const store = await openStore({ url: join(folder, 'many.sqlite') });
  let told = 0;
  const all = Array.from({ length: 300 }, (_, i) =>
    recordAudit(store, { who: 'mina', action: 'exported', what: `postgres://u:hush${i}@host/db`, detail: { i } }).then(
      () => {
        told++;
      },
    ),
  );
  assert.equal(told, 0);
  await Promise.all(all);
  const rows = await store.db.selectFrom('audit').selectAll().orderBy('id').execute();
  assert.deepEqual(
    rows.map(({ detail }) => (JSON.parse(detail) as { i: number }).i),
    Array.from({ length: 300 }, (_, i) => i),
  );
  assert.ok(rows.every(({ what }) => what === 'postgres://u:***@host/db'));
  assert.equal((await checkAudit(store.db)).broken, undefined);
  await store.close();
  // nothing waits for a store that is gone
  await recordAudit(store, { who: 'mina', action: 'too late' });
});

test('who sent a message is what the door says, and nothing else', () => {
  assert.equal(auditPerson({ _client: { user: { name: 'mina' } } }), 'mina');
  for (const msg of [
    {},
    { _client: null },
    { _client: {} },
    { _client: { user: { name: 7 } } },
    { _client: { user: { name: '' } } },
  ])
    assert.equal(auditPerson(msg), undefined);
});
