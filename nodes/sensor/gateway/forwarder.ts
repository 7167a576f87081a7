import { setTimeout as sleep } from 'node:timers/promises';
import type { IConnackPacket } from 'mqtt';
import { type PerceptError, toPerceptError } from '../../kit/index.js';
import { BrokerDisconnect, MqttConnection } from '../mqtt/connection.js';
import { connectionError } from '../mqtt/errors.js';
import { type BrokerSettings, brokerLabel, clientOptions } from '../mqtt/options.js';
import { type Encoded, encode } from './batch.js';
import { gatewayError } from './errors.js';
import type { Outbox } from './outbox.js';
import { reasonOf, tooLarge, unfit } from './reasons.js';
import type { Kept } from './row.js';
import { type Batch, Sending } from './sending.js';

export interface ForwarderOptions {
  readonly broker: BrokerSettings;
  readonly clientId: string;
  readonly topic: string;
  readonly compression: 'gzip' | 'none';
  readonly window: number;
  readonly batchCount: number;
  readonly batchMs: number;
  readonly patienceMs: number;
}

export type LinkState = 'connecting' | 'up' | 'down' | 'cut';

export interface ForwarderEvents {
  link(state: LinkState): void;
  sent(batch: Batch): void;
  /** The link could not be made or broke, or the broker refuses; the next attempt follows by itself. */
  trouble(error: PerceptError): void;
  /** A reading that the broker will never take is out of the queue now. */
  letter(row: Kept, id: number, reason: string): void;
}

const firstDelay = 250;
const longestDelay = 15_000;
/** Of a PUBLISH beside its payload and topic. */
const overhead = 32;

/**
 * Empties the outbox over a link that comes and goes. At least once on the wire, in order: after a break it begins with the
 * first batch that was not acknowledged, and the key of each reading makes a repeat harmless at the far end.
 * A connection that carried nothing to its end makes the next one try with half as much at a time.
 */
export class Forwarder {
  readonly #outbox: Outbox;
  readonly #options: ForwarderOptions;
  readonly #events: ForwarderEvents;
  readonly #stop = new AbortController();
  /** Aborted to end a pause between two attempts. */
  #pause = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #connection: MqttConnection | undefined;
  #sending: Sending | undefined;
  #joined: PromiseWithResolvers<void> | undefined;
  #count: number;
  /** What the broker has shown to be too much, readings per message. */
  #ceiling: number;
  #careful = false;

  constructor(outbox: Outbox, options: ForwarderOptions, events: ForwarderEvents) {
    this.#outbox = outbox;
    this.#options = options;
    this.#events = events;
    this.#count = options.batchCount;
    this.#ceiling = options.batchCount;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#pause.abort();
    this.#joined?.resolve();
    await this.#connection?.end();
    await this.#running;
  }

  /** There is something new in the outbox. */
  wake(): void {
    this.#sending?.wake();
  }

