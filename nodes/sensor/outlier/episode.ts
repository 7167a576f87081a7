import { type Comparison, comparisons, type Kind, type SensorFinding } from './contract.js';

/** Times the threshold from which a finding is critical. */
const critical = 2;

export type Told = Omit<SensorFinding, 'kind' | 'channel' | 'severity' | 'until'>;

/** A finding while it lasts, in numbers only, so that it outlives a restart. */
export class Episode {
  /** NaN while nothing is the matter. */
  since = Number.NaN;
  channel = 0;
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

  get open(): boolean {
    return !Number.isNaN(this.since);
  }

  begin(channel: number, { since, score, threshold, amount, seen, expected, compared }: Told): void {
    this.since = since;
    this.channel = channel;
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

  end(): void {
    this.since = Number.NaN;
  }

  /** @param names of the channels; a channel beyond them is the whole source */
  finding(kind: Kind, names: readonly string[], until?: number): SensorFinding {
    const { since, score, threshold, amount, seen, low, high } = this;
    return {
      kind,
      channel: names[this.channel] ?? '',
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
