import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import mqtt from 'mqtt';
import { startBroker } from '../../dist/cli/broker.js';
import { freePort } from '../support/ports.ts';
import { until } from '../support/until.ts';

function folder(t: { after: (clean: () => void) => void }): string {
  const path = mkdtempSync(join(tmpdir(), 'percept-broker-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('the embedded broker forwards every message while many are published at once, in order', async (t) => {
  const broker = await startBroker(folder(t), 0);
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const subscriber = await mqtt.connectAsync(url, { clientId: 'subscriber', clean: false });
  const publisher = await mqtt.connectAsync(url, { clientId: 'publisher' });
  const got: number[] = [];
  subscriber.on('message', (_topic, payload) => got.push(Number(payload)));
  await subscriber.subscribeAsync('a/#', { qos: 1 });
  await broker.subscribed;
  for (let i = 0; i < 3000; i += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, k) => publisher.publishAsync('a/b', String(i + k), { qos: 1 })));
  }
  await until(() => got.length >= 3000, { what: 'all messages' });
  assert.deepEqual(
    got,
    Array.from({ length: 3000 }, (_, i) => i),
  );
  await Promise.all([subscriber.endAsync(true), publisher.endAsync(true)]);
  await broker.close();
});

test('the embedded broker forwards each message that must arrive, whatever is published beside it', async (t) => {
  const broker = await startBroker(folder(t), 0);
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const subscriber = await mqtt.connectAsync(url, { clientId: 'subscriber', clean: false });
  const publisher = await mqtt.connectAsync(url, { clientId: 'publisher' });
  const got: string[] = [];
  subscriber.on('message', (_topic, payload) => got.push(payload.toString()));
  await subscriber.subscribeAsync('a/#', { qos: 1 });
  await broker.subscribed;
  const sent: string[] = [];
  for (let i = 0; i < 500; i++) {
    const [plain, retained] = [`plain ${i}`, `retained ${i}`];
    sent.push(plain, retained);
    // neither is written to disk first: they would be past those two at once
    const quick = publisher.publishAsync('a/quick', 'quick', { qos: 0 });
    const kept = publisher.publishAsync('a/retained', retained, { qos: 1, retain: true });
    await Promise.all([publisher.publishAsync('a/plain', plain, { qos: 1 }), kept, quick]);
  }
  const missing = () => sent.filter((text) => !got.includes(text));
  await until(() => missing().length === 0, { what: 'every message of QoS 1' });
  await Promise.all([subscriber.endAsync(true), publisher.endAsync(true)]);
  await broker.close();
});

test('what the embedded broker has acknowledged for a subscriber that is away is there after a restart', async (t) => {
  const path = folder(t);
  const port = await freePort();
  let broker = await startBroker(path, port);
  const url = `mqtt://127.0.0.1:${port}`;
  const away = await mqtt.connectAsync(url, { clientId: 'away', clean: false });
  await away.subscribeAsync('a/#', { qos: 1 });
  await away.endAsync(true);
  const publisher = await mqtt.connectAsync(url, { clientId: 'publisher' });
  for (let i = 0; i < 100; i++) await publisher.publishAsync('a/b', String(i), { qos: 1 });
  await publisher.endAsync(true);
  await broker.close();

  broker = await startBroker(path, port);
  const got: number[] = [];
  const back = mqtt.connect(url, { clientId: 'away', clean: false });
  back.on('message', (_topic, payload) => got.push(Number(payload)));
  await until(() => got.length >= 100, { what: 'what was kept' });
  assert.deepEqual(
    got,
    Array.from({ length: 100 }, (_, i) => i),
  );
  await back.endAsync(true);
  await broker.close();
});

function brokerProcess(path: string, port: number): ChildProcess {
  return fork(join(import.meta.dirname, '../support/broker-child.ts'), [path, String(port)]);
}

test('the embedded broker is killed in mid-stream, and has everything that it had acknowledged', async (t) => {
  const path = folder(t);
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  for (let round = 0; round < 3; round++) {
    const broker = brokerProcess(path, port);
    await once(broker, 'message');
    const away = await mqtt.connectAsync(url, { clientId: 'away', clean: false });
    await away.subscribeAsync('a/#', { qos: 1 });
    await away.endAsync(true);
    const publisher = await mqtt.connectAsync(url, { clientId: 'publisher', reconnectPeriod: 0 });
    const acknowledged: string[] = [];
    publisher.on('error', () => undefined);
    for (let i = 0; i < 5000; i++) {
      const text = `${round}-${i}`;
      publisher.publish('a/b', text, { qos: 1 }, (error) => error ?? acknowledged.push(text));
    }
    await until(() => acknowledged.length > 300);
    const gone = once(broker, 'exit');
    broker.kill('SIGKILL');
    await gone;
    const safe = [...acknowledged];
    await publisher.endAsync(true);

    const again = brokerProcess(path, port);
    await once(again, 'message');
    const got = new Set<string>();
    const back = mqtt.connect(url, { clientId: 'away', clean: false });
    back.on('message', (_topic, payload) => got.add(payload.toString()));
    await until(() => safe.every((text) => got.has(text)), { what: 'everything that was acknowledged' });
    await back.endAsync();
    const ended = once(again, 'exit');
    again.disconnect();
    await ended;
  }
});

test('a port that is taken is no reason not to start', async (t) => {
  const first = await startBroker(folder(t), 0);
  const second = await startBroker(folder(t), first.port);
  assert.notEqual(second.port, first.port);
  await Promise.all([first.close(), second.close()]);
});
