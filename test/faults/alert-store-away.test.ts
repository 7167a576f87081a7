import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { alertFlow, alertIds } from '../support/alert-flow.ts';
import { needs } from '../support/needs.ts';
import { type FlowNode, NodeRed } from '../support/node-red.ts';
import { until } from '../support/until.ts';

const skip = needs('postgresql');
const ms = 90_000;
/** Taken at its word: what a process that died had handed out is else handed out once more, marked. */
const channels = [{ name: 'push', receipts: false }];
let server: PostgresServer;
let nodeRed: NodeRed;
let flow: FlowNode[];
before(async () => {
  if (skip) return;
  server = await startPostgres();
  flow = alertFlow(await server.database(), { channels });
  nodeRed = await NodeRed.start({ flow });
});
after(async () => {
  await nodeRed?.stop();
  await server?.stop();
});

const found = (source: string, since: number): void =>
  nodeRed.inject(alertIds.alert, { finding: { kind: 'loitering', source, since, reasons: ['Somebody waits'] } });
/** The sources of what was told as a step of its chain, with or without a mark that it is the second time. */
const told = (): string[] =>
  nodeRed
    .messages('notices')
    .map((msg) => msg['alert'] as { source: string; occasion: string })
    .filter(({ occasion }) => occasion === 'step')
    .map(({ source }) => source);
const byName = (a: string, b: string): number => a.localeCompare(b);
const file = (): string => join(nodeRed.userDir, 'percept', `alert-${alertIds.alert}.jsonl`);
const waiting = (): string[] => (existsSync(file()) ? readFileSync(file(), 'utf8').split('\n') : []);
const acknowledged = (source: string): void =>
  nodeRed.inject(alertIds.alert, { acknowledge: { key: `loitering/${source}/`, by: 'test' } });

test('findings that come while PostgreSQL is away survive kill -9 of Node-RED, and each is told once', {
  skip,
}, async () => {
  found('before', Date.now());
  // not only on its way: what is not known to have arrived is told once more, marked
  await until(() => nodeRed.messages('changes').some(({ payload }) => payload === 'notified'), {
    ms,
    what: `the first notice; ${nodeRed.log}`,
  });
  await until(() => waiting().join('') === '', { ms, what: 'nothing to wait any more' });
  const since = Date.now();
  await server.crash();
  const sources = ['door', 'gate', 'yard'];
  for (const source of sources) found(source, since);
  await until(() => sources.every((source) => waiting().some((line) => line.includes(`"${source}"`))), {
    ms,
    what: 'all three on the disk',
  });
  await nodeRed.kill();
  await nodeRed.again();
  // who started without its store goes on waiting, and takes more
  found('roof', since);
  await until(() => waiting().some((line) => line.includes('"roof"')), { ms, what: 'the fourth on the disk' });
  await nodeRed.kill();
  await server.restart();
  await nodeRed.again();
  const all = ['before', ...sources, 'roof'];
  await until(() => all.every((source) => told().includes(source)), { ms, what: `all notices; ${nodeRed.log}` });
  await until(() => statSync(file()).size === 0, { ms, what: 'the file to be empty' });
  // what is still to come in this order comes after anything that would be told twice
  found('after', Date.now());
  await until(() => told().includes('after'), { ms, what: `the last notice; ${nodeRed.log}` });
  assert.deepEqual(told().toSorted(byName), [...all, 'after'].toSorted(byName));
});

test('what was stored just before a crash, and comes again from the disk, is told to nobody a second time', {
  skip,
}, async () => {
  const since = Date.now();
  await server.crash();
  for (const source of ['hall', 'cellar']) found(source, since);
  await until(() => waiting().filter((line) => /hall|cellar/.test(line)).length === 2, {
    ms,
    what: 'both on the disk',
  });
  const kept = readFileSync(file());
  await server.restart();
  await until(() => ['hall', 'cellar'].every((source) => told().includes(source)), { ms, what: 'both notices' });
  acknowledged('hall');
  nodeRed.inject(alertIds.alert, { resolve: { key: 'loitering/cellar/', by: 'test' } });
  const changes = () => nodeRed.messages('changes').map((msg) => msg.payload);
  await until(() => changes().includes('acknowledged') && changes().includes('resolved'), { ms, what: 'both taken' });
  await nodeRed.kill();
  // as if the file had not been emptied any more
  writeFileSync(file(), kept);
  await nodeRed.again();
  await until(() => statSync(file()).size === 0, { ms, what: `the file to be empty; ${nodeRed.log}` });
  found('end', Date.now());
  await until(() => told().includes('end'), { ms, what: 'the last notice' });
  for (const source of ['hall', 'cellar'])
    assert.equal(told().filter((one) => one === source).length, 1, `${source}: ${told().join(', ')}`);
});

test('a deploy while PostgreSQL is away takes nothing with it that waits', { skip }, async () => {
  await server.crash();
  found('attic', Date.now());
  await nodeRed.deploy(flow);
  assert.ok(
    waiting().some((line) => line.includes('"attic"')),
    waiting().join(),
  );
  await server.restart();
  await until(() => told().includes('attic'), { ms, what: `the notice; ${nodeRed.log}` });
  assert.equal(told().filter((one) => one === 'attic').length, 1);
});
