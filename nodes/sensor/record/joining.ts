import { type Expected, type Finding, maxExpected, severities } from '../../kit/index.js';
import type { Draft } from './draft.js';

export type Stored = Finding & { readonly id: number };

export interface Findings {
  put(finding: Finding): Promise<Stored>;
  /** The newest of this kind, source and quantity. */
  newest(like: Finding): Promise<Finding | undefined>;
}

/** One finding that goes on: what was last said of it, and the writing of it. */
interface Open {
  finding: Finding;
  /** Under way. */
  writing: Promise<unknown>;
  /** Waits for the one under way, and then writes what is known by then. */
  next?: Promise<Stored> | undefined;
}

const maxOpen = 1000;

/**
 * Joins what follows within `gap` into one finding that grows, instead of one per message. Messages that arrive while one
 * is being written share the next write, and all resolve after it.
 */
export class Joining {
  readonly #findings: Findings;
  readonly #gap: number;
  readonly #open = new Map<string, Open>();
  #turn: Promise<unknown> = Promise.resolve();

  /** @param gap ms between two messages of one finding */
  constructor(findings: Findings, gap: number) {
    this.#findings = findings;
    this.#gap = gap;
  }

  async record({ finding, whole }: Draft): Promise<Stored> {
    if (whole) return this.#findings.put(finding);
    // one after the other, so that two messages at once don't both begin a finding
    const assigned = this.#turn.then(() => this.#assign(finding));
    this.#turn = assigned.catch(() => undefined);
    return this.#write(await assigned);
  }

  async #assign(finding: Finding): Promise<Open> {
    const key = `${finding.kind}\n${finding.source}\n${finding.quantity}`;
    const known = this.#open.get(key);
    const before = known?.finding ?? (await this.#findings.newest(finding));
    const goesOn = before !== undefined && this.#continues(before, finding);
    const open: Open = known && goesOn ? known : { finding: goesOn ? before : finding, writing: Promise.resolve() };
    if (goesOn) open.finding = joined(before, finding);
    this.#open.delete(key);
    this.#open.set(key, open);
    const oldest = this.#open.keys().next().value;
    if (this.#open.size > maxOpen && oldest !== undefined) this.#open.delete(oldest);
    return open;
  }

  #continues(before: Finding, { since }: Finding): boolean {
    const end = before.until ?? before.since;
    return since >= before.since && since - end <= this.#gap;
  }

  #write(open: Open): Promise<Stored> {
    open.next ??= open.writing
      .catch(() => undefined)
      .then(() => {
        open.next = undefined;
        const writing = this.#findings.put(open.finding);
        open.writing = writing;
        return writing;
      });
    return open.next;
  }
}

/** It keeps its beginning; the worse of both speaks for it. */
function joined(before: Finding, after: Finding): Finding {
  const worse = rank(after) > rank(before) || (rank(after) === rank(before) && distance(after) > distance(before));
  const { severity, score, threshold, reasons } = worse ? after : before;
  const evidence = [...new Set([...before.evidence, ...after.evidence])].slice(0, 50);
  const until = Math.max(before.until ?? before.since, after.until ?? after.since);
  const expected = thinned([...(before.expected ?? []), ...(after.expected ?? [])]);
  return {
    ...before,
    ...{ severity, score, threshold, reasons, evidence, until },
    ...(expected.length > 0 ? { expected } : {}),
  };
}

/** By time, and as much of it as a finding may hold, both ends kept. */
function thinned(all: readonly Expected[]): Expected[] {
  const points = [...new Map(all.map((point) => [point.time, point])).values()].sort((a, b) => a.time - b.time);
  const step = Math.max(1, (points.length - 1) / (maxExpected - 1));
  const count = Math.min(points.length, maxExpected);
  return Array.from({ length: count }, (_, at) => points[Math.round(at * step)] as Expected);
}

function rank({ severity }: Finding): number {
  return severities.indexOf(severity);
}

function distance({ score, threshold }: Finding): number {
  return Math.abs(score - threshold);
}
