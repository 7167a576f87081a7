import type { NodeContext } from '../../kit/index.js';
import type { Store } from '../../store/store.js';
import { type AlertFigures, figuresOf } from '../desk/figures.js';
import type { Policy } from '../policy/policy.js';
import type { AlertConfig } from './settings.js';

const everyMs = 1_000;

/** Keeps the status current: at most once in a second, however many alerts change. */
export class Shown {
  readonly #context: NodeContext<AlertConfig>;
  readonly #figures: () => Promise<AlertFigures>;
  #timer: NodeJS.Timeout | undefined;
  #wrong = false;

  constructor(context: NodeContext<AlertConfig>, store: Store, name: string, policy: Policy) {
    this.#context = context;
    this.#figures = () => figuresOf(store, name, policy);
    context.signal.addEventListener('abort', () => clearTimeout(this.#timer));
  }

  /** How it stands; shown at once. */
  async look(): Promise<AlertFigures> {
    const figures = await this.#figures();
    this.#show(figures);
    return figures;
  }

  /** An error is shown until `change` is called after it is over. */
  trouble(): void {
    this.#wrong = true;
  }

  change(ms = everyMs): void {
    if (this.#context.signal.aborted) return;
    this.#wrong = false;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.look().catch(() => undefined);
    }, ms).unref();
  }

  #show({ open, unattended }: AlertFigures): void {
    if (this.#wrong) return;
    const all = Object.values(open).reduce((sum, count) => sum + count, 0);
    if (unattended > 0) this.#context.status('warn', 'alert.status.unattended', { count: unattended });
    else if (all > 0) this.#context.status('busy', 'alert.status.open', { count: all });
    else this.#context.status('ok', 'alert.status.calm');
  }
}
