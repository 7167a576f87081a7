import { language, type NodeContext, type PerceptError } from '../../kit/index.js';
import type { MeasuredClock } from '../decode/envelope.js';
import type { LinkState } from './forwarder.js';
import type { Figures, Outbox } from './outbox.js';
import type { Batch } from './sending.js';

export type GatewayEvent = 'up' | 'down' | 'cut' | 'join' | 'drained' | 'went' | 'damaged' | 'count';

/** `msg.payload` of the first output. */
export interface GatewayFigures extends Omit<Figures, 'oldest'> {
  readonly link: LinkState;
  /** ms UTC; null when nothing waits. */
  readonly oldest: number | null;
  /** Over the link since the node started, and what it would have been without compression. */
  readonly bytesSent: number;
  readonly bytesPlain: number;
  /** Of the far side against ours, once measured. */
  readonly clock?: MeasuredClock;
}

const every = 1000;

/** What the node shows of itself, and tells on its first output. */
export class Health {
  readonly #context: NodeContext<unknown>;
  readonly #outbox: Outbox;
  readonly #now: () => number;
  #link: LinkState = 'connecting';
  #wasUp = false;
  /** Readings had gathered when the link came up. */
  #backlog = false;
  #wrong: PerceptError | undefined;
  #bytes = { sent: 0, plain: 0 };
  /** Counts that were told. */
  #told: Figures;
  /** What had gone when the link was last up. */
  #wentBefore: number;
  #shown = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(context: NodeContext<unknown>, outbox: Outbox, now: () => number) {
    this.#context = context;
    this.#outbox = outbox;
    this.#now = now;
    this.#told = outbox.figures;
    this.#wentBefore = this.#told.went;
  }

  get figures(): GatewayFigures {
    const { oldest = null, ...figures } = this.#outbox.figures;
    const clock = this.#outbox.clockOf();
    return {
      link: this.#link,
      ...figures,
      oldest,
      bytesSent: this.#bytes.sent,
      bytesPlain: this.#bytes.plain,
      ...(clock ? { clock } : {}),
    };
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), every).unref();
    this.#show();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  link(state: LinkState): void {
    this.#link = state;
    if (state === 'up') {
      this.#wrong = undefined;
      this.#wentBefore = this.#outbox.figures.went;
      this.#backlog = this.#outbox.figures.waiting > 0;
      this.#event('up');
    }
    if (state === 'cut') this.#event('cut');
    if (state === 'down' && this.#wasUp) this.#event('down');
    if (state !== 'connecting') this.#wasUp = state === 'up';
    this.#show();
  }

  joined(): void {
    this.#event('join');
  }

  sent({ rows, bytes, plainBytes }: Batch): void {
    this.#bytes.sent += bytes;
    this.#bytes.plain += plainBytes;
    const { metrics } = this.#context;
    metrics.count('forwarded', rows.length);
    metrics.count('bytes', bytes);
    metrics.count('bytes-saved', plainBytes - bytes);
    if (!this.#backlog || this.#outbox.figures.waiting > 0) return;
    this.#backlog = false;
    this.#event('drained');
    this.#show();
  }

  /** The first of its kind goes to the log and to Catch nodes; the node goes on trying by itself. */
  trouble(error: PerceptError): void {
    if (this.#wrong?.code !== error.code) this.#context.fail(error);
    this.#wrong = error;
    this.#shown = '';
    this.#show();
  }

  damaged(error: PerceptError): void {
    this.#context.fail(error);
    this.#event('damaged');
  }

  /** At most once a second: counts that have changed. */
  #look(): void {
    const before = this.#told;
    const { went, repeated, waiting, accepted, sent } = this.#outbox.figures;
    if (went > before.went) {
      this.#context.metrics.count('went', went - before.went);
      this.#event('went');
    }
    if (repeated > before.repeated) this.#context.metrics.count('repeated', repeated - before.repeated);
    if (waiting !== before.waiting || accepted !== before.accepted || sent !== before.sent) this.#event('count');
    this.#told = this.#outbox.figures;
    this.#show();
  }

  #event(event: GatewayEvent): void {
    this.#context.send({ topic: this.#context.name, event, payload: this.figures } as never, null);
  }

  #show(): void {
    const { waiting, oldest, went } = this.#outbox.figures;
    const count = {
      waiting: short(waiting),
      went: short(went),
      age: oldest === undefined ? '' : age(this.#now() - oldest),
    };
    // a broker that cannot be reached is what the node is for; what waits says more than an error would
    if (this.#link === 'cut') this.#status('off', 'cut', count);
    else if (this.#link === 'up') this.#status('ok', waiting > 0 ? 'sending' : 'sent', count);
    else if (this.#link === 'connecting' && !this.#wrong) this.#status('busy', 'connecting');
    else if (waiting > 0) this.#status('warn', went > this.#wentBefore ? 'went' : 'down', count);
    else if (this.#wrong) this.#status('warn', 'idle', count);
  }

  #status(level: 'ok' | 'busy' | 'warn' | 'off', key: string, params?: Record<string, string | number>): void {
    const shown = `${key} ${JSON.stringify(params ?? {})}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#context.status(level, `gateway.status.${key}`, params);
  }
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `12.3K`: a status has little room. */
function short(count: number): string {
  return count < 10_000 ? count.toLocaleString(language()) : compact.format(count);
}

const sizes = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** `3d`, in the user's language. */
function age(ms: number): string {
  const [unit, size] = sizes.find(([, one]) => ms >= one) ?? sizes[3];
  const format = new Intl.NumberFormat(language(), { style: 'unit', unit, unitDisplay: 'narrow' });
  return format.format(Math.max(0, Math.floor(ms / size)));
}
