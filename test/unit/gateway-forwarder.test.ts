import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Packet } from 'mqtt';
import { Forwarder, type ForwarderOptions } from '../../dist/sensor/gateway/forwarder.js';
import type { Outbox } from '../../dist/sensor/gateway/outbox.js';
import { MqttPeer } from '../support/mqtt-peer.ts';
import { type Kept, range, row, rows, TestOutbox } from '../support/outbox.ts';
import { until } from '../support/until.ts';

type Publish = Extract<Packet, { cmd: 'publish' }>;

function valuesOf({ payload }: Publish): number[] {
  const bytes = Buffer.from(payload as Buffer);
  const text = bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
  return (JSON.parse(text.toString()) as { readings: { value: number }[] }).readings.map(({ value }) => value);
}

describe('a forwarder, with the broker in our hands', () => {
  let peer: MqttPeer;
  let file: TestOutbox;
  let outbox: Outbox;
  let forwarder: Forwarder;
  let troubles: string[];
  let letters: { value: number; reason: string }[];
  let answering: NodeJS.Timeout;

  /** @param reasonOf of the PUBACK; undefined: none is sent */
  function begin(
    reasonOf: (values: number[]) => number | undefined,
    options: Partial<ForwarderOptions> = {},
    connack: object = {},
  ): void {
    let seen = 0;
    peer.polite = false;
    answering = setInterval(() => {
      for (; seen < peer.received.length; seen++) {
        const packet = peer.received[seen];
        if (packet?.cmd === 'connect')
          peer.send({ cmd: 'connack', reasonCode: 0, sessionPresent: false, properties: connack });
        if (packet?.cmd === 'publish' && packet.qos === 1) {
          const reasonCode = reasonOf(valuesOf(packet));
          if (reasonCode !== undefined) peer.send({ cmd: 'puback', messageId: packet.messageId, reasonCode });
        }
      }
    }, 1);
    forwarder = new Forwarder(
      outbox,
      {
        broker: {
          ...{ protocol: 'mqtt', host: '127.0.0.1', port: peer.port, path: '', version: '5', keepalive: 30 },
          ...{ sessionExpiry: 60, tls: {} },
        } as ForwarderOptions['broker'],
        clientId: 'gateway',
        topic: 'percept/test',
        compression: 'gzip',
        window: 4,
        batchCount: 8,
        batchMs: 0,
        listener: true,
        patienceMs: 5000,
        clockMs: 0,
        ...options,
      },
      {
        link: () => undefined,
        sent: () => undefined,
        trouble: ({ message }) => troubles.push(message),
        letter: ({ value }: Kept, _id, reason) => letters.push({ value, reason }),
      },
    );
    forwarder.start();
  }

  const published = (): number[][] => peer.packets('publish').map(valuesOf);
  const empty = (): Promise<boolean> => until(() => outbox.figures.waiting === 0, { what: 'the outbox to be empty' });

  beforeEach(async () => {
    peer = await MqttPeer.start(5);
    file = new TestOutbox();
    outbox = await file.open();
    troubles = [];
    letters = [];
  });
  afterEach(async () => {
    clearInterval(answering);
    await forwarder.stop();
    await file.remove();
    await peer.stop();
  });

  test('sends in batches, in order, and removes what was acknowledged', async () => {
    await outbox.append(rows(0, 20));
    begin(() => 0);
    await empty();
    assert.deepEqual(published(), [range(0, 8), range(8, 16), range(16, 20)]);
  });

  test('has no more on its way than the window, nor than the broker takes', async () => {
    await outbox.append(rows(0, 80));
    begin(() => undefined, {}, { receiveMaximum: 3 });
    await until(() => published().length >= 3);
    await outbox.append(rows(80, 8));
    forwarder.wake();
    assert.equal(published().length, 3);
  });

  test('sends again from the first batch that was not acknowledged', async () => {
    await outbox.append(rows(0, 24));
    begin(([first]) => (first === 0 || peer.connections > 1 ? 0 : undefined));
    await until(() => outbox.figures.waiting === 16 && published().length === 3);
    peer.drop();
    await empty();
    assert.deepEqual(published().slice(3).flat(), range(8, 24));
    assert.ok(
      published()
        .slice(3)
        .every(([first = 0]) => first >= 8),
    );
  });

  test('connects anew when the broker does not answer', async () => {
    await outbox.append(rows(0, 8));
    begin(() => (peer.connections > 1 ? 0 : undefined), { patienceMs: 200 });
    await empty();
    assert.match(troubles[0] ?? '', /has not acknowledged anything for 0.2 s/);
  });

  test('keeps what nobody subscribes to, since the broker throws it away, and sends it when somebody does', async () => {
    await outbox.append(rows(0, 8));
    begin(() => (peer.connections < 3 ? 16 : 0));
    await empty();
    assert.equal(peer.connections, 3);
    assert.match(troubles[0] ?? '', /Nobody subscribes to percept\/test/);
  });

  test('is done with what nobody subscribes to where that was said to be fine', async () => {
    await outbox.append(rows(0, 8));
    begin(() => 16, { listener: false });
    await empty();
    assert.equal(peer.connections, 1);
    assert.deepEqual(troubles, []);
  });

  for (const [code, text] of [
    [135, 'not authorized (135)'],
    [151, 'quota exceeded (151)'],
  ] as const) {
    test(`keeps what is refused because of "${text}", tells so, and sends it when it may`, async () => {
      await outbox.append(rows(0, 16));
      begin(() => (peer.connections < 3 ? code : 0));
      await empty();
      assert.ok(troubles[0]?.includes(text), troubles[0]);
      assert.deepEqual(letters, []);
      assert.equal(outbox.figures.sent, 16);
    });
  }

  for (const [code, reason] of [
    [153, 'payload format invalid (153)'],
    [149, 'packet too large (149)'],
  ] as const) {
    test(`finds the one reading that the broker will never take: ${reason}; and loses no other`, async () => {
      await outbox.append(rows(0, 20));
      const taken: number[] = [];
      begin((values) => {
        if (values.includes(13)) return code;
        taken.push(...values);
        return 0;
      });
      await until(() => outbox.figures.waiting === 0, { ms: 30_000, what: 'the outbox to be empty' });
      assert.deepEqual(letters, [{ value: 13, reason }]);
      assert.deepEqual(
        [...new Set(taken)].sort((a, b) => a - b),
        range(0, 20).filter((n) => n !== 13),
      );
      assert.equal(outbox.figures.letters, 1);
    });
  }

  test('makes its messages smaller where the broker says how large they may be', async () => {
    await outbox.append(rows(0, 16));
    begin(() => 0, { compression: 'none' }, { maximumPacketSize: 400 });
    await until(() => outbox.figures.waiting === 0, { ms: 30_000, what: 'the outbox to be empty' });
    assert.deepEqual(letters, []);
    assert.ok(published().every((batch) => batch.length <= 4));
    assert.deepEqual([...new Set(published().flat())], range(0, 16));
  });

  test('waits for a message to fill, as long as it may', async () => {
    begin(() => 0, { batchMs: 1000 });
    await until(() => peer.connections === 1);
    await Promise.all(
      range(0, 5).map(async (n) => {
        await outbox.append([row(n)]);
        forwarder.wake();
      }),
    );
    await empty();
    assert.deepEqual(published(), [range(0, 5)]);
  });

  test('sends nothing while the line is cut, and all when it is joined', async () => {
    begin(() => 0);
    await until(() => peer.connections === 1);
    await forwarder.cut();
    await outbox.append(rows(0, 10));
    forwarder.wake();
    assert.equal(outbox.figures.waiting, 10);
    forwarder.join();
    await empty();
    assert.equal(peer.connections, 2);
    assert.deepEqual(published().flat(), range(0, 10));
  });
});
