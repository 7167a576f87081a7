import { uptime } from 'node:os';
import type { Answer } from '../decode/clock-wire.js';
import type { MeasuredClock } from '../decode/envelope.js';

interface Sample {
  /** far − here, ms */
  readonly offset: number;
  /** Of the whole round trip without the time at the far side, ms. */
  readonly delay: number;
  /** By the steady clock. */
  readonly taken: number;
  readonly at: number;
}

const samplesKept = 8;
/** How fast two clocks may drift apart: a quartz without correction. */
const drift = 50e-6;
/** Both ends tell time in whole milliseconds. */
const resolution = 1;

/** Two clocks of this box: the one that people set, and one that only runs. ms. */
export interface Clocks {
  wall(): number;
  steady(): number;
}

export const boxClocks: Clocks = {
  wall: Date.now,
  // unlike the process's own it runs on while the box sleeps
  steady: () => uptime() * 1000,
};

/**
 * The offset of a far clock by four times (RFC 5905, 8 and 10): of the last eight exchanges the one counts whose delay, and
 * what may have drifted since, leave the least in doubt.
 */
export class FarClock {
  readonly #wall: () => number;
  readonly #steady: () => number;
  readonly #open = new Map<number, { readonly wall: number; readonly steady: number }>();
  #samples: Sample[] = [];
  #n = 0;

  /** @param steady finer than a question takes; need not run while the box sleeps */
  constructor(wall: () => number = Date.now, steady: () => number = () => performance.now()) {
    this.#wall = wall;
    this.#steady = steady;
  }

  /** @returns the number of the question that is sent now */
  ask(): number {
    const n = ++this.#n;
    this.#open.set(n, { wall: this.#wall(), steady: this.#steady() });
    this.#open.delete(n - samplesKept);
    return n;
  }

  /** @returns what is known of the far clock now; nothing new from an answer to no open question */
  answered({ n, t2, t3 }: Answer): MeasuredClock | undefined {
    const asked = this.#open.get(n);
    if (!asked) return undefined;
    this.#open.delete(n);
    const steady = this.#steady();
    const [t1, t4] = [asked.wall, asked.wall + (steady - asked.steady)];
    const delay = t4 - t1 - (t3 - t2);
    if (delay < -resolution) return undefined;
    const sample = { offset: (t2 - t1 + (t3 - t4)) / 2, delay: Math.max(0, delay), taken: steady, at: t4 };
    this.#samples = [...this.#samples, sample].slice(-samplesKept);
    return this.#best(steady);
  }

  /** After the clock was set: what was measured before holds no more. */
  forget(): void {
    this.#open.clear();
    this.#samples = [];
  }

  #best(now: number): MeasuredClock | undefined {
    const doubt = ({ delay, taken }: Sample): number => delay / 2 + (now - taken) * drift + resolution;
    const [first, ...others] = this.#samples;
    if (!first) return undefined;
    const best = others.reduce((one, other) => (doubt(other) <= doubt(one) ? other : one), first);
    const rounded = (ms: number): number => Math.round(ms * 10) / 10;
    return { offset: rounded(best.offset), uncertainty: rounded(doubt(best)), at: Math.round(best.at) };
  }
}

/** Slower changes are a clock being corrected, not set. */
const leastStep = 500;

/** Notices when the clock of this box is set, as when the first network after days brings the time along. */
export class StepWatch {
  readonly #clocks: Clocks;
  #difference: number;

  constructor(clocks: Clocks = boxClocks) {
    this.#clocks = clocks;
    this.#difference = this.#now();
  }

  /** @returns by how much it was set since the last look, ms; 0 when it was not */
  look(): number {
    const difference = this.#now();
    const step = difference - this.#difference;
    this.#difference = difference;
    return Math.abs(step) >= leastStep ? step : 0;
  }

  #now(): number {
    return this.#clocks.wall() - this.#clocks.steady();
  }
}
