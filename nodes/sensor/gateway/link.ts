import type { IConnackPacket } from 'mqtt';
import { type BrokerSettings, brokerLabel, type PerceptError, toPerceptError } from '../../kit/index.js';
import { MqttConnection, nobodyListens } from '../mqtt/connection.js';
import { connectionError } from '../mqtt/errors.js';
import { clientOptions } from '../mqtt/options.js';
import type { Asking } from './asking.js';
import { encode } from './batch.js';
import { gatewayError } from './errors.js';
import type { Outbox } from './outbox.js';
import type { Pace } from './pace.js';
import { isTooLarge, reasonOf, tooLarge, unfit } from './reasons.js';
import type { Kept } from './row.js';
import { type Batch, Sending } from './sending.js';

export interface LinkOptions {
  readonly broker: BrokerSettings;
  readonly clientId: string;
  readonly topic: string;
  readonly compression: 'gzip' | 'none';
  readonly window: number;
  /** Whether readings wait while nobody subscribes to the topic; only MQTT 5 tells. */
  readonly listener: boolean;
  readonly batchMs: number;
  readonly patienceMs: number;
}

export interface LinkEvents {
  up(): void;
  sent(batch: Batch): void;
  /** A reading that the broker will never take is out of the queue now. */
  letter(row: Kept, id: number, reason: string): void;
}

export interface Parts {
  readonly outbox: Outbox;
  readonly asking: Asking;
  readonly pace: Pace;
}

export interface End {
  readonly error: PerceptError;
  /** Something was acknowledged. */
  readonly progress: boolean;
}

/** Of a PUBLISH beside its payload and topic. */
const overhead = 32;
const largestPacket = 268_435_455;

/** One connection to the broker and what is sent over it. */
export class Link {
  /** When the connection has ended and nothing is taken from the outbox any more. */
  readonly ended: Promise<End>;
  readonly #parts: Parts;
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  readonly #connection: MqttConnection;
  #sending: Sending | undefined;
  #reason: PerceptError | undefined;
  /** What becomes of a batch that was refused. */
  #letter: Promise<void> | undefined;
  #wasUp = false;
  #progress = false;
  #open: boolean = true;

  constructor(parts: Parts, options: LinkOptions, events: LinkEvents) {
    this.#parts = parts;
    this.#options = options;
    this.#events = events;
    const closed = Promise.withResolvers<Error | undefined>();
    this.#connection = new MqttConnection(publisherOptions(options), {
      connected: (connack) => void this.#up(connack),
      message: ({ messageId, payload }) => {
        if (messageId !== undefined) this.#connection.acknowledge(messageId);
        parts.asking.answered(Buffer.from(payload));
      },
      closed: (reason) => closed.resolve(reason),
    });
    const watch = setInterval(() => this.#watch(), Math.min(1000, options.patienceMs / 4));
    this.ended = closed.promise.then((reason) => {
      clearInterval(watch);
      return this.#end(reason);
    });
  }

  /** There is something new in the outbox. */
  wake(): void {
    this.#sending?.wake();
  }

  async close(): Promise<void> {
    await this.#connection.end();
  }

  async #up(connack: IConnackPacket): Promise<void> {
    const { asking, outbox } = this.#parts;
    this.#wasUp = true;
    this.#events.up();
    const asked = asking.begin({
      subscribe: (topic) => this.#connection.subscribe(topic),
      publish: async (text) => void (await this.#connection.publish(this.#options.topic, text, 0)),
    });
    if (!outbox.clockOf()) await asked;
    if (!this.#open) return;
    this.#sending = this.#send(connack);
    this.#sending.wake();
  }

  #send({ properties }: IConnackPacket): Sending {
    const { outbox, pace } = this.#parts;
    const { topic, compression, window, batchMs, listener } = this.#options;
    const { receiveMaximum = 65_535, maximumPacketSize = largestPacket } = properties ?? {};
    return new Sending(
      outbox,
      {
        encode: (rows) => encode(rows, outbox.clockOf(rows[0]?.epoch), compression),
        publish: (payload) => this.#connection.publish(topic, payload),
      },
      {
        window: pace.careful ? 1 : Math.min(window, receiveMaximum),
        count: pace.count,
        batchMs,
        listener,
        largest: maximumPacketSize - Buffer.byteLength(topic) - overhead,
      },
      {
        acknowledged: (batch) => {
          this.#progress = true;
          pace.acknowledged();
          this.#events.sent(batch);
        },
        refused: (batch, code, certain) => {
          this.#letter = this.#refused(batch, code, certain);
        },
        failed: (thrown) => this.#give(toPerceptError(thrown)),
      },
    );
  }

  /** A batch that is at fault itself is halved from one connection to the next, until the reading is found. */
  async #refused({ rows }: Batch, code: number, certain: boolean): Promise<void> {
    const { outbox, pace } = this.#parts;
    const { broker, topic } = this.#options;
    const reason = reasonOf(code);
    const where = { broker: brokerLabel(broker), topic };
    this.#give(
      code === nobodyListens
        ? gatewayError('gateway-unheard', where)
        : gatewayError('gateway-refused', { ...where, reason }),
    );
    pace.refused();
    if (!unfit.has(code)) return;
    const [row] = rows;
    if (rows.length > 1 || !certain || !row) {
      pace.tooMuch(rows.length);
      return;
    }
    pace.cleared();
    this.#events.letter(row, await outbox.letter(row, reason), reason);
  }

  #watch(): void {
    const { broker, patienceMs } = this.#options;
    if ((this.#sending?.overdue ?? 0) < patienceMs) return;
    this.#give(gatewayError('gateway-silent', { broker: brokerLabel(broker), seconds: patienceMs / 1000 }));
  }

  #give(reason: PerceptError): void {
    if (this.#reason) return;
    this.#reason = reason;
    void this.#connection.end();
  }

  async #end(thrown: Error | undefined): Promise<End> {
    const { broker, clientId } = this.#options;
    const { asking, pace } = this.#parts;
    this.#open = false;
    asking.end();
    const [first, ...others] = this.#sending?.unanswered ?? [];
    if (first && isTooLarge(thrown)) this.#letter ??= this.#refused(first, tooLarge, others.length === 0);
    await this.#letter?.catch((failed: unknown) => {
      this.#reason = toPerceptError(failed);
    });
    await this.#sending?.stop();
    if (first && !this.#progress && !this.#letter) pace.stuck();
    const version = broker.version === '5' ? '5' : '3.1.1';
    const where = { broker: brokerLabel(broker), clientId, version };
    return { error: this.#reason ?? connectionError(thrown, this.#wasUp, where), progress: this.#progress };
  }
}

/** Nothing is kept at the broker for it: what was not acknowledged is in the outbox. */
function publisherOptions({ broker, clientId }: LinkOptions): ReturnType<typeof clientOptions> {
  const { properties: _, ...options } = clientOptions(broker, clientId, 1);
  return { ...options, clean: true };
}
