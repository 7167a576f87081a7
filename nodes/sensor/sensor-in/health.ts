import { language, type NodeContext, type PerceptError } from '../../kit/index.js';
import type { Outcome } from '../ingest/item.js';

export type Part = 'store' | 'broker';

const every = 1000;

/** What the node shows of itself: rate and lag while all is well, else what is wrong, told once and not every second. */
export class Health {
  readonly #context: NodeContext<unknown>;
  readonly #wrong = new Map<Part, PerceptError>();
  /** Whether a broker is connected; undefined without one. */
  #connected: boolean | undefined;
  #count = 0;
  #lag = 0;
  #shown = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(context: NodeContext<unknown>) {
    this.#context = context;
  }

  start(): void {
    this.#show();
    this.#timer = setInterval(() => this.#show(), every);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  took({ arrival, readings, recordings, rejected }: Outcome): void {
    const lag = Math.max(0, Date.now() - arrival.receivedAt);
    const { metrics } = this.#context;
    metrics.observe(lag);
    metrics.count('arrived');
    if (rejected) metrics.count('rejected');
    else if (readings.length + recordings.length === 0) metrics.count('repeated');
    this.#count++;
    this.#lag = Math.max(this.#lag, lag);
  }

  connecting(): void {
    this.#connected = false;
    this.#show();
  }

  connected(): void {
    this.#connected = true;
    this.fine('broker');
    this.#show();
  }

  /** The first of its kind goes to the log and to Catch nodes; the node goes on trying by itself. */
  trouble(part: Part, error: PerceptError): void {
    const known = this.#wrong.get(part)?.code === error.code;
    this.#wrong.set(part, error);
    if (!known) this.#context.fail(error);
    this.#shown = '';
  }

  fine(part: Part): void {
    if (!this.#wrong.delete(part)) return;
    this.#context.log('info', this.#context.translate(`sensor-in.log.${part}-back`));
    const [other] = this.#wrong.keys();
    if (other) this.#context.status('error', `sensor-in.status.${other === 'store' ? 'waiting' : 'no-broker'}`);
    else this.#show();
  }

  #show(): void {
    const count = this.#count;
    const lag = this.#lag;
    this.#count = 0;
    this.#lag = 0;
    // the status of the error stays until it is over
    if (this.#wrong.size > 0) return;
    if (this.#connected === false) this.#status('busy', 'connecting');
    else if (count > 0) this.#status('ok', 'rate', { rate: count.toLocaleString(language()), lag: Math.round(lag) });
    else this.#status('ok', this.#connected ? 'connected' : 'ready');
  }

  #status(level: 'ok' | 'busy', key: string, params?: Record<string, string | number>): void {
    const shown = `${key} ${JSON.stringify(params ?? {})}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#context.status(level, `sensor-in.status.${key}`, params);
  }
}
