import type { NodeContext, PerceptError } from '../../kit/index.js';
import type { Fault } from '../machine/fault.js';
import type { State } from '../machine/state.js';

/** ms between two statuses that nobody asked for. */
const every = 1000;
/** ms that an error of a message stays. */
const reading = 4000;

/** What the node shows: the machine's state in words, or what keeps its readings from the broker. */
export class Face {
  readonly #context: NodeContext<unknown>;
  #trouble: PerceptError | undefined;
  #shown = '';
  #at = Number.NEGATIVE_INFINITY;

  constructor(context: NodeContext<unknown>) {
    this.#context = context;
  }

  /** @param commanded shown at once; else seldom enough for a small box */
  show({ running, load }: State, faults: readonly Fault[], commanded: boolean): void {
    if (!commanded && performance.now() - this.#at < every) return;
    const [fault] = faults;
    if (this.#trouble) this.#status('error', this.#trouble.code === 'simulate-refused' ? 'refused' : 'no-broker');
    else if (faults.length > 1) this.#status('warn', 'faults', { n: faults.length });
    else if (fault) this.#status('warn', 'fault', { fault: this.nameOf(fault), severity: percent(fault.severity) });
    else if (running) this.#status('ok', 'running', { load: percent(load) });
    else this.#status('off', 'off');
  }

  /** An error of a message stands in the status; it may be read before the state comes back. */
  interrupted(): void {
    this.#shown = '';
    this.#at = performance.now() + reading;
  }

  waiting(): void {
    if (!this.#trouble) this.#status('warn', 'clock');
  }

  /** The first of its kind goes to the log and to Catch nodes. */
  trouble(error: PerceptError): void {
    const known = this.#trouble?.code === error.code;
    this.#trouble = error;
    this.#shown = '';
    if (!known) this.#context.fail(error);
  }

  fine(): void {
    if (!this.#trouble) return;
    this.#trouble = undefined;
    this.#context.log('info', this.#context.translate('simulate-machine.log.back'));
  }

  nameOf({ kind }: Fault): string {
    return this.#context.translate(`simulate-machine.fault.${kind}`);
  }

  #status(level: 'ok' | 'warn' | 'error' | 'off', key: string, params: Record<string, string | number> = {}): void {
    const shown = `${key} ${JSON.stringify(params)}`;
    this.#at = performance.now();
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#context.status(level, `simulate-machine.status.${key}`, params);
  }
}

export function percent(share: number): number {
  return Math.round(100 * share);
}
