import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Channel } from '../../dist/alert/channels/channel.js';
import type { AlertNotice } from '../../dist/kit/index.js';
import { Mosquitto } from '../servers/mosquitto.ts';
import { needs } from '../support/needs.ts';
import { channel, notice, parcel } from '../support/provider-notice.ts';
import { until } from '../support/until.ts';

const { signal } = new AbortController();
const topic = 'percept/alert';
const openConfig = 'homeassistant/binary_sensor/percept_house_open/config';

describe('over MQTT', { skip: needs('mosquitto') }, () => {
  let mosquitto: Mosquitto;
  let listener: MqttClient;
  /** What Home Assistant would see: the newest of each topic that is not empty. */
  const seen = new Map<string, string>();
  const open: Channel[] = [];
  before(async () => {
    mosquitto = await Mosquitto.start();
  });
  after(async () => await mosquitto.stop());
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close?.();
    for (const to of seen.keys()) await listener.publishAsync(to, '', { retain: true });
    await listener.endAsync();
    seen.clear();
  });

  async function listen(): Promise<void> {
    listener = await connectAsync(mosquitto.url);
    listener.on('message', (to, body) => {
      if (body.length === 0) seen.delete(to);
      else seen.set(to, body.toString());
    });
    await listener.subscribeAsync('#', { qos: 1 });
  }

  function home(discovery = 'homeassistant', id = 'c1'): Channel {
    const { port } = mosquitto;
    const broker = { protocol: 'mqtt', host: '127.0.0.1', port, path: '', version: '5' } as const;
    const settings = { kind: 'mqtt', topic, discovery } as const;
    const one = channel(settings, { id, broker: { ...broker, keepalive: 30, sessionExpiry: 0, tls: {} } });
    open.push(one);
    return one;
  }

  const told = async (one: Channel, number: number, changes: Partial<AlertNotice> = {}) =>
    await one.send(parcel({ notice: notice(number, changes) }), signal);
  const json = (to: string) => JSON.parse(seen.get(to) ?? '{}') as Record<string, unknown>;
  const count = (n: number) =>
    until(() => json(`${topic}/house/open`)['count'] === n, { what: `${n} open; ${[...seen]}` });

  test('a notice is JSON on the topic of its policy; without discovery there is nothing else', async () => {
    await listen();
    await told(home(''), 1);
    await until(() => seen.size === 1, { what: 'the notice' });
    assert.equal(json(`${topic}/house`)['notice'], '17.1');
  });

  test('Home Assistant has a problem while something is open, with how many and the newest', async () => {
    await listen();
    const one = home();
    await told(one, 1);
    await told(one, 1, { id: 18, title: 'A window' });
    await count(2);
    const config = json(openConfig);
    assert.deepEqual(
      [config['device_class'], config['state_topic'], config['json_attributes_topic']],
      ['problem', `${topic}/house/open`, `${topic}/house/open`],
    );
    assert.equal(json(`${topic}/house/open`)['newest'], 'A window');
    await told(one, 2, { state: 'resolved' });
    await told(one, 2, { id: 18, state: 'expired' });
    await count(0);
  });

  test('each alert is an entity while it is open, and is taken back when it is over', async () => {
    await listen();
    const one = home();
    const entity = 'homeassistant/binary_sensor/percept_house_17/config';
    await told(one, 1);
    await until(() => seen.has(`${topic}/house/17`), { what: 'the entity' });
    assert.deepEqual(
      [json(entity)['name'], json(entity)['state_topic']],
      ['Somebody at the door', `${topic}/house/17`],
    );
    await told(one, 2, { state: 'resolved' });
    await until(() => !seen.has(entity) && !seen.has(`${topic}/house/17`), { what: 'it to go' });
    assert.equal(json(`${topic}/house`)['state'], 'resolved');
    assert.ok(seen.has('homeassistant/sensor/percept_house/config'));
  });

  test('what is open is known after a restart, and to another process', async () => {
    await listen();
    const first = home();
    await told(first, 1);
    await count(1);
    await first.close?.();
    const [second, other] = [home(), home('homeassistant', 'c2')];
    await told(second, 1, { id: 18 });
    await count(2);
    await told(other, 1, { id: 19 });
    await count(3);
    await until(async () => {
      await told(second, 2, { state: 'resolved' });
      return json(`${topic}/house/open`)['count'] === 2;
    });
  });

  test('it is available while it is connected: at once, and until it is closed', async () => {
    await listen();
    const one = home();
    const status = () => [...seen].find(([to]) => to.startsWith(`${topic}/status/`))?.[1];
    await until(() => status() === 'online', { what: 'online, though nothing was told yet' });
    await told(one, 1);
    await until(() => seen.has(openConfig));
    assert.ok(seen.has(String(json(openConfig)['availability_topic'])));
    await one.close?.();
    await until(() => status() === 'offline', { what: 'offline' });
  });

  test('cut off it is not available, and comes back by itself', async () => {
    await listen();
    home();
    const states: string[] = [];
    listener.on('message', (to, body) => {
      if (to.startsWith(`${topic}/status/`)) states.push(body.toString());
    });
    await until(() => states.includes('online'), { what: 'online' });
    const id = createHash('sha256').update('c1').digest('hex').slice(0, 8);
    // whoever comes with its name takes its place
    const thief = await connectAsync(mosquitto.url, {
      clientId: `percept-notify-${id}-${process.pid}`,
      protocolVersion: 5,
    });
    await until(() => states.includes('offline'), { what: 'offline' });
    await thief.endAsync();
    await until(() => states.at(-1) === 'online', { ms: 30_000, what: 'online again' });
  });

  test('a test is no state of the house', async () => {
    await listen();
    const one = home();
    await told(one, 1, { occasion: 'test', key: 'test' });
    await until(() => seen.has(`${topic}/house/test`), { what: 'the test' });
    assert.deepEqual(
      [...seen.keys()].filter((to) => to.startsWith('homeassistant') || to === `${topic}/house`),
      [],
    );
  });
});
