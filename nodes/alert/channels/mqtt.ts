import { createHash } from 'node:crypto';
import { connectAsync, type MqttClient } from 'mqtt';
import { type AlertNotice, brokerLabel, connectionOptions } from '../../kit/index.js';
import { type Channel, SendProblem } from './channel.js';
import { channelError } from './errors.js';
import { HomeAssistant, type Publish, slugOf } from './home-assistant.js';
import { basicsOf, type ChannelOptions, needed } from './settings.js';

/** Home Assistant is told at once when the broker is back. */
const reconnectMs = 5_000;
/** The broker sends what it keeps right after it was subscribed to. */
const recallMs = 500;

/** The notice as JSON with QoS 1 on `<topic>/<policy>`; with a discovery prefix, what Home Assistant makes entities of besides. */
export function mqtt(options: ChannelOptions): Channel {
  const { id, name, settings } = options;
  const prefix = settings.topic || 'percept/alert';
  const home = settings.discovery ? new HomeAssistant(settings.discovery, prefix, id) : undefined;
  let client: Promise<MqttClient> | undefined;
  let again: NodeJS.Timeout | undefined;
  let closed = false;

  async function connected(): Promise<MqttClient> {
    client ??= connect(options, home).then((made) => {
      made.on('error', () => undefined);
      made.once('close', () => {
        forget();
        keepConnected();
      });
      return made;
    });
    try {
      return await client;
    } catch (thrown) {
      forget();
      throw unreachable(name, thrown);
    }
  }

  function forget(): void {
    client = undefined;
    home?.forget();
  }

  /** To Home Assistant, a channel that is away is not available. */
  function keepConnected(ms = reconnectMs): void {
    if (!home || closed || !options.broker) return;
    clearTimeout(again);
    again = setTimeout(() => void connected().catch(() => keepConnected()), ms).unref();
  }

  async function tellHome(connection: MqttClient, notice: AlertNotice, publish: Publish): Promise<void> {
    if (!home) return;
    if (!home.knows(notice.policy)) await recall(connection, home, notice.policy);
    await home.tell(notice, publish);
  }

  keepConnected(0);
  return {
    ...basicsOf(options),
    async send({ notice }, signal) {
      if (!options.broker) needed(name, 'broker', undefined);
      const connection = await connected();
      const publish = async (to: string, body: string, retain: boolean) =>
        void (await connection.publishAsync(to, body, { qos: 1, retain }));
      const limit = AbortSignal.any([signal, AbortSignal.timeout(settings.timeout * 1000)]);
      const topic = `${prefix}/${slugOf(notice.policy)}`;
      // a test is no state of the house
      const test = home !== undefined && notice.occasion === 'test';
      try {
        await until(
          publish(test ? `${topic}/test` : topic, JSON.stringify(notice), home !== undefined && !test),
          limit,
        );
        if (!test)
          await until(
            tellHome(connection, notice, (to, body) => publish(to, body, true)),
            limit,
          );
      } catch (thrown) {
        // what mqtt.js still holds would be sent when nobody counts on it any more
        forget();
        await connection.endAsync(true).catch(() => undefined);
        const problem = (thrown as Error).message;
        throw new SendProblem('unanswered', channelError('notify-no-answer', { channel: name, problem }));
      }
      return {};
    },
    async close() {
      closed = true;
      clearTimeout(again);
      const open = await client?.catch(() => undefined);
      if (home && open?.connected) {
        const told = open.publishAsync(home.status, 'offline', { qos: 1, retain: true });
        await until(told, AbortSignal.timeout(1_000)).catch(() => undefined);
      }
      await open?.endAsync(true).catch(() => undefined);
    },
  };
}

async function connect({ id, settings, broker }: ChannelOptions, home?: HomeAssistant): Promise<MqttClient> {
  if (!broker) throw new Error('no broker');
  const clientId = `percept-notify-${createHash('sha256').update(id).digest('hex').slice(0, 8)}-${process.pid}`;
  const options = { ...connectionOptions(broker, clientId), connectTimeout: settings.timeout * 1000 };
  const retained = { qos: 1, retain: true } as const;
  const will = home ? { will: { topic: home.status, payload: Buffer.from('offline'), ...retained } } : {};
  const client = await connectAsync(
    brokerLabel(broker),
    { ...options, ...will, clean: true, reconnectPeriod: 0 },
    false,
  );
  if (home) client.publish(home.status, 'online', retained);
  return client;
}

/** What the broker keeps of what is open, and from now on what other processes tell it. */
async function recall(client: MqttClient, home: HomeAssistant, policy: string): Promise<void> {
  const topic = home.openTopic(policy);
  const { promise, resolve } = Promise.withResolvers<void>();
  client.on('message', (to, body) => {
    if (to !== topic) return;
    home.heard(policy, body.toString());
    resolve();
  });
  await client.subscribeAsync(topic, { qos: 1 });
  const late = setTimeout(resolve, recallMs);
  await promise;
  clearTimeout(late);
}

function unreachable(channel: string, thrown: unknown): SendProblem {
  const { code, message } = thrown as { code?: unknown; message: string };
  // MQTT 3.1.1: 4, 5; MQTT 5: 134, 135
  const locked = [4, 5, 134, 135].includes(Number(code));
  const problem = message || String(code);
  return locked
    ? new SendProblem('refused', channelError('notify-password', { channel, problem }))
    : new SendProblem('later', channelError('notify-unreachable', { channel, problem }));
}

async function until(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  await Promise.race([work, aborted]);
}
