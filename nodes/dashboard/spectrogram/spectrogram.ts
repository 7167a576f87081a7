import type { NodeAPI } from 'node-red';
import { Gathering } from '../node/gathering.js';
import { defineWidget, type Message, pageOf, type Show, type WidgetConfig, type Wiring } from '../node/widget.js';
import { Watching } from './watching.js';

export default function (RED: NodeAPI): void {
  defineWidget(RED, { type: 'ui-percept-spectrogram', rows: 6, start });
}

/** A page says which source it shows, and gets the last minute of it and then what is new. */
function start(show: Show, config: WidgetConfig): Wiring {
  const watching = new Watching(show, String(config['source'] ?? '').trim());
  const findings = new RecentFindings();
  const gathering = new Gathering(show);

  const input = (msg: Message): boolean => {
    if (msg['finding']) {
      findings.keep(msg['finding']);
      return gathering.take(msg['finding']);
    }
    const picked = sourceIn(msg['select']);
    if (picked !== undefined) {
      watching.watch({ page: pageOf(msg), source: picked }, Date.now());
      return true;
    }
    return watching.take(msg['spectrogram'], Date.now());
  };
  const action = (msg: Message): boolean => {
    if (typeof msg['watch'] !== 'string') return false;
    watching.watch({ page: pageOf(msg), source: msg['watch'] || findings.lasting }, Date.now());
    if (msg['fresh'] === true) show({ findings: findings.all, _client: msg['_client'] });
    return true;
  };
  return { input, action, close: () => gathering.stop() };
}

/** Of a widget that lets machines be picked. */
function sourceIn(select: unknown): string | undefined {
  const sources = (select as { sources?: unknown } | undefined)?.sources;
  return Array.isArray(sources) && typeof sources[0] === 'string' ? sources[0] : undefined;
}

/** For pages that are opened later. */
class RecentFindings {
  readonly #byKey = new Map<string, object>();

  get all(): object[] {
    return [...this.#byKey.values()];
  }

  /** The source of the newest that has not ended; empty: there is none. */
  get lasting(): string {
    const open = this.all.findLast((finding) => (finding as { until?: unknown }).until == null);
    return String((open as { source?: unknown } | undefined)?.source ?? '');
  }

  keep(finding: unknown): void {
    if (typeof finding !== 'object' || finding === null) return;
    const { kind, source, quantity, since } = finding as Record<string, unknown>;
    const key = JSON.stringify([kind, source, quantity, since]);
    this.#byKey.delete(key);
    this.#byKey.set(key, finding);
    const [oldest] = this.#byKey.keys();
    if (this.#byKey.size > mostFindings && oldest !== undefined) this.#byKey.delete(oldest);
  }
}

const mostFindings = 100;