  /** Ends the connection and makes none until `join`. */
  async cut(): Promise<void> {
    if (this.#joined) return;
    this.#joined = Promise.withResolvers();
    this.#pause.abort();
    this.#events.link('cut');
    await this.#connection?.end();
  }

  join(): void {
    this.#joined?.resolve();
    this.#joined = undefined;
  }

  async #run(): Promise<void> {
    let delay = firstDelay;
    while (!this.#stop.signal.aborted) {
      if (this.#joined) {
        await this.#joined.promise;
        delay = firstDelay;
        continue;
      }
      this.#events.link('connecting');
      const { error, progress } = await this.#connectOnce();
      if (this.#stop.signal.aborted) return;
      if (this.#joined) continue;
      this.#events.link('down');
      this.#events.trouble(error);
      if (progress) delay = firstDelay;
      this.#pause = new AbortController();
      // jitter, so that a fleet does not come back in one instant
      await sleep(delay * (0.75 + Math.random() / 2), undefined, { signal: this.#pause.signal }).catch(() => undefined);
      delay = Math.min(longestDelay, delay * 2);
    }
  }

  /** Resolves when the connection has ended. */
  async #connectOnce(): Promise<{ error: PerceptError; progress: boolean }> {
    const { broker, clientId, patienceMs } = this.#options;
    const label = brokerLabel(broker);
    const ended = Promise.withResolvers<Error | undefined>();
    let reason: PerceptError | undefined;
    let wasUp = false;
    let progress = false;
    let letter: Promise<void> | undefined;
    const give = (error: PerceptError): void => {
      reason ??= error;
      void connection.end();
    };
    const connection = new MqttConnection(publisherOptions(broker, clientId), {
      connected: (connack) => {
        wasUp = true;
        this.#sending = this.#send(connection, connack, {
          acknowledged: (batch) => {
            progress = true;
            this.#grow();
            this.#events.sent(batch);
          },
          refused: (batch, code, certain) => {
            letter = this.#refused(batch, code, certain).catch((thrown: unknown) => give(toPerceptError(thrown)));
            give(
              gatewayError('gateway-refused', { broker: label, topic: this.#options.topic, reason: reasonOf(code) }),
            );
          },
          failed: (thrown) => give(toPerceptError(thrown)),
        });
        this.#events.link('up');
        this.#sending.wake();
      },
      message: ({ messageId }) => {
        if (messageId !== undefined) connection.acknowledge(messageId);
      },
      closed: (thrown) => ended.resolve(thrown),
    });
    this.#connection = connection;
    const watch = setInterval(
      () => {
        if ((this.#sending?.overdue ?? 0) < patienceMs) return;
        give(gatewayError('gateway-silent', { broker: label, seconds: patienceMs / 1000 }));
      },
      Math.min(1000, patienceMs / 4),
    );
    const thrown = await ended.promise;
    clearInterval(watch);
    this.#connection = undefined;
    await letter;
    const unanswered = (this.#sending?.overdue ?? 0) > 0;
    await this.#sending?.stop();
    this.#sending = undefined;
    if (thrown instanceof BrokerDisconnect && thrown.code === tooLarge) this.#shrink(true);
    else if (unanswered && !progress) this.#shrink(false);
    const version = broker.version === '5' ? '5' : '3.1.1';
    return { error: reason ?? connectionError(thrown, wasUp, { broker: label, clientId, version }), progress };
  }

  #send(
    connection: MqttConnection,
    connack: IConnackPacket,
    events: ConstructorParameters<typeof Sending>[3],
  ): Sending {
    const { topic, compression, window, batchMs } = this.#options;
    const { receiveMaximum = 65_535, maximumPacketSize = 268_435_455 } = connack.properties ?? {};
    return new Sending(
      this.#outbox,
      {
        encode: (rows): Promise<Encoded> => encode(rows, undefined, compression),
        publish: (payload) => connection.publish(topic, payload),
      },
      {
        window: this.#careful ? 1 : Math.min(window, receiveMaximum),
        count: this.#count,
        batchMs,
        largest: maximumPacketSize - Buffer.byteLength(topic) - overhead,
      },
      events,
    );
  }

  /** What it is about decides: a batch is halved until the reading is found that the broker will not take. */
  async #refused({ rows }: Batch, code: number, certain: boolean): Promise<void> {
    this.#careful = true;
    if (!unfit.has(code)) return;
    const [row] = rows;
    if (rows.length > 1 || !certain || !row) {
      this.#shrink(true, rows.length);
      return;
    }
    const reason = reasonOf(code);
    // it was this one, not the size
    this.#ceiling = this.#options.batchCount;
    this.#events.letter(row, await this.#outbox.letter(row, reason), reason);
  }

  #shrink(forGood: boolean, from = this.#count): void {
    this.#careful = true;
    this.#count = Math.max(1, Math.floor(Math.min(from, this.#count) / 2));
    if (forGood) this.#ceiling = this.#count;
  }

  #grow(): void {
    this.#careful = false;
    this.#count = Math.min(this.#ceiling, this.#count * 2);
  }
}

/** Nothing is kept at the broker for it: what was not acknowledged is in the outbox. */
function publisherOptions(broker: BrokerSettings, clientId: string): ReturnType<typeof clientOptions> {
  const { properties: _, ...options } = clientOptions(broker, clientId, 1);
  return { ...options, clean: true };
}
