import {
  type Band,
  type ChannelVerdict,
  type Comparison,
  comparisons,
  type FindingLike,
  type SensorFinding,
} from './contract.js';
import type { ChannelModel, SourceModel } from './model.js';
import type { Together } from './together.js';

const week = 7 * 86_400_000;
/** Fewest rows that one false alarm may be asked for. */
const leastRows = 100;
/** Rows without anything after which an episode is over. */
export const pause = 30;
/** Rows after which what lasts is learnt from all the same. */
const patience = 1000;
/** Beyond this nothing is a measurement: squares and sums of such numbers stay finite. */
const largest = 1e30;
/** Rows that a false alarm takes, measured on noise: chance that makes one row rare makes its neighbours rare, too. */
const runs = { evidence: 2, level: 4 };

/** One of the ways in which a row can stand out. */
interface Trigger {
  readonly index: number;
  readonly score: number;
  readonly threshold: number;
  readonly compared: Comparison;
  /** UTC ms; NaN: with this row. */
  readonly since: number;
}

interface Look {
  readonly channels: readonly ChannelVerdict[];
  /** What began or ended with this row. */
  readonly row: readonly SensorFinding[];
}

/**
 * Decides whether a row is an outlier: a channel has too much evidence against it, has left its level, or the channels
 * don't go together. One episode at a time, so one finding an event.
 */
export class OutlierJudge {
  readonly #model: SourceModel;
  readonly #names: readonly string[];
  readonly #warmUp: number;
  readonly #falseAlarmsPerWeek: number;
  readonly #levels: Float64Array;
  /** Whether the last row stood out. */
  active = false;

  constructor(
    model: SourceModel,
    names: readonly string[],
    { falseAlarmsPerWeek, warmUp }: { falseAlarmsPerWeek: number; warmUp: number },
  ) {
    this.#model = model;
    this.#names = names;
    this.#warmUp = warmUp;
    this.#falseAlarmsPerWeek = falseAlarmsPerWeek;
    this.#levels = new Float64Array(names.length);
  }

  /** How rare one look at one row has to be for as many false alarms as were asked for, in decades. */
  get decades(): number {
    return this.rare(1);
  }

