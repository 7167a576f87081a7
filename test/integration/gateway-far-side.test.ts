import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { startBroker } from '../../dist/cli/broker.js';
import type { GatewayFigures } from '../../dist/sensor/gateway/health.js';
import { Mosquitto } from '../servers/mosquitto.ts';
import { farSide, gatewayFlow, gatewayIds, gatewayReadings, storedOrder } from '../support/gateway-flow.ts';
import { needs } from '../support/needs.ts';
import { NodeRed } from '../support/node-red.ts';
import { query, sensorFlow } from '../support/sensor-flow.ts';
import { atLeast, until } from '../support/until.ts';

const began = Date.now() - 100_000;

function farFlow(port: number, mqttVersion: '4' | '5' = '5') {
  return sensorFlow({ broker: { port: String(port), mqttVersion }, sensor: farSide });
}

function figures(nodeRed: NodeRed): Partial<GatewayFigures> {
  return (nodeRed.messages('events').at(-1)?.payload ?? {}) as Partial<GatewayFigures>;
}

test('the embedded broker carries readings and the question for the time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'percept-eb-'));
  const broker = await startBroker(folder, 0);
  const nodeRed = await NodeRed.start({
    flow: [...farFlow(broker.port, '4'), ...gatewayFlow(broker.port, { broker: { mqttVersion: '4' } })],
  });
  try {
    nodeRed.inject(gatewayIds.gateway, { reading: gatewayReadings(0, 50, began) });
    await until(() => query(nodeRed, storedOrder).length === 50, { what: '50 rows' });
    await until(() => figures(nodeRed).clock, { what: 'the clock to be known' });
    assert.deepEqual(nodeRed.messages('rejected'), []);
  } finally {
    await nodeRed.stop();
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('a gateway and its far side', { skip: needs('mosquitto') }, () => {
  test('whose clocks differ: the difference is measured, and flagged with each reading', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'percept-ck-'));
    const ahead = 120_000;
    const shifted = join(folder, 'shifted.cjs');
    writeFileSync(shifted, `const now = Date.now; Date.now = () => now() + ${ahead};`);
    const broker = await Mosquitto.start();
    const far = await NodeRed.start({ flow: farFlow(broker.port) });
    const near = await NodeRed.start({
      flow: gatewayFlow(broker.port),
      env: { NODE_OPTIONS: `--require ${shifted}` },
    });
    try {
      await until(() => near.status(gatewayIds.gateway)?.text === 'all sent');
      near.inject(gatewayIds.gateway, { topic: 'a/b', payload: 1 });
      // what was measured long ago comes with the same clock
      near.inject(gatewayIds.gateway, { reading: gatewayReadings(2, 1, began - 86_400_000) });
      await until(() => query(far, storedOrder).length === 2, { what: 'two rows' });
      assert.deepEqual(
        query<{ clock: string }>(far, 'select clock from reading').map(({ clock }) => clock),
        ['ahead', 'ahead'],
      );
      const [health] = query<{ clock: string; clock_offset: number }>(far, 'select clock, clock_offset from source');
      assert.equal(health?.clock, 'ahead');
      assert.ok(Math.abs(health.clock_offset + ahead) < 1000, `${health.clock_offset} ms`);
      const clock = await until(() => figures(near).clock, { what: 'the clock to be told' });
      assert.ok(Math.abs(clock.offset + ahead) <= clock.uncertainty + 5, JSON.stringify(clock));
    } finally {
      await near.stop();
      await far.stop();
      await broker.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('over a broker that limits its messages: batches shrink until they fit, and none is lost', async () => {
    const broker = await Mosquitto.start({ conf: ['message_size_limit 700'] });
    const nodeRed = await NodeRed.start({
      flow: [...farFlow(broker.port), ...gatewayFlow(broker.port, { gateway: { compression: 'none' } })],
    });
    try {
      nodeRed.inject(gatewayIds.gateway, { reading: gatewayReadings(0, 40, began) });
      await until(() => query(nodeRed, storedOrder).length === 40, { ms: 40_000, what: '40 rows' });
      assert.deepEqual(nodeRed.messages('letters'), []);
    } finally {
      await nodeRed.stop();
      await broker.stop();
    }
  });
});

describe('a gateway whose broker is away', () => {
  const away = gatewayFlow(1);

  test('takes readings in, tells how many wait and since when, and has them after a restart', async () => {
    const nodeRed = await NodeRed.start({ flow: away });
    const status = (): string => nodeRed.status(gatewayIds.gateway)?.text ?? '';
    try {
      nodeRed.inject(gatewayIds.gateway, { reading: gatewayReadings(0, 20, Date.now() - 3 * 86_400_000) });
      await until(() => status() === '20 kept, 3d', { what: `the status, which is ${status()}` });
      await atLeast(1, () => nodeRed.messages('taken'), { what: 'the source to be told' });
      assert.equal(nodeRed.messages('taken').length, 1);
      await nodeRed.kill();
      await nodeRed.again();
      await until(() => nodeRed.log.split('Started flows').length === 3 && status() === '20 kept, 3d');
      await nodeRed.deploy(away);
      nodeRed.inject(gatewayIds.gateway, { reading: gatewayReadings(20, 1, Date.now()) });
      await until(() => status() === '21 kept, 3d', { what: 'the status after a deploy' });
    } finally {
      await nodeRed.stop();
    }
  });

  test('shows what it had to let go', async () => {
    const nodeRed = await NodeRed.start({
      flow: gatewayFlow(1, { gateway: { maxReadings: '100', priorities: [{ source: '*pump-1', priority: 9 }] } }),
    });
    try {
      await until(() => nodeRed.status(gatewayIds.gateway)?.text === 'link down');
      nodeRed.inject(gatewayIds.gateway, { reading: gatewayReadings(0, 300, began) });
      await until(() => nodeRed.status(gatewayIds.gateway)?.text === '100 kept, 200 lost', { what: 'the status' });
      const went = await until(() => nodeRed.messages('events').find(({ event }) => event === 'went'));
      assert.equal((went.payload as { went: number }).went, 200);
      const db = new DatabaseSync(join(nodeRed.userDir, 'outbox.sqlite'), { readOnly: true });
      // the node has it locked
      assert.throws(() => db.prepare('select 1 from outbox').get(), /locked/);
      db.close();
    } finally {
      await nodeRed.stop();
    }
  });

  test('opens its outbox when it can, without a deploy', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'percept-in-'));
    const path = join(folder, 'outbox.sqlite');
    const other = new DatabaseSync(path);
    other.exec('pragma application_id = 0x50634f62; pragma locking_mode = exclusive; begin exclusive');
    const nodeRed = await NodeRed.start({ flow: gatewayFlow(1, { gateway: { path } }) });
    const status = (): string => nodeRed.status(gatewayIds.gateway)?.text ?? '';
    try {
      await until(() => status() === 'outbox in use');
      nodeRed.inject(gatewayIds.gateway, { reading: gatewayReadings(0, 1, began) });
      await until(() => nodeRed.messages('errors').some(({ error }) => /open/.test(JSON.stringify(error))));
      other.exec('commit');
      other.close();
      await until(() => status() === 'link down', { what: 'the outbox to be opened' });
      nodeRed.inject(gatewayIds.gateway, { reading: gatewayReadings(0, 1, Date.now()) });
      await until(() => nodeRed.messages('taken').length === 1);
    } finally {
      await nodeRed.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('tells of an outbox that a newer Percept has written, and leaves it alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'percept-nw-'));
    const path = join(folder, 'outbox.sqlite');
    const db = new DatabaseSync(path);
    db.exec('pragma application_id = 0x50634f62; pragma user_version = 2; create table next (a)');
    db.close();
    const nodeRed = await NodeRed.start({ flow: gatewayFlow(1, { gateway: { path } }) });
    try {
      await until(() => nodeRed.status(gatewayIds.gateway)?.text === 'outbox is newer');
      nodeRed.inject(gatewayIds.gateway, { reading: gatewayReadings(0, 1, began) });
      const error = await until(() => nodeRed.messages('errors')[0]);
      assert.match(JSON.stringify(error['error']), /newer Percept/);
    } finally {
      await nodeRed.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
