import { createHash } from 'node:crypto';
import { connectAsync, type MqttClient } from 'mqtt';
import { type AlertNotice, brokerLabel, connectionOptions } from '../../kit/index.js';
import { type Channel, SendProblem } from './channel.js';
import { channelError } from './errors.js';
import { basicsOf, type ChannelOptions, needed } from './settings.js';

/**
 * The notice as JSON with QoS 1 on `<topic>/<policy>`. With discovery, Home Assistant has a sensor per policy: how its newest alert
 * stands, all else as attributes (https://www.home-assistant.io/integrations/sensor.mqtt/).
 */
export function mqtt(options: ChannelOptions): Channel {
  const { name, settings } = options;
  const announced = new Set<string>();
  let client: Promise<MqttClient> | undefined;

  async function connected(): Promise<MqttClient> {
    client ??= connect(options).then((made) => {
      made.on('error', () => undefined);
      made.once('close', forget);
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
    announced.clear();
  }

  return {
    ...basicsOf(options),
    async send({ notice }, signal) {
      if (!options.broker) needed(name, 'broker', undefined);
      const connection = await connected();
      const slug = slugOf(notice.policy);
      const topic = `${settings.topic || 'percept/alert'}/${slug}`;
      const publish = async (to: string, body: object, retain: boolean) =>
        await connection.publishAsync(to, JSON.stringify(body), { qos: 1, retain });
      try {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(settings.timeout * 1000)]);
        if (settings.discovery && !announced.has(slug)) {
          await until(
            publish(`${settings.discovery}/sensor/percept_${slug}/config`, discovery(notice, slug, topic), true),
            limit,
          );
          announced.add(slug);
        }
        await until(publish(topic, notice, settings.discovery !== ''), limit);
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
      const open = await client?.catch(() => undefined);
      await open?.endAsync(true).catch(() => undefined);
    },
  };
}

async function connect({ id, settings, broker }: ChannelOptions): Promise<MqttClient> {
  if (!broker) throw new Error('no broker');
  const clientId = `percept-notify-${createHash('sha256').update(id).digest('hex').slice(0, 8)}-${process.pid}`;
  const options = { ...connectionOptions(broker, clientId), connectTimeout: settings.timeout * 1000 };
  return await connectAsync(brokerLabel(broker), { ...options, clean: true, reconnectPeriod: 0 }, false);
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

function discovery({ policy }: AlertNotice, slug: string, topic: string): object {
  return {
    ...{
      name: policy,
      unique_id: `percept_alert_${slug}`,
      state_topic: topic,
      value_template: '{{ value_json.state }}',
    },
    ...{ json_attributes_topic: topic, icon: 'mdi:bell' },
    device: { identifiers: ['percept'], name: 'Percept', manufacturer: 'Percept' },
  };
}

/** Fits into a topic and into Home Assistant's ids; two policies never share one. */
function slugOf(policy: string): string {
  const plain = policy.toLowerCase().replace(/[^a-z0-9_-]+/g, '_');
  return plain === policy ? plain : `${plain}_${createHash('sha256').update(policy).digest('hex').slice(0, 6)}`;
}

async function until(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  await Promise.race([work, aborted]);
}