  /** The same where false alarms come in runs of so many rows. */
  rare(run: number): number {
    const { rhythm, channels, together } = this.#model;
    const rows = Math.max(leastRows, week / this.#falseAlarmsPerWeek / (rhythm.usual.value || 1));
    // evidence, level and creeping of each channel
    const looks = 3 * channels.length + (together ? 1 : 0);
    return Math.log10((rows * looks) / run);
  }

  look(values: readonly number[], time: number): Look {
    const { channels, together } = this.#model;
    const warmUp = this.#warmUp;
    const rare = { evidence: this.rare(runs.evidence), level: this.rare(runs.level) };
    const limitOf = ({ channel }: ChannelModel): number =>
      channel.level.home > warmUp ? channel.tolerance * channel.level.limit(rare.level) : Number.POSITIVE_INFINITY;
    const triggers: Trigger[] = [];
    const verdicts = channels.map((own, index): ChannelVerdict => {
      const { channel } = own;
      const value = values[index];
      const usual = channel.level.rows > warmUp ? channel.scoreTail.level(rare.evidence) : Number.POSITIVE_INFINITY;
      const threshold = usual * channel.habit.limit(time);
      if (value === undefined || !(Math.abs(value) < largest)) return { score: 0, threshold, expected: undefined };
      const expected = channel.expected(time);
      channel.measure(value, time);
      channel.rhythm.learn(time);
      if (channel.level.rows === 0) return { score: 0, threshold, expected };
      const { score, compared } = channel;
      if (this.#fresh) channel.habit.notice(score / usual);
      if (score >= threshold) triggers.push({ index, score, threshold, compared, since: time });
      const limit = limitOf(own);
      this.#learn(own, channel.value, limit);
      if (channel.level.away > 0) {
        const [score, since] = [Math.abs(channel.departure), channel.level.since];
        triggers.push({ index, score, threshold: limit, compared: 'level', since });
      }
      return { score, threshold, expected };
    });
    if (together) this.#lookTogether(together, triggers, time, rare.level);
    const row = this.#follow(triggers, values, verdicts, time);
    return { channels: verdicts, row };
  }

  /** A reading that is missing is taken to be where the last ones were, until its channel is silent. */
  #lookTogether(together: Together, triggers: Trigger[], time: number, decades: number): void {
    const { rows, channels, outlier } = this.#model;
    if (channels.some(({ channel: { rhythm } }) => rhythm.isSilent(time))) return;
    for (const [i, { channel }] of channels.entries()) this.#levels[i] = channel.level.now;
    const score = together.measure(this.#levels, time, decades);
    const usual = rows > this.#warmUp ? together.limit(decades) : Number.POSITIVE_INFINITY;
    const threshold = usual * together.habit.limit(time);
    if (this.#fresh) together.habit.notice(score / usual);
    const { leading: index, since } = together;
    together.farthest = Math.max(outlier.open ? together.farthest : 0, (together.tolerance * score) / usual);
    if (score >= threshold) triggers.push({ index, score, threshold, compared: 'channels', since });
    // what has left its level says nothing about how levels usually go together
    if (triggers.length === 0 || this.#long) together.learn(this.#levels);
    else together.drop();
  }

  /** A row that is not looked at still came. */
  pass(values: readonly number[], time: number): void {
    for (const [i, { channel }] of this.#model.channels.entries()) {
      if (Number.isFinite(values[i])) channel.rhythm.learn(time);
    }
  }

  /** See `Detector.feedback`. */
  allow({ kind, channel, score, threshold, compared }: FindingLike): void {
    const { channels, rhythm, outlier, together } = this.#model;
    const times = threshold > 0 && Number.isFinite(score) ? Math.max(1, score / threshold) : 1;
    const about = compared ?? comparisons[outlier.compared];
    if (kind === 'outlier' && about === 'channels') together?.allow(times);
    for (const [i, own] of channels.entries()) {
      if (channel !== '' && channel !== this.#names[i]) continue;
      if (kind === 'outlier') own.channel.allow(compared === 'level' ? times : 0);
      if (kind === 'stuck') own.channel.stuck.settle();
      if (kind === 'quantised') own.channel.resolution.settle();
      if (kind === 'silent') own.channel.rhythm.allow(score);
    }
    if (kind === 'drift') for (const own of channels) own.channel.drift.settle();
    if (kind === 'silent' && (channel === '' || channels.length === 1)) rhythm.allow(score);
    if (kind === 'outlier') outlier.quiet = pause;
  }

  /** What lasts says nothing about what comes at that time of the day. */
  get #fresh(): boolean {
    const { open, rows } = this.#model.outlier;
    return !open || rows < pause;
  }

  get #long(): boolean {
    return this.#model.outlier.rows > patience;
  }

  #learn({ channel }: ChannelModel, value: number, limit: number): void {
    channel.fade();
    channel.level.learn(value, channel.departure, limit);
    channel.learn();
  }

  /** A channel that the others tell on may have no reading now. */
  #seen(index: number, values: readonly number[]): number {
    const value = values[index];
    return Number.isFinite(value) ? (value as number) : (this.#model.channels[index] as ChannelModel).channel.value;
  }

  #note(triggers: readonly Trigger[], first: boolean): void {
    const { channels, outlier } = this.#model;
    const indexes = new Set(triggers.map(({ index }) => index));
    if (!first) indexes.add(outlier.channel);
    for (const index of indexes) {
      const { channel } = channels[index] as ChannelModel;
      channel.note(first, channel.level.limit(this.rare(runs.level)));
    }
  }

  #follow(
    triggers: readonly Trigger[],
    values: readonly number[],
    verdicts: readonly ChannelVerdict[],
    time: number,
  ): SensorFinding[] {
    const { outlier } = this.#model;
    this.active = triggers.length > 0;
    const [first] = triggers.toSorted((a, b) => b.score / b.threshold - a.score / a.threshold);
    if (outlier.open) {
      outlier.rows++;
      outlier.quiet = first ? 0 : outlier.quiet + 1;
      for (const { index } of triggers) outlier.join(index);
      this.#note(triggers, false);
      if (outlier.quiet <= pause) return [];
      const finding = outlier.finding('outlier', this.#names, time);
      outlier.end(time);
      return [finding];
    }
    if (!first) return [];
    const { index, score, threshold, compared } = first;
    this.#note(triggers, true);
    const seen = this.#seen(index, values);
    const expected = verdicts[index]?.expected ?? { low: seen, high: seen };
    const since = Math.min(time, ...triggers.map((trigger) => trigger.since).filter(Number.isFinite));
    outlier.begin(index, { since, score, threshold, amount: amountOf(seen, expected), seen, expected, compared });
    for (const trigger of triggers) outlier.join(trigger.index);
    return [outlier.finding('outlier', this.#names)];
  }
}

/** Distance from the middle of the band in halves of its width. */
function amountOf(seen: number, { low, high }: Band): number {
  const half = (high - low) / 2;
  return half > 0 ? (seen - (low + high) / 2) / half : 0;
}
