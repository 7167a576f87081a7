import { type Comparison, comparisons, type Kind, type SensorFinding } from './contract.js';

/** Times the threshold from which a finding is critical. */
const critical = 2;
/** Channels that a number has bits for. */
const told = 31;

export type Told = Omit<SensorFinding, 'kind' | 'channel' | 'others' | 'severity' | 'until'>;

/** A finding while it lasts, in numbers only, so that it outlives a restart. */
export class Episode {
  /** NaN while nothing is the matter. */
  since = Number.NaN;
  channel = 0;
  /** A bit for each channel that stood out. */
  seenIn = 0;
  score = 0;
  threshold = 0;
  amount = 0;
  seen = 0;
  low = 0;
  high = 0;
  compared = 0;
  /** Rows since it began, and since it was last seen. */
  rows = 0;
  quiet = 0;
  /** When the last one ended: this one began later. */
  ended = Number.NEGATIVE_INFINITY;

  get open(): boolean {
    return !Number.isNaN(this.since);
  }

  begin(channel: number, { since, score, threshold, amount, seen, expected, compared }: Told): void {
    this.since = Math.max(since, this.ended);
    this.channel = channel;
    this.seenIn = 0;
    this.score = score;
    this.threshold = threshold;
    this.amount = amount;
    this.seen = seen;
    this.low = expected.low;
    this.high = expected.high;
    this.compared = comparisons.indexOf(compared);
    this.rows = 0;
    this.quiet = 0;
  }

  /** Another channel stands out, too; of very many only the first are told. */
  join(channel: number): void {
    if (channel < told) this.seenIn |= 1 << channel;
  }

  end(time: number): void {
    this.ended = time;
    this.since = Number.NaN;
  }

  /** @param names of the channels; a channel beyond them is the whole source */
  finding(kind: Kind, names: readonly string[], until?: number): SensorFinding {
    const { since, score, threshold, amount, seen, low, high } = this;
    return {
      kind,
      channel: names[this.channel] ?? '',
      others: names.filter((_, i) => i !== this.channel && i < told && (this.seenIn >> i) & 1),
      score,
      threshold,
      severity: severityOf(kind, score, threshold),
      amount,
      seen,
      expected: { low, high },
      compared: comparisons[this.compared] as Comparison,
      since,
      ...(until === undefined ? {} : { until }),
    };
  }
}

function severityOf(kind: Kind, score: number, threshold: number): SensorFinding['severity'] {
  if (kind === 'quantised' || kind === 'drift') return 'notice';
  return score >= critical * threshold ? 'critical' : 'warning';
}
