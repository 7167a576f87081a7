import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { MqttClient } from 'mqtt';
import { Mosquitto } from '../servers/mosquitto.ts';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { Disk, noDisk } from '../support/disk.ts';
import { needs } from '../support/needs.ts';
import { type FlowNode, NodeRed } from '../support/node-red.ts';
import { queryAny, queryFile } from '../support/query.ts';
import { ids, publishAll, publisher, sensorFlow } from '../support/sensor-flow.ts';
import { until } from '../support/until.ts';

const topic = 'site/pump/temperature';
const began = Date.now();
const tally = 'select count(*) as total, count(distinct value) as different from reading';
type Look = () => Record<string, unknown> | undefined | Promise<Record<string, unknown> | undefined>;
const marker = 'only-for-the-store';

describe('what befalls the store of sensor in', { skip: needs('mosquitto') }, () => {
  let broker: Mosquitto;
  let client: MqttClient;
  let nodeRed: NodeRed;
  let sent = 0;

  beforeEach(async () => {
    sent = 0;
    broker = await Mosquitto.start();
    client = await publisher(broker.url);
  });
  afterEach(async () => {
    await client.endAsync(true);
    await nodeRed.stop();
    await broker.stop();
  });

  const start = async (url: string, more: readonly FlowNode[] = []): Promise<void> => {
    const flow = sensorFlow({ store: { url }, broker: { port: String(broker.port) }, more });
    nodeRed = await NodeRed.start({ flow });
    await until(() => nodeRed.status(ids.sensor)?.text === 'connected', { what: 'the node to connect' });
  };
  const send = async (count: number): Promise<void> => {
    const from = sent;
    sent += count;
    await publishAll(
      client,
      topic,
      Array.from({ length: count }, (_, i) =>
        JSON.stringify({ value: from + i, time: began + from + i, note: marker }),
      ),
    );
  };
  /** The node shows it in red, and the log has it once, with what to do. */
  const told = async (status: string, text: RegExp): Promise<void> => {
    await until(() => nodeRed.status(ids.sensor)?.text === status, {
      ms: 30_000,
      what: `the status "${status}", not ${JSON.stringify(nodeRed.status(ids.sensor))}`,
    });
    assert.equal(nodeRed.status(ids.sensor)?.fill, 'red');
    await until(() => text.test(nodeRed.log), { what: `the log to tell ${text}; it has:\n${nodeRed.log}` });
    const times = nodeRed.log.split('\n').filter((line) => line.includes('percept-sensor-in') && text.test(line));
    assert.ok(times.length <= 1, `told ${times.length} times`);
  };
  /** Everything sent is there once, nothing of it in the log, and the node is well. */
  const complete = async (look: Look): Promise<void> => {
    await until(async () => Number((await look())?.['total']) >= sent, { ms: 60_000, what: 'all rows' });
    const { total, different } = (await look()) ?? {};
    assert.deepEqual([total, different].map(Number), [sent, sent]);
    await until(() => nodeRed.status(ids.sensor)?.fill === 'green', { what: 'the node to be well again' });
    assert.doesNotMatch(nodeRed.log, new RegExp(`${marker}|secret`));
    assert.doesNotMatch(nodeRed.log, /unhandled|uncaught/i);
  };

  test('a disk that is full holds messages back, and takes them all when there is room', {
    skip: noDisk(),
  }, async () => {
    const disk = Disk.mount(2) as Disk;
    try {
      const url = join(disk.path, 'a.sqlite');
      await start(url);
      const isTold = () => nodeRed.status(ids.sensor)?.fill === 'red';
      // no more than fills it: a broker takes messages faster than any store
      while (!isTold()) {
        await send(2_000);
        await until(() => isTold() || nodeRed.messages('stored').length >= sent, {
          what: 'what was sent to be stored',
        });
      }
      await told('disk full', /has no room left .*Free disk space/);
      const handedOn = () => nodeRed.messages('stored').length === Number(queryFile(url, tally)?.['total']);
      await until(handedOn, { what: 'a message for each row that is stored' });
      disk.grow(64);
      await complete(() => queryFile(url, tally));
    } finally {
      await nodeRed.stop();
      disk.remove();
    }
  });

  test('a disk that may only be read holds messages back, and takes them all once it may be written', {
    skip: noDisk(),
  }, async () => {
    const disk = Disk.mount(16) as Disk;
    try {
      const url = join(disk.path, 'a.sqlite');
      await start(url);
      await send(100);
      await complete(() => queryFile(url, tally));
      await nodeRed.kill();
      disk.readOnly();
      await nodeRed.again();
      await send(2_000);
      await told('store read-only', /can be read but not written .*write access/);
      disk.writable();
      await complete(() => queryFile(url, tally));
    } finally {
      await nodeRed.stop();
      disk.remove();
    }
  });

  test('a broker that is killed while the store stands still takes nothing with it', async () => {
    await broker.stop();
    broker = await Mosquitto.start({ conf: ['autosave_interval 3600'] });
    await client.endAsync(true);
    client = await publisher(broker.url);
    await start('test.sqlite');
    const url = join(nodeRed.userDir, 'test.sqlite');
    // it saves the session now, and nothing from here on
    await broker.halt();
    await broker.restart();
    await send(100);
    await complete(() => queryFile(url, tally));
    const locker = new DatabaseSync(url, { timeout: 5000 });
    locker.exec('begin immediate');
    try {
      // three seconds of a busy plant
      await send(15_000);
      await until(() => nodeRed.status(ids.sensor)?.fill === 'red', { what: 'the node to tell' });
      await broker.kill();
      await broker.restart();
    } finally {
      locker.exec('rollback');
      locker.close();
    }
    await complete(() => queryFile(url, tally));
  });

  test('a store that a newer version wrote is left alone, and nothing sent meanwhile is lost', async () => {
    await start('test.sqlite');
    await send(100);
    const url = join(nodeRed.userDir, 'test.sqlite');
    await complete(() => queryFile(url, tally));
    await nodeRed.kill();
    const change = (sql: string): void => {
      const db = new DatabaseSync(url);
      db.exec(sql);
      db.close();
    };
    change(`insert into percept_migration (name, timestamp) values ('999 7.1.0 sees more', '2030-01-01')`);
    await nodeRed.again();
    await send(2_000);
    await told('store is newer', /written by Percept 7\.1\.0.*Update Percept/);
    change(`delete from percept_migration where name like '999%'`);
    await complete(() => queryFile(url, tally));
  });

  describe('that is a PostgreSQL server', { skip: needs('postgresql') }, () => {
    let server: PostgresServer;
    beforeEach(async () => {
      server = await startPostgres();
    });
    afterEach(() => server.stop());

    const history = 'a000000000000001';
    const asking: FlowNode[] = [
      { id: history, type: 'percept-history', z: '0123456789abcd00', store: ids.store, kind: 'sources', wires: [[]] },
      { id: 'a000000000000002', type: 'catch', z: '0123456789abcd00', scope: [history], wires: [['a000000000000003']] },
      { id: 'a000000000000003', type: 'test-probe', z: '0123456789abcd00', name: 'caught', wires: [] },
    ];

    test('and hangs is told within seconds, and has everything once when it goes on', {
      timeout: 120_000,
    }, async () => {
      const url = await server.database();
      await start(url, asking);
      await send(500);
      await complete(() => queryAny(url, tally));
      const stored = 500;
      await until(() => nodeRed.messages('stored').length === stored, { what: 'what is stored to be told' });
      server.hang();
      await send(3_000);
      nodeRed.inject(history, { payload: '' });
      await told('store hangs', /has not answered for \d+ s.*nothing is lost/);
      const caught = await until(() => nodeRed.messages('caught')[0], { what: 'the history to fail' });
      assert.match(String((caught['error'] as { message: string }).message), /has not answered for \d+ s/);
      assert.equal(nodeRed.messages('stored').length, stored);
      server.goOn();
      await complete(() => queryAny(url, tally));
    });

    test('and hangs while Node-RED starts opens when it goes on', { timeout: 120_000 }, async () => {
      const url = await server.database();
      await start(url);
      await send(100);
      await complete(() => queryAny(url, tally));
      await nodeRed.kill();
      server.hang();
      await nodeRed.again();
      await send(500);
      await told('store unreachable', /does not answer.*goes on trying/);
      server.goOn();
      await complete(() => queryAny(url, tally));
    });
  });
});
