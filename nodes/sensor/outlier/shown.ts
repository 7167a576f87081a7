import type { Finding, NodeContext } from '../../kit/index.js';
import type { Watch } from './watch.js';

/** What the node shows of itself in the editor. */
export class Shown {
  readonly #context: NodeContext<unknown>;
  readonly #watch: Watch;
  #last: Finding | undefined;
  #forgotten = 0;
  #text = '';

  constructor(context: NodeContext<unknown>, watch: Watch) {
    this.#context = context;
    this.#watch = watch;
  }

  found(finding: Finding): void {
    this.#context.metrics.count('findings');
    this.#last = finding;
  }

  show(): void {
    const { sources, warming, unusual, maintenance } = this.#watch.counts();
    if (this.#watch.forgotten > this.#forgotten) {
      this.#forgotten = this.#watch.forgotten;
      this.#status('warn', 'tooMany', { sources });
    } else if (unusual > 0) this.#status('warn', 'unusual', { count: unusual, source: this.#last?.source ?? '' });
    else if (maintenance) this.#status('off', 'maintenance', {});
    else if (sources === 0) this.#status('off', 'waiting', {});
    else if (warming === sources) this.#status('busy', 'warming', { count: warming });
    else this.#status('ok', 'watching', { count: sources - warming });
  }

  #status(level: 'ok' | 'busy' | 'warn' | 'off', key: string, params: Record<string, string | number>): void {
    const text = `${key} ${Object.values(params).join(' ')}`;
    if (text === this.#text) return;
    this.#text = text;
    this.#context.status(level, `outlier.status.${key}`, params);
  }
}
