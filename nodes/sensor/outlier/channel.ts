import { Activity } from './activity.js';
import type { Band, Comparison } from './contract.js';
import { Drift } from './drift.js';
import { Extreme } from './extreme.js';
import { Habit } from './habit.js';
import { Level } from './level.js';
import { Novelty } from './novelty.js';
import { PartOfDay } from './part-of-day.js';
import { Resolution } from './resolution.js';
import { Rhythm } from './rhythm.js';
import { logRatio, MeanDistance } from './scale.js';
import { Seasonal } from './seasonal.js';
import { fading, memory, type Statistic } from './statistic.js';
import { Step } from './step.js';
import { Stuck } from './stuck.js';
import { evidence, relative, Tail } from './tail.js';

/** Rows that evidence is gathered over: a little for many rows is as telling as much for one. */
const gathering = 40;
/** Part of what is usual under which two distances are the same. */
const resolution = 1e-3;
/** Times the mean distance within which nearly all rows lie: three standard deviations and a bit of a Gaussian. */
const nearlyAll = 4;
/** Rows before a band means anything. */
const few = 20;
/** Times the mean distance from the middle beyond which all is alike. */
const farthest = 1e4;
/** Times what was fine that is fine from then on. */
const margin = 1.5;

interface View {
  readonly compared: Comparison;
  readonly statistic: Statistic;
  /** Whether its distances are in the channel's own unit; otherwise they are ratios. */
  readonly valued: boolean;
  readonly usual: MeanDistance;
  readonly tail: Tail;
}

