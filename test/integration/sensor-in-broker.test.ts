import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import type { BrokerSettings, PerceptError } from '../../dist/kit/index.js';
import { MqttSession, type SessionOptions } from '../../dist/sensor/mqtt/session.js';
import { Mosquitto } from '../servers/mosquitto.ts';
import { needs } from '../support/needs.ts';
import { freePort } from '../support/ports.ts';
import { publisher } from '../support/sensor-flow.ts';
import { until } from '../support/until.ts';

const acl = ['user alice', 'topic readwrite #', 'user bob', 'topic read public/#', ''].join('\n');

describe('the way to the broker', { skip: needs('mosquitto') }, () => {
  let broker: Mosquitto;
  const sessions: MqttSession[] = [];
  let errors: PerceptError[];
  let arrived: string[];
  let connected: number;

  const open = (settings: Partial<BrokerSettings>, options: Partial<SessionOptions> = {}): string[] => {
    errors = [];
    const mine: string[] = [];
    arrived = mine;
    connected = 0;
    const login = { username: 'alice', password: 'a-pass' };
    const usual = { protocol: 'mqtt', host: '127.0.0.1', port: broker.port, path: '/', version: '5', keepalive: 30 };
    const session = new MqttSession(
      {
        broker: { ...usual, sessionExpiry: 60, tls: {}, ...login, ...settings } as BrokerSettings,
        clientId: 'session',
        filter: 'plant/#',
        group: '',
        window: { messages: 100, bytes: 1_000_000 },
        ...options,
      },
      {
        arrived: ({ payload }, _comesAgain, safe) => {
          mine.push(payload.toString());
          safe();
        },
        connecting: () => undefined,
        connected: () => connected++,
        failed: (error) => errors.push(error),
      },
    );
    session.start();
    sessions.push(session);
    return mine;
  };
  const stop = async (forget = false): Promise<void> => {
    await Promise.all(sessions.splice(0).map((session) => session.stop(forget)));
  };
  const firstError = () => until(() => errors[0], { what: 'an error' });
  const delivers = async (): Promise<void> => {
    await until(() => connected > 0, { what: `a connection; errors: ${errors.map(String).join(' ')}` });
    const client = await publisher(broker.url, { username: 'alice', password: 'a-pass' });
    await client.publishAsync('plant/pump', 'hello', { qos: 1 });
    await client.endAsync();
    await until(() => arrived.includes('hello'));
  };

  before(async () => {
    broker = await Mosquitto.start({ tls: true, users: { alice: 'a-pass', bob: 'b-pass' }, acl });
  });
  afterEach(async () => {
    await stop(true);
  });
  after(() => broker.stop());

  test('goes over TLS with an own authority', async () => {
    open({ protocol: 'mqtts', port: broker.ports.tls, tls: { ca: broker.certificates.ca } });
    await delivers();
  });

  test('goes over TLS with a client certificate', async () => {
    const { ca, clientCert, clientKey } = broker.certificates;
    open({ protocol: 'mqtts', port: broker.ports.clientCert, tls: { ca, cert: clientCert, key: clientKey } });
    await delivers();
  });

  test('goes over a websocket', async () => {
    open({ protocol: 'ws', port: broker.ports.ws });
    await delivers();
  });

  test('goes over a websocket with TLS', async () => {
    open({ protocol: 'wss', port: broker.ports.wss, tls: { ca: broker.certificates.ca } });
    await delivers();
  });

  test('says that the password is wrong, and does not tell it', async () => {
    for (const version of ['4', '5'] as const) {
      open({ password: 'wrong-secret', version });
      const error = await firstError();
      assert.equal(error.code, 'broker-login');
      assert.doesNotMatch(error.message, /wrong-secret|alice/);
      await stop();
    }
  });

  test('says that the certificate has expired', async () => {
    open({ protocol: 'mqtts', port: broker.ports.expired, tls: { ca: broker.certificates.ca } });
    assert.equal((await firstError()).code, 'broker-certificate-expired');
  });

  test('says that nobody here knows the authority', async () => {
    open({ protocol: 'mqtts', port: broker.ports.tls, tls: { ca: broker.certificates.strangersCa } });
    assert.equal((await firstError()).code, 'broker-certificate-unknown');
  });

  test('says that the broker wants a client certificate', async () => {
    open({ protocol: 'mqtts', port: broker.ports.clientCert, tls: { ca: broker.certificates.ca } });
    assert.equal((await firstError()).code, 'broker-client-certificate');
  });

  test('says that the certificate was made for another name', async () => {
    open({
      protocol: 'mqtts',
      port: broker.ports.tls,
      tls: { ca: broker.certificates.ca, servername: 'other.example' },
    });
    assert.equal((await firstError()).code, 'broker-certificate-name');
  });

  test('says that nobody listens there, and goes on trying', async () => {
    open({ port: await freePort() });
    await until(() => errors.length >= 2);
    assert.equal(errors[0]?.code, 'broker-unreachable');
    assert.match(errors[0]?.message ?? '', /ECONNREFUSED/);
  });

  test('says that another client may use its client id', async () => {
    open({});
    await until(() => connected > 0);
    const thief = await publisher(broker.url, { username: 'alice', password: 'a-pass', clientId: 'session' });
    try {
      // Mosquitto before 2.0.12 closes without telling the reason
      assert.match((await firstError()).message, /client id session\b/);
    } finally {
      await thief.endAsync(true);
    }
  });

  test('takes up the session where it stopped', async () => {
    open({});
    await until(() => connected > 0);
    await stop();
    const client = await publisher(broker.url, { username: 'alice', password: 'a-pass' });
    for (let i = 0; i < 50; i++) await client.publishAsync('plant/pump', String(i), { qos: 1 });
    await client.endAsync();
    open({});
    await until(() => arrived.length === 50);
    assert.deepEqual(
      arrived,
      Array.from({ length: 50 }, (_, i) => String(i)),
    );
  });

  test('takes a subscription back that was replaced', async () => {
    open({});
    await until(() => connected > 0);
    await stop();
    open({}, { filter: 'other/#', formerFilter: 'plant/#' });
    await until(() => connected > 0);
    const client = await publisher(broker.url, { username: 'alice', password: 'a-pass' });
    await client.publishAsync('plant/pump', 'old', { qos: 1 });
    await client.publishAsync('other/pump', 'new', { qos: 1 });
    await client.endAsync();
    await until(() => arrived.includes('new'));
    assert.deepEqual(arrived, ['new']);
  });

  for (const version of ['4', '5'] as const) {
    test(`deals messages out within a group over MQTT ${version === '5' ? '5' : '3.1.1'}`, async () => {
      const first = open({ version }, { group: 'team', clientId: 'one' });
      await until(() => connected > 0);
      const second = open({ version }, { group: 'team', clientId: 'two' });
      await until(() => connected > 0);
      const client = await publisher(broker.url, { username: 'alice', password: 'a-pass' });
      for (let i = 0; i < 40; i++) await client.publishAsync('plant/pump', String(i), { qos: 1 });
      await client.endAsync();
      await until(() => first.length + second.length === 40);
      assert.ok(first.length > 0 && second.length > 0, 'both have some');
      assert.equal(new Set([...first, ...second]).size, 40);
    });
  }
});

describe('a broker that has no shared subscriptions', () => {
  test('is told from one that has, instead of receiving nothing', async () => {
    const { Aedes } = await import('aedes');
    const aedes = await Aedes.createBroker();
    const server = createServer(aedes.handle);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const failed = Promise.withResolvers<PerceptError>();
    const session = new MqttSession(
      {
        broker: {
          ...{ protocol: 'mqtt', host: '127.0.0.1', port: (server.address() as AddressInfo).port, path: '' },
          ...{ version: '4', keepalive: 30, sessionExpiry: 60, tls: {} },
        },
        ...{ clientId: 'session', filter: 'plant/#', group: 'team', window: { messages: 100, bytes: 1_000_000 } },
      },
      { arrived: () => undefined, connecting: () => undefined, connected: () => undefined, failed: failed.resolve },
    );
    session.start();
    try {
      assert.equal((await failed.promise).code, 'broker-no-sharing');
    } finally {
      await session.stop();
      aedes.close();
      server.close();
    }
  });
});
