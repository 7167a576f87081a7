import { connect, type MqttClient } from 'mqtt';
import { type BrokerSettings, brokerLabel, connectionOptions, type PerceptError } from '../../kit/index.js';
import { publishError, reasonOf } from './errors.js';

export interface Outgoing {
  readonly topic: string;
  readonly payload: string | Buffer;
  /** Of MQTT 5; a broker of 3.1.1 gets the message without them. */
  readonly properties?: { readonly contentType: string; readonly userProperties: Record<string, string> };
}

export interface PublisherEvents {
  connected(): void;
  /** The connection could not be made or was lost; the next attempt follows by itself. */
  away(error: PerceptError): void;
  /** The broker took the message off our hands without passing it on. */
  refused(error: PerceptError): void;
}

/** Messages on their way to the broker at once; fewer if it wants that. */
const window = 100;
const reconnectMs = 1000;
const lastWordsMs = 1000;

/** Publishes at QoS 1, and connects again by itself. */
export class Publisher {
  readonly #broker: BrokerSettings;
  readonly #clientId: string;
  readonly #events: PublisherEvents;
  #client: MqttClient | undefined;
  #room = window;
  #stopped = false;
  #onTheWay: Promise<unknown> = Promise.resolve();

  constructor(broker: BrokerSettings, clientId: string, events: PublisherEvents) {
    this.#broker = broker;
    this.#clientId = clientId;
    this.#events = events;
  }

  get #newer(): boolean {
    return this.#broker.version === '5';
  }

  get connected(): boolean {
    return this.#client?.connected ?? false;
  }

  start(): void {
    const client = connect({ ...connectionOptions(this.#broker, this.#clientId), reconnectPeriod: reconnectMs });
    this.#client = client;
    let reason: Error | undefined;
    client.on('connect', ({ properties }) => {
      reason = undefined;
      this.#room = Math.max(1, Math.min(window, properties?.receiveMaximum ?? window));
      this.#events.connected();
    });
    client.on('error', (error) => {
      reason ??= error;
    });
    client.on('disconnect', ({ reasonCode, properties }) => {
      reason ??= new Error(properties?.reasonString ?? `reason code ${reasonCode ?? 0}`);
    });
    client.on('close', () => {
      if (this.#stopped) return;
      this.#events.away(
        publishError(
          'simulate-broker',
          { broker: brokerLabel(this.#broker), detail: reasonOf(reason) },
          { cause: reason },
        ),
      );
      reason = undefined;
    });
  }

  /** Resolves when the broker has answered for all of them; over a lost connection that takes until the next one. */
  async publish(messages: readonly Outgoing[]): Promise<void> {
    const client = this.#client;
    if (!client) return;
    for (let from = 0; from < messages.length; from += this.#room) {
      const part = messages.slice(from, from + this.#room);
      this.#onTheWay = Promise.all(part.map((message) => this.#publishOne(client, message)));
      await this.#onTheWay;
    }
  }

  /** What is on its way may still arrive, for a moment. */
  async stop(): Promise<void> {
    const client = this.#client;
    this.#stopped = true;
    if (!client) return;
    if (client.connected) await Promise.race([this.#onTheWay.catch(() => undefined), moment(lastWordsMs)]);
    await client.endAsync(true);
  }

  async #publishOne(client: MqttClient, { topic, payload, properties }: Outgoing): Promise<void> {
    try {
      await client.publishAsync(topic, payload, { qos: 1, ...(properties && this.#newer ? { properties } : {}) });
    } catch (thrown) {
      const code = (thrown as { code?: unknown }).code;
      if (typeof code !== 'number' || code < 128) throw thrown;
      const params = { broker: brokerLabel(this.#broker), topic, detail: reasonOf(thrown as Error) };
      this.#events.refused(publishError('simulate-refused', params, { cause: thrown }));
    }
  }
}

function moment(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
