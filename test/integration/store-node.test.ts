import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore } from '../../dist/store/open.js';
import { startPostgres } from '../servers/postgres.ts';
import { needs } from '../support/needs.ts';
import { type FlowNode, NodeRed } from '../support/node-red.ts';
import { reading } from '../support/stores.ts';
import { until } from '../support/until.ts';

const storeId = 'c0ffee0000000001';
const feedId = 'c0ffee0000000002';
const flowOf = (url: string, more: Record<string, unknown> = {}): FlowNode[] => [
  { id: 'c0ffee0000000000', type: 'tab', label: 'test' },
  { id: storeId, type: 'percept-store', name: '', version: 1, url, ...more },
  {
    id: feedId,
    type: 'percept-feed',
    z: 'c0ffee0000000000',
    name: '',
    version: 1,
    store: storeId,
    table: 'reading',
    from: 'beginning',
    wires: [[]],
  },
];

test('the store node makes its file in the user directory and says so', async () => {
  const nodeRed = await NodeRed.start({ flow: flowOf('percept/percept.sqlite') });
  try {
    await until(() => nodeRed.status(feedId)?.text === 'row 0', { what: 'the feed to stand by' });
    assert.ok(existsSync(join(nodeRed.userDir, 'percept/percept.sqlite')));
    await until(() => /the store .*percept\.sqlite is open/.test(nodeRed.log), { what: 'the log to tell' });
  } finally {
    await nodeRed.stop();
  }
});

test('the store node enforces the days it is given', { skip: needs('postgresql') }, async () => {
  const server = await startPostgres();
  const url = await server.database();
  const outside = await openStore({ url });
  await outside.commit({
    readings: [reading(0, { receivedAt: Date.now() - 9 * 86_400_000 }), reading(1, { receivedAt: Date.now() })],
  });
  const address = url.replace('app:secret@', '');
  const credentials = (password: string) => ({ [storeId]: { user: 'app', password } });
  const nodeRed = await NodeRed.start({
    flow: flowOf(address, { keepReadings: '7' }),
    credentials: credentials('secret'),
  });
  try {
    await until(async () => (await outside.db.selectFrom('reading').select('id').execute()).length === 1, {
      what: 'the old row to go',
    });
  } finally {
    await nodeRed.stop();
    await outside.close();
  }
  const refused = await NodeRed.start({ flow: flowOf(address), credentials: credentials('guessed-wrong') });
  try {
    await until(() => refused.status(feedId)?.text === 'wrong password', { what: 'the refusal' });
    await until(() => /refuses the user name or the password/.test(refused.log), { what: 'the log to tell' });
    assert.doesNotMatch(refused.log, /guessed-wrong/);
  } finally {
    await refused.stop();
    await server.stop();
  }
});
