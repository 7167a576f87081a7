import type { Show } from '../node/widget.js';

/** ms; what comes in between goes to the pages at once. */
const every = 250;
const most = 500;

/** Alerts that changed: of each the newest word, four times a second at most. */
export class Changes {
  readonly #alerts = new Map<string, object>();
  readonly #timer: NodeJS.Timeout;

  constructor(show: Show) {
    this.#timer = setInterval(() => {
      if (this.#alerts.size === 0) return;
      show({ changes: [...this.#alerts.values()] });
      this.#alerts.clear();
    }, every);
  }

  /** False when it is none. Notices on their way to a channel are no change, and nothing for a page. */
  take(alert: unknown): boolean {
    if (typeof alert !== 'object' || alert === null) return false;
    const { id, policy, notice } = alert as Record<string, unknown>;
    if (typeof id !== 'number') return false;
    if (notice !== undefined) return true;
    const key = `${policy}\n${id}`;
    this.#alerts.delete(key);
    this.#alerts.set(key, alert);
    const oldest = this.#alerts.keys().next().value;
    if (this.#alerts.size > most && oldest !== undefined) this.#alerts.delete(oldest);
    return true;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
