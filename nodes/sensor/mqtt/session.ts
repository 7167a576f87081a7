import { setTimeout as sleep } from 'node:timers/promises';
import type { IPublishPacket } from 'mqtt';
import { type BrokerSettings, brokerLabel, type PerceptError } from '../../kit/index.js';
import type { Arrival } from '../decode/contract.js';
import { MqttConnection } from './connection.js';
import { brokerError, connectionError } from './errors.js';
import { clientOptions } from './options.js';
import { sharesTopics } from './sharing.js';
import { AckWindow, type WindowLimits } from './window.js';

export interface SessionOptions {
  readonly broker: BrokerSettings;
  /** The same after a restart: the broker's session belongs to it. */
  readonly clientId: string;
  /** Without `$share`. */
  readonly filter: string;
  /** Of a filter subscribed to before this one; taken back, since the broker would keep it in the session. */
  readonly formerFilter?: string | undefined;
  /** Name of the group that shares the messages; empty: none. */
  readonly group: string;
  readonly window: WindowLimits;
}

export interface SessionEvents {
  /**
   * `safe` is called once the message is committed, in order of arrival; only then is it acknowledged.
   * @param comesAgain whether the broker delivers it again if that never happens; false for what was published at QoS 0
   */
  arrived(arrival: Arrival, comesAgain: boolean, safe: () => void): void;
  connecting(): void;
  connected(): void;
  /** The connection could not be made or was lost; the next attempt follows by itself. */
  failed(error: PerceptError): void;
}

const firstDelay = 250;
const longestDelay = 5_000;
/** A connection that lasted this long starts the delays from the beginning. */
const steadyAfter = 2_000;

/** A lasting subscription at QoS 1: connects again by itself, acknowledges what is safe, stops reading when the window is full. */
export class MqttSession {
  readonly #options: SessionOptions;
  readonly #events: SessionEvents;
  readonly #window: AckWindow;
  readonly #stop = new AbortController();
  #connection: MqttConnection | undefined;
  #running: Promise<void> = Promise.resolve();
  #subscribed = false;

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options;
    this.#events = events;
    this.#window = new AckWindow(options.window);
  }

  /** Handed on and not safe yet. */
  get held(): number {
    return this.#window.messages;
  }

  /** Whether reading is stopped until the store has caught up. */
  get paused(): boolean {
    return this.#connection?.paused ?? false;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** @param forget takes the subscription back, for a node that was deleted */
  async stop(forget = false): Promise<void> {
    this.#stop.abort();
    if (forget && this.#subscribed) {
      // without an answer the session stays, and the broker lets it expire
      await Promise.race([this.#connection?.unsubscribe(this.#topic).catch(() => undefined), sleep(1000)]);
    }
    await this.#connection?.end(forget);
    await this.#running;
  }

  /** At QoS 0, for what is worth nothing later. */
  send(topic: string, text: string): void {
    this.#connection?.publish(topic, text, 0).catch(() => undefined);
  }

  get #topic(): string {
    const { group, filter } = this.#options;
    return group === '' ? filter : `$share/${group}/${filter}`;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let delay = firstDelay;
    while (!signal.aborted) {
      this.#events.connecting();
      const began = Date.now();
      const error = await this.#connectOnce();
      if (signal.aborted) return;
      this.#events.failed(error);
      if (Date.now() - began > steadyAfter) delay = firstDelay;
      // jitter, so that a plant full of clients does not come back in one instant
      await sleep(delay * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      delay = Math.min(longestDelay, delay * 2);
    }
  }

  /** Resolves when the connection has ended, to the reason. */
  #connectOnce(): Promise<PerceptError> {
    const { broker, clientId, window } = this.#options;
    const ended = Promise.withResolvers<PerceptError>();
    let refused: PerceptError | undefined;
    let wasConnected = false;
    const connection = new MqttConnection(clientOptions(broker, clientId, window.messages), {
      connected: ({ sessionPresent, properties }) => {
        wasConnected = true;
        this.#window.opened((id) => connection.acknowledge(id), sessionPresent);
        this.#subscribe(connection, properties?.sharedSubscriptionAvailable !== false).then(
          () => this.#events.connected(),
          (thrown: PerceptError) => {
            refused = thrown;
            void connection.end();
          },
        );
      },
      message: (packet) => this.#arrived(connection, packet),
      closed: (reason) => {
        this.#subscribed = false;
        this.#connection = undefined;
        this.#window.closed();
        const version = broker.version === '5' ? '5' : '3.1.1';
        ended.resolve(
          refused ?? connectionError(reason, wasConnected, { broker: brokerLabel(broker), clientId, version }),
        );
      },
    });
    this.#connection = connection;
    return ended.promise;
  }

  async #subscribe(connection: MqttConnection, sharingOffered: boolean): Promise<void> {
    const { broker, group, formerFilter } = this.#options;
    const label = brokerLabel(broker);
    if (formerFilter !== undefined) await connection.unsubscribe(formerFilter);
    if (group !== '' && !(sharingOffered && (broker.version === '5' || (await sharesTopics(connection)))))
      throw brokerError('broker-no-sharing', { broker: label, group });
    // retained messages only when the subscription is new (MQTT 5): they were stored when they were
    const code = await connection.subscribe(this.#topic, broker.version === '5' && group === '' ? 1 : undefined);
    if (code >= 128) throw brokerError('broker-subscribe-refused', { broker: label, filter: this.#topic });
    this.#subscribed = true;
  }

  #arrived(connection: MqttConnection, packet: IPublishPacket): void {
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    const { topic, dup, messageId, properties } = packet;
    const settle = this.#window.arrived({ topic, payload, dup, ...(messageId === undefined ? {} : { messageId }) });
    if (!settle) return;
    if (this.#window.full) connection.pause();
    this.#events.arrived(
      { topic, payload, receivedAt: Date.now(), ...(properties ? { properties: known(properties) } : {}) },
      messageId !== undefined,
      () => {
        settle();
        if (this.#connection?.paused && this.#window.roomy) this.#connection.resume();
      },
    );
  }
}

function known(properties: NonNullable<IPublishPacket['properties']>): NonNullable<Arrival['properties']> {
  const { contentType, userProperties } = properties;
  return { ...(contentType ? { contentType } : {}), ...(userProperties ? { userProperties } : {}) };
}