/** One number of a source: several ways of looking at it, each turned into how rare what it sees is. */
export class Channel {
  readonly #extreme = new Extreme();
  readonly #daily = new Seasonal();
  views: readonly View[] = [
    view('time-of-day', this.#daily, true),
    view('part-of-day', new PartOfDay(), true),
    view('row-before', new Step(this.#daily), true),
    view('stretches-8', new Novelty(1), true),
    view('stretches-32', new Novelty(4), true),
    view('stretches-128', new Novelty(16), true),
    view('stretches-512', new Novelty(64), true),
    view('middle', this.#extreme, false),
    view('activity', new Activity(), false),
  ];
  level = new Level();
  stuck = new Stuck();
  resolution = new Resolution();
  drift = new Drift();
  rhythm = new Rhythm();
  start = new Float64Array(5);
  started = 0;
  gathered = 0;
  gatheredTail = new Tail(evidence);
  scoreTail = new Tail(evidence);
  habit = new Habit();
  /** Mean distance of a row from the level before it. */
  noise = new MeanDistance(memory);
  /** Decades that each view showed at most during the last episode; the last is what was gathered. */
  peaks = new Float64Array(this.views.length + 1);
  /** Times the limit that its level went at most meanwhile. */
  farthest = 0;
  /** Decades that feedback takes off each of them, and how many times further it lets the level go. */
  allowed = new Float64Array(this.views.length + 1);
  tolerance = 1;
  value = Number.NaN;
  /** In decades: before and after what feedback takes off. */
  evidence = 0;
  score = 0;
  departure = 0;
  leading = 0;
  /** What the time of the day of the last row is usually like. */
  #usual: number | undefined;
  readonly #distances = new Float64Array(this.views.length);
  readonly #surprises = new Float64Array(this.views.length + 1);

  /** Whether enough rows have come to know roughly where the values lie. */
  get begun(): boolean {
    return this.started === this.start.length;
  }

  /** The very first row may be a glitch, and nothing is known yet to tell it by: the median of five is none. */
  #begin(value: number): void {
    this.start[this.started++] = value;
    if (this.begun) this.#extreme.middle = this.start.toSorted()[this.start.length >> 1] as number;
  }

  /** A glitch of a billion would blind every mean for good: this is as far as anyone looks. */
  #within(value: number): number {
    const { middle, spread } = this.#extreme;
    if (spread.count < few || spread.value === 0) return value;
    const most = farthest * spread.value;
    return Math.min(middle + most, Math.max(middle - most, value));
  }

  /** Looks at a row: `score` is the evidence against its being usual, in decades; `departure` how far its level is away. */
  measure(seen: number, time: number): void {
    if (!this.begun) {
      this.#begin(seen);
      return;
    }
    const spread = this.#extreme.spread.value;
    const value = this.#within(seen);
    this.value = value;
    let sum = 0;
    let counted = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (const [i, { statistic, valued, usual, tail }] of this.views.entries()) {
      const distance = statistic.measure(value, time);
      this.#distances[i] = distance ?? Number.NaN;
      const known = distance !== undefined && usual.count > 0;
      const surprise = known ? tail.surprise(logRatio(distance, usual.value, resolution * (valued ? spread : 1))) : 0;
      sum += surprise;
      counted += this.#counted(i, surprise);
      if (surprise <= most) continue;
      most = surprise;
      this.leading = i;
    }
    this.gathered += (sum - this.gathered) / gathering;
    // adding up surprises is Fisher's way (1925); what was gathered lately is one more of them
    const lately = this.gatheredTail.surprise(this.gathered);
    this.evidence = sum + lately;
    this.score = counted + this.#counted(this.views.length, lately);
    this.#usual = this.#daily.expected(time);
    this.departure = this.level.measure(value, time, resolution * spread, this.#usual);
  }

  /** Takes the row that was measured last for a usual one. */
  learn(): void {
    const spread = this.#extreme.spread.value;
    for (const [i, { statistic, valued, usual, tail }] of this.views.entries()) {
      const distance = this.#distances[i] as number;
      if (!Number.isNaN(distance)) {
        if (usual.count > 0) tail.learn(logRatio(distance, usual.value, resolution * (valued ? spread : 1)));
        usual.learn(distance);
      }
      statistic.learn();
    }
    if (this.level.rows > 1) this.noise.learn(Math.abs(this.value - this.level.now));
    this.gatheredTail.learn(this.gathered);
    this.scoreTail.learn(this.evidence);
  }

  /** Looks for creeping. @param decades how rare it has to be */
  creep(value: number, time: number, decades: number): void {
    this.drift.learn(value, time, decades, this.#usual);
  }

  /** The next row doesn't continue the last one. */
  resume(): void {
    for (const { statistic } of this.views) statistic.resume?.();
    this.gathered = 0;
  }

  /** Lets go, slowly, of what feedback allowed. */
  fade(): void {
    for (let i = 0; i < this.allowed.length; i++) this.allowed[i] = (this.allowed[i] as number) * fading;
    this.tolerance = 1 + (this.tolerance - 1) * fading;
  }

  get compared(): Comparison {
    return (this.views[this.leading] as View).compared;
  }

  /**
   * Notes what an episode shows, for feedback.
   * @param first whether it begins with this row
   * @param limit of the level, without tolerance
   */
  note(first: boolean, limit: number): void {
    if (first) this.peaks.fill(0);
    if (first) this.farthest = 0;
    for (const [i, surprise] of this.#surprises.entries()) {
      this.peaks[i] = Math.max(this.peaks[i] as number, surprise);
    }
    this.farthest = Math.max(this.farthest, Math.abs(this.departure) / limit);
  }

  /** What the last episode showed is fine. @param times how many limits away the level was, as far as the finding tells */
  allow(times: number): void {
    for (const [i, peak] of this.peaks.entries()) this.allowed[i] = Math.max(this.allowed[i] as number, peak);
    this.tolerance = Math.max(this.tolerance, margin * Math.max(times, this.farthest));
    this.level.settle();
  }

  /** Where nearly all values of that time would lie: around what the time of the day is like, if that tells more. */
  expected(time: number): Band | undefined {
    if (this.noise.count < few) return undefined;
    const { usual } = this.views[0] as View;
    const daily = this.#daily.expected(time);
    const better = daily !== undefined && usual.count >= few && usual.value < this.noise.value;
    const [middle, width] = better ? [daily, usual.value] : [this.level.now, this.noise.value];
    return { low: middle - nearlyAll * width, high: middle + nearlyAll * width };
  }

  #counted(i: number, surprise: number): number {
    this.#surprises[i] = surprise;
    return Math.max(0, surprise - (this.allowed[i] as number));
  }
}

function view(compared: Comparison, statistic: Statistic, valued: boolean): View {
  return { compared, statistic, valued, usual: new MeanDistance(memory), tail: new Tail(relative) };
}
