import type { Show } from './widget.js';

/** ms; what comes in between goes to the pages at once. */
const every = 250;
const most = 500;

/** A finding that goes on is told with every reading: the pages get its newest word, four times a second at most. */
export class Gathering {
  readonly #findings = new Map<string, object>();
  readonly #timer: NodeJS.Timeout;

  /** @param more what else to send along; nothing is sent when both are empty */
  constructor(show: Show, more: () => Record<string, unknown> = () => ({})) {
    this.#timer = setInterval(() => {
      const message = { ...more(), ...(this.#findings.size > 0 && { findings: [...this.#findings.values()] }) };
      this.#findings.clear();
      if (Object.keys(message).length > 0) show(message);
    }, every);
  }

  /** False when it is none. */
  take(finding: unknown): boolean {
    if (typeof finding !== 'object' || finding === null) return false;
    const { kind, source, quantity, since } = finding as Record<string, unknown>;
    this.#findings.set(JSON.stringify([kind, source, quantity, since]), finding);
    const oldest = this.#findings.keys().next().value;
    if (this.#findings.size > most && oldest !== undefined) this.#findings.delete(oldest);
    return true;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
