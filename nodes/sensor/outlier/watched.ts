import type { Finding } from '../../kit/index.js';
import type { DetectorOptions, Kind, SensorFinding, Verdict } from './contract.js';
import { createDetector, type Detector } from './detector.js';
import { reasonsOf } from './reasons.js';
import type { SourceRow } from './rows.js';
import { Trail } from './trail.js';

export interface Judged {
  readonly verdict: Verdict;
  /** What began, what ended, and from time to time what lasts. */
  readonly findings: readonly Finding[];
}

interface Open {
  readonly finding: SensorFinding;
  rows: number;
  /** Rows after which it is told again, with what was expected meanwhile. */
  again: number;
}

const firstAgain = 16;

/** A detector and what makes its findings readable: units, words, and where the values were expected. */
export class Watched {
  readonly #source: string;
  readonly #names: readonly string[];
  readonly #detector: Detector;
  readonly #trails: readonly Trail[];
  readonly #open = new Map<string, Open>();

  /**
   * @param state of a detector of the same names
   * @throws PerceptError `outlier-state-newer`, `outlier-state-broken`
   */
  constructor(source: string, options: DetectorOptions, state?: Uint8Array) {
    this.#source = source;
    this.#names = options.channels;
    this.#detector = createDetector(options);
    if (state) this.#detector.restore(state);
    this.#trails = this.#names.map(() => new Trail());
  }

  /** @param unitOf the unit of a quantity as its readings give it */
  judge({ time, values }: SourceRow, excluded: boolean, unitOf: UnitOf): Judged {
    const row = this.#names.map((name) => values.get(name) ?? Number.NaN);
    const verdict = this.#detector.update({ time, values: row, excluded });
    for (const [i, { expected }] of verdict.channels.entries()) if (expected) this.#trails[i]?.add(time, expected);
    return { verdict, findings: [...this.#told(verdict.findings, unitOf), ...this.#lasting(unitOf)] };
  }

  /** @param now on the clock of the source */
  silence(now: number, unitOf: UnitOf): Finding[] {
    return this.#told(this.#detector.tick(now), unitOf);
  }

  feedback({ kind, quantity, score, threshold }: Finding): void {
    this.#detector.feedback({ kind: kind as Kind, channel: quantity, score, threshold });
  }

  save(): Uint8Array {
    return this.#detector.save();
  }

  #told(findings: readonly SensorFinding[], unitOf: UnitOf): Finding[] {
    return findings.map((finding) => {
      const key = `${finding.kind}\n${finding.channel}`;
      const trail = this.#trailOf(finding);
      const told = this.#finding(finding, unitOf);
      if (finding.until !== undefined) {
        if (this.#open.delete(key)) trail?.release();
      } else if (!this.#open.has(key)) {
        this.#open.set(key, { finding, rows: 0, again: firstAgain });
        trail?.hold();
      }
      return told;
    });
  }

  #lasting(unitOf: UnitOf): Finding[] {
    const told: Finding[] = [];
    for (const open of this.#open.values()) {
      open.rows++;
      if (open.rows < open.again) continue;
      open.again *= 2;
      told.push(this.#finding(open.finding, unitOf));
    }
    return told;
  }

  #finding(finding: SensorFinding, unitOf: UnitOf): Finding {
    const { kind, channel, score, threshold, severity, since, until } = finding;
    const expected = this.#trailOf(finding)?.points ?? [];
    return {
      ...{ kind, source: this.#source, quantity: channel, score, threshold, severity, since },
      ...(until === undefined ? {} : { until }),
      reasons: reasonsOf(finding, { unit: unitOf(channel) }),
      evidence: [],
      ...(expected.length > 0 ? { expected: [...expected] } : {}),
    };
  }

  /** Only what is about values is compared with where they were expected. */
  #trailOf({ kind, channel }: SensorFinding): Trail | undefined {
    return kind === 'outlier' || kind === 'drift' ? this.#trails[this.#names.indexOf(channel)] : undefined;
  }
}

export type UnitOf = (quantity: string) => string;
