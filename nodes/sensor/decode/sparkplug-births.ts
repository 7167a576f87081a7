import { decodeError } from './errors.js';
import type { Metric, Payload } from './sparkplug-payload.js';

/** What a birth message said of a metric. */
export interface Declared {
  readonly name: string;
  readonly datatype: number | undefined;
  readonly unit: string | undefined;
}

interface EdgeNode {
  readonly byAlias: Map<number, Declared>;
  readonly byName: Map<string, Declared>;
  bdSeq: number | undefined;
}

/** Metrics remembered over all edge nodes; the node that was heard of longest ago is forgotten first. */
const maxDeclared = 200_000;

/** The metrics that edge nodes have declared: an alias means nothing without them. */
export class Births {
  readonly #nodes = new Map<string, EdgeNode>();
  #declared = 0;

  /** @param device undefined for a birth of the edge node itself, which voids all it had declared */
  birth(node: string, device: string | undefined, { metrics }: Payload): void {
    const known = device === undefined ? undefined : this.#nodes.get(node);
    const edge = known ?? { byAlias: new Map(), byName: new Map(), bdSeq: undefined };
    this.#forget(node);
    for (const metric of metrics) {
      if (metric.name === undefined) continue;
      const declared = { name: metric.name, datatype: metric.datatype, unit: metric.unit };
      edge.byName.set(nameKey(device, metric.name), declared);
      if (metric.alias !== undefined) edge.byAlias.set(metric.alias, declared);
    }
    if (device === undefined) edge.bdSeq = bdSeqOf(metrics);
    this.#nodes.set(node, edge);
    this.#declared += sizeOf(edge);
    for (const oldest of this.#nodes.keys()) {
      if (this.#declared <= maxDeclared || oldest === node) break;
      this.#forget(oldest);
    }
  }

  /** A death that belongs to an earlier session comes late and says nothing about this one. */
  death(node: string, { metrics }: Payload): void {
    const known = this.#nodes.get(node);
    const bdSeq = bdSeqOf(metrics);
    if (known && (known.bdSeq === undefined || bdSeq === undefined || known.bdSeq === bdSeq)) this.#forget(node);
  }

  /** @throws PerceptError `decode-sparkplug-birth` */
  declared(node: string, device: string | undefined, metric: Metric): Declared {
    const edge = this.#nodes.get(node);
    const byName = metric.name === undefined ? undefined : edge?.byName.get(nameKey(device, metric.name));
    const known = byName ?? (metric.alias === undefined ? undefined : edge?.byAlias.get(metric.alias));
    if (metric.name !== undefined) {
      return { name: metric.name, datatype: metric.datatype ?? known?.datatype, unit: metric.unit ?? known?.unit };
    }
    if (known) return known;
    throw decodeError('decode-sparkplug-birth', { node, metric: metric.alias ?? '?' });
  }

  #forget(node: string): void {
    const known = this.#nodes.get(node);
    if (!known) return;
    this.#declared -= sizeOf(known);
    this.#nodes.delete(node);
  }
}

function sizeOf(edge: EdgeNode): number {
  return edge.byName.size + edge.byAlias.size;
}

function nameKey(device: string | undefined, name: string): string {
  return `${device ?? ''}\n${name}`;
}

function bdSeqOf(metrics: readonly Metric[]): number | undefined {
  return metrics.find((metric) => metric.name === 'bdSeq')?.value?.unsigned;
}
