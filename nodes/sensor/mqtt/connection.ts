import {
  connect,
  type IClientOptions,
  type IConnackPacket,
  type IPublishPacket,
  type MqttClient,
  type Packet,
} from 'mqtt';
import { patientAgent, readToTheEnd } from './patience.js';

export interface ConnectionEvents {
  connected(packet: IConnackPacket): void;
  /** One PUBLISH; unless it is QoS 0 the broker waits for `acknowledge` with its id. */
  message(packet: IPublishPacket): void;
  /** Exactly once. @param reason what went wrong, as far as known */
  closed(reason: Error | undefined): void;
}

/** Reason code of a PUBACK: no matching subscribers (MQTT 5, 3.4.2.1). */
export const nobodyListens = 16;

type SendPacket = (packet: Packet, sent?: () => void, ...rest: unknown[]) => void;

/** A DISCONNECT by the broker (MQTT 5), with its reason code. */
export class BrokerDisconnect extends Error {
  readonly code: number;
  constructor(code: number, reason: string) {
    super(reason || `the broker closed the connection with reason code ${code}`);
    this.code = code;
  }
}

/**
 * One network connection through mqtt.js, with PUBACKs in our hands. mqtt.js sends a PUBACK as soon as `handleMessage` calls
 * back and reads nothing until then; here `handleMessage` answers at once, the PUBACK is taken out of mqtt.js's way, and
 * `acknowledge` sends it when the message is safe. (test/unit/mqtt-connection.test.ts pins what this relies on.)
 *
 * A client is used for one connection only: mqtt.js queues what it cannot send and would send a PUBACK on the next
 * connection, where the packet id belongs to another message.
 */
export class MqttConnection {
  readonly #client: MqttClient;
  readonly #write: SendPacket;
  #resume: (() => void) | undefined;
  #paused: boolean = false;
  #watched: { readonly prefix: string; readonly topics: Set<string> } | undefined;
  #pings: NodeJS.Timeout | undefined;
  #open: boolean = true;
  /** Messages of ours that the broker has not acknowledged. */
  #unanswered = 0;
  /** Those that it acknowledged and threw away, by packet id; mqtt.js does not tell. */
  readonly #unheard = new Set<number>();

  constructor(options: IClientOptions, events: ConnectionEvents) {
    let reason: Error | undefined;
    const failed = (error: Error): void => {
      reason ??= error;
    };
    const client = connect({
      ...options,
      reconnectPeriod: 0,
      resubscribe: false,
      manualConnect: true,
      ...(options.protocol === 'ws' || options.protocol === 'wss'
        ? { wsOptions: { agent: patientAgent(options.protocol, failed) } }
        : {}),
    });
    this.#client = client;
    this.#write = (client['_sendPacket'] as SendPacket).bind(client);

    client.handleMessage = (packet, next) => {
      if (this.#watched && packet.topic.startsWith(this.#watched.prefix)) {
        this.#watched.topics.add(packet.topic);
        if (packet.messageId !== undefined) this.acknowledge(packet.messageId);
      } else events.message(packet);
      if (this.#paused) this.#resume = () => next();
      else next();
    };
    const send: SendPacket = (packet, sent, ...rest) => {
      if (packet.cmd !== 'puback') this.#write(packet, sent, ...rest);
      else sent?.();
    };
    client['_sendPacket'] = send;
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'puback' && packet.reasonCode === nobodyListens) this.#unheard.add(packet.messageId ?? 0);
    });
    client.on('connect', (packet) => events.connected(packet));
    client.on('error', (error) => {
      failed(error);
      // after a protocol error mqtt.js leaves the connection open
      setImmediate(() => {
        if (this.#open) client.end(true);
      });
    });
    client.on('disconnect', (packet) => {
      reason ??= new BrokerDisconnect(packet.reasonCode ?? 0, String(packet.properties?.reasonString ?? ''));
    });
    client.once('close', () => {
      this.#open = false;
      this.resume();
      events.closed(reason);
    });
    client.connect();
    readToTheEnd(client.stream, failed);
  }

  get paused(): boolean {
    return this.#paused;
  }

  acknowledge(messageId: number): void {
    if (this.#open && this.#client.connected) this.#write({ cmd: 'puback', messageId, reasonCode: 0 });
  }

  /** Stops reading after the packet at hand. PINGREQs go on: the broker must not think that we are gone. */
  pause(): void {
    if (this.#paused || !this.#open) return;
    this.#paused = true;
    // a PINGRESP waits behind the unread messages, so that mqtt.js's own watch over it would end the connection
    this.#pings = setInterval(
      () => {
        if (!this.#client.connected) return;
        this.#client.sendPing();
        this.#client.reschedulePing(true);
      },
      Math.max(500, (this.#client.keepalive * 1000) / 3),
    );
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    clearInterval(this.#pings);
    const next = this.#resume;
    this.#resume = undefined;
    next?.();
  }

  /** @returns the granted QoS, or a reason code from 128 on when it was refused */
  async subscribe(filter: string, retainHandling?: number): Promise<number> {
    try {
      const granted = await this.#client.subscribeAsync(filter, {
        qos: 1,
        ...(retainHandling === undefined ? {} : { rh: retainHandling }),
      });
      return granted[0]?.qos ?? 1;
    } catch (thrown) {
      const refused = (thrown as { packet?: { granted?: unknown[] } }).packet?.granted?.[0];
      if (typeof refused === 'number') return refused;
      throw thrown;
    }
  }

  async unsubscribe(filter: string): Promise<void> {
    await this.#client.unsubscribeAsync(filter);
  }

  /** Notes which topics of a prefix something comes on, acknowledges it and keeps it away from `message`. */
  watch(prefix: string): { readonly topics: ReadonlySet<string>; end(): void } {
    const topics = new Set<string>();
    this.#watched = { prefix, topics };
    return {
      topics,
      end: () => {
        this.#watched = undefined;
      },
    };
  }

  /**
   * Resolves when the broker has acknowledged it; not at all when the connection ends before.
   * @returns the broker's reason: 0, or `nobodyListens`
   * @throws Error whose `code` is the broker's reason, from 128 on
   */
  async publish(topic: string, payload: string | Buffer, qos: 0 | 1 = 1): Promise<number> {
    this.#unanswered++;
    try {
      const packet = await this.#client.publishAsync(topic, payload, { qos });
      return this.#unheard.delete(packet?.messageId ?? 0) ? nobodyListens : 0;
    } finally {
      this.#unanswered--;
    }
  }

  /** @param forget ends the session too, where the protocol can say so */
  async end(forget = false): Promise<void> {
    if (!this.#open) return;
    const closed = new Promise<void>((resolve) => this.#client.once('close', () => resolve()));
    // asked politely, mqtt.js would wait for every answer first
    const polite = this.#client.connected && !this.#paused && this.#unanswered === 0;
    // and it does not hear when it is asked a second time
    const hard = setTimeout(() => this.#client.stream.destroy(), 1000);
    if (!polite) this.#client.end(true);
    else if (forget && this.#client.options.protocolVersion === 5)
      this.#client.end(false, { properties: { sessionExpiryInterval: 0 } });
    else this.#client.end(false);
    await closed;
    clearTimeout(hard);
  }
}
