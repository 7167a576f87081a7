/** Upper bounds of the latency buckets in milliseconds; a log scale from 0.1 ms to 100 s that p99 can be read from. */
const bounds = Array.from({ length: 61 }, (_, i) => 0.1 * 10 ** (i / 10));

/** Counters and latency of one node. Memory is constant. */
export class NodeMetrics {
  readonly #counters = new Map<string, number>();
  readonly #buckets = new Uint32Array(bounds.length + 1);
  #observed = 0;
  #sum = 0;

  count(name: string, by = 1): void {
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + by);
  }

  /** @param ms how long one unit of work took */
  observe(ms: number): void {
    const at = bounds.findIndex((bound) => ms <= bound);
    const bucket = at === -1 ? bounds.length : at;
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#observed++;
    this.#sum += ms;
  }

  /** @param q in (0, 1]; the bucket's upper bound in ms, or 0 when nothing was observed */
  quantile(q: number): number {
    const rank = q * this.#observed;
    let seen = 0;
    for (let i = 0; i < this.#buckets.length; i++) {
      seen += this.#buckets[i] ?? 0;
      if (seen >= rank && seen > 0) return bounds[i] ?? Number.POSITIVE_INFINITY;
    }
    return 0;
  }

  snapshot(): MetricsSnapshot {
    return {
      counters: Object.fromEntries(this.#counters),
      latency: { count: this.#observed, sum: this.#sum, p50: this.quantile(0.5), p99: this.quantile(0.99) },
    };
  }
}

export interface MetricsSnapshot {
  readonly counters: Readonly<Record<string, number>>;
  /** Milliseconds. */
  readonly latency: { readonly count: number; readonly sum: number; readonly p50: number; readonly p99: number };
}

interface Labels {
  readonly type: string;
  readonly id: string;
  readonly name: string;
}

/** All nodes of one runtime, for the metrics endpoint. */
export class MetricsRegistry {
  readonly #nodes = new Map<string, { labels: Labels; metrics: NodeMetrics }>();

  add(labels: Labels): NodeMetrics {
    const metrics = new NodeMetrics();
    this.#nodes.set(labels.id, { labels, metrics });
    return metrics;
  }

  remove(id: string, metrics: NodeMetrics): void {
    // a redeploy has the new instance registered before the old one has closed
    if (this.#nodes.get(id)?.metrics === metrics) this.#nodes.delete(id);
  }

  /** Prometheus text exposition format 0.0.4. */
  prometheus(): string {
    const counters: string[] = [];
    const latencies: string[] = [];
    for (const { labels, metrics } of this.#nodes.values()) {
      const who = `type=${quote(labels.type)},id=${quote(labels.id)},name=${quote(labels.name)}`;
      const { counters: counts, latency } = metrics.snapshot();
      for (const [name, value] of Object.entries(counts)) {
        counters.push(`percept_node_events_total{${who},event=${quote(name)}} ${value}`);
      }
      if (latency.count === 0) continue;
      for (const [q, seconds] of [
        ['0.5', latency.p50 / 1000],
        ['0.99', latency.p99 / 1000],
      ] as const) {
        latencies.push(`percept_node_latency_seconds{${who},quantile="${q}"} ${seconds}`);
      }
      latencies.push(`percept_node_latency_seconds_sum{${who}} ${latency.sum / 1000}`);
      latencies.push(`percept_node_latency_seconds_count{${who}} ${latency.count}`);
    }
    return [
      '# TYPE percept_node_events_total counter',
      ...counters,
      '# TYPE percept_node_latency_seconds summary',
      ...latencies,
      '',
    ].join('\n');
  }
}

function quote(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
