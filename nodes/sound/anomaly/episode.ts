import type { Rule } from '../normal/alarm.js';

export type Change = 'begins' | 'worse' | 'ends';

/** Bucket keys that a finding may carry. */
const mostEvidence = 50;

/** A stretch as it was judged. */
export interface Judged {
  readonly score: number;
  /** From here on nobody should wait. */
  readonly critical: boolean;
  /** ms UTC */
  readonly time: number;
  readonly end: number;
  /** Bucket keys of the recordings that it is of, as far as they are known. */
  readonly recordings: readonly string[];
}

/** Something strange, from the first stretch that spoke for it to the last. */
export class Episode {
  /** ms UTC; of the first stretch since which more has spoken for it than against. */
  since = 0;
  until = 0;
  open = false;
  critical = false;
  score = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #quiet = 0;
  readonly #evidence = new Set<string>();

  /** Whether anything at all speaks for it. */
  get suspicious(): boolean {
    return this.open || this.#sum > 0;
  }

  /** Of the strange stretches, the first ones. */
  get evidence(): string[] {
    return [...this.#evidence];
  }

  step(judged: Judged, rule: Rule): Change | undefined {
    const evidence = rule.evidence(judged.score);
    if (!this.open && this.#sum <= 0) this.#anew(judged.time);
    this.#sum = Math.max(0, this.#sum) + evidence;
    return evidence > 0 ? this.#more(judged, rule) : this.#less(rule);
  }

  #anew(time: number): void {
    this.since = time;
    this.score = Number.NEGATIVE_INFINITY;
    this.critical = false;
    this.#evidence.clear();
  }

  #more({ score, critical, end, recordings }: Judged, { threshold, limit }: Rule): Change | undefined {
    this.#quiet = 0;
    this.until = end;
    this.score = Math.max(this.score, score);
    if (score > threshold)
      for (const key of recordings) if (this.#evidence.size < mostEvidence) this.#evidence.add(key);
    const worse = critical && !this.critical;
    this.critical ||= critical;
    if (this.open) return worse ? 'worse' : undefined;
    // sums of fractions come a little short
    if (this.#sum < limit - 1e-9 || this.score <= threshold) return undefined;
    this.open = true;
    return 'begins';
  }

  #less({ quiet }: Rule): Change | undefined {
    if (!this.open) return undefined;
    this.#quiet++;
    if (this.#quiet < quiet) return undefined;
    this.open = false;
    this.#quiet = 0;
    this.#sum = 0;
    return 'ends';
  }
}
