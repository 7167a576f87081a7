import { nobodyListens } from '../mqtt/connection.js';
import type { Encoded } from './batch.js';
import type { Outbox } from './outbox.js';
import { tooLarge } from './reasons.js';
import type { Kept } from './row.js';

export interface SendingOptions {
  /** Messages on their way at once. */
  readonly window: number;
  /** Readings per message, at most. */
  readonly count: number;
  /** How long the first of a message waits for others, ms. */
  readonly batchMs: number;
  /** Whether what nobody subscribes to counts as refused. */
  readonly listener: boolean;
  /** What the broker takes, in bytes of payload. */
  readonly largest: number;
}

export interface SendingEvents {
  acknowledged(batch: Batch): void;
  /**
   * Nothing more is sent.
   * @param code of MQTT 5
   * @param certain nothing that was sent before the batch is in doubt
   */
  refused(batch: Batch, code: number, certain: boolean): void;
  /** The outbox cannot be read. */
  failed(thrown: unknown): void;
}

export interface Batch {
  readonly rows: readonly Kept[];
  readonly bytes: number;
  readonly plainBytes: number;
}

interface InFlight extends Batch {
  readonly since: number;
  acknowledged: boolean;
}

/** A sensor in unpacks 1 MiB unless it is told to take more. */
const mostPlain = 1_000_000;

/** What is sent over one connection: batches in order, a few at a time, removed from the outbox as they are acknowledged. */
export class Sending {
  readonly #outbox: Outbox;
  readonly #encode: (rows: readonly Kept[]) => Promise<Encoded>;
  readonly #publish: (payload: Buffer) => Promise<number>;
  readonly #options: SendingOptions;
  readonly #events: SendingEvents;
  readonly #inFlight: InFlight[] = [];
  #pump: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #ripening: NodeJS.Timeout | undefined;
  #ripe = false;

  constructor(
    outbox: Outbox,
    wire: { encode(rows: readonly Kept[]): Promise<Encoded>; publish(payload: Buffer): Promise<number> },
    options: SendingOptions,
    events: SendingEvents,
  ) {
    this.#outbox = outbox;
    this.#encode = (rows) => wire.encode(rows);
    this.#publish = (payload) => wire.publish(payload);
    this.#options = options;
    this.#events = events;
  }

  /** How long the oldest on its way has been without an answer, ms. */
  get overdue(): number {
    const [first] = this.#inFlight;
    return first ? performance.now() - first.since : 0;
  }

  /** On their way without an answer, oldest first. */
  get unanswered(): readonly Batch[] {
    return this.#inFlight;
  }

  /** There may be something to send. */
  wake(): void {
    this.#again = true;
    this.#pump ??= this.#work()
      .catch((thrown: unknown) => {
        this.#stopped = true;
        this.#events.failed(thrown);
      })
      .finally(() => {
        this.#pump = undefined;
      });
  }

  /** When it resolves nothing is taken from the outbox any more; what has no answer yet counts as not sent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#ripening);
    await this.#pump;
    this.#outbox.release();
  }

  async #work(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      while (!this.#stopped && this.#inFlight.length < this.#options.window && this.#due()) {
        const rows = await this.#outbox.next(this.#options.count);
        if (rows.length === 0) break;
        this.#send(rows, await this.#encode(rows));
      }
    }
  }

  #due(): boolean {
    const { count, batchMs } = this.#options;
    const { ahead } = this.#outbox;
    if (ahead === 0) return false;
    if (ahead >= count || this.#ripe || batchMs === 0) {
      this.#ripe = false;
      clearTimeout(this.#ripening);
      this.#ripening = undefined;
      return true;
    }
    this.#ripening ??= setTimeout(() => {
      this.#ripening = undefined;
      this.#ripe = true;
      this.wake();
    }, batchMs);
    return false;
  }

  #send(rows: readonly Kept[], { payload, plainBytes }: Encoded): void {
    if (this.#stopped) return;
    const batch: InFlight = {
      rows,
      bytes: payload.length,
      plainBytes,
      since: performance.now(),
      acknowledged: false,
    };
    this.#inFlight.push(batch);
    if (payload.length > this.#options.largest || plainBytes > mostPlain) {
      this.#refused(batch, tooLarge);
      return;
    }
    this.#publish(payload).then(
      (reason) => {
        if (reason === nobodyListens && this.#options.listener) {
          this.#refused(batch, reason);
          return;
        }
        batch.acknowledged = true;
        this.#settle();
      },
      (thrown: { code?: unknown }) => {
        // without a code the connection has ended, and says so itself
        if (typeof thrown.code === 'number') this.#refused(batch, thrown.code);
      },
    );
  }

  #settle(): void {
    if (this.#stopped) return;
    for (let [first] = this.#inFlight; first?.acknowledged; [first] = this.#inFlight) {
      this.#inFlight.shift();
      this.#outbox.sent(first.rows);
      this.#events.acknowledged(first);
    }
    this.wake();
  }

  #refused(batch: InFlight, code: number): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#ripening);
    this.#events.refused(batch, code, this.#inFlight[0] === batch);
  }
}
