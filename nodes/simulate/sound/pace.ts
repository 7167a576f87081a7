import { type Condition, conditions } from './conditions.js';
import type { Geometry } from './geometry.js';
import { Random, Wander } from './random.js';
import type { Tick } from './tick.js';

/** What a machine is asked to do. */
export interface Drive {
  /** Hz of the shaft, as it would turn without the condition. */
  readonly shaft: number;
  /** 0 to 1 */
  readonly load: number;
  readonly condition: Condition;
  /** 0 to 1: from nothing, over what is barely heard, to what nobody misses. */
  readonly severity: number;
  /** dB of the room under the machine's own level at full load: -40 is quiet, 0 as loud. */
  readonly noise: number;
  /** What else is wrong with it; it is heard as well, but holds no rotor. */
  readonly also?: readonly Ailment[];
  /** False: the shaft runs down without a motor. By default it is under voltage while it turns. */
  readonly powered?: boolean;
}

export interface Ailment {
  readonly condition: Condition;
  readonly severity: number;
}

/** s; how fast what is asked for comes about: mass is slower than a fault that is set. */
const [mass, ease] = [0.4, 0.12];
/** dB between what is barely there and the whole. */
const span = 12;
/** Share of its severity from which a rotor is held altogether. */
const held = 0.25;

/** Amplitude of what a condition adds, from 0 at severity 0 to 1. */
export function amountOf(severity: number): number {
  const share = Math.min(1, Math.max(0, severity));
  return share * 10 ** ((span * (share - 1)) / 20);
}

/** Follows what is asked for without a jump, tick by tick, and turns the shaft. Begins in what is asked for first. */
export class Pace {
  readonly #rate: number;
  readonly #samples: number;
  readonly #rated: number;
  readonly #tick: { -readonly [K in keyof Tick]: Tick[K] } & { amount: Record<Condition, number> };
  readonly #wander: readonly Wander[];
  readonly #unsteady: readonly number[];
  readonly #slow: number;
  readonly #fast: number;
  #shaft = 0;
  #begun = false;
  #level = 0;

  /** @param samples in a tick */
  constructor(seed: number, { rated }: Geometry, rate: number, samples: number) {
    const random = new Random(seed, 2);
    const step = samples / rate;
    this.#rate = rate;
    this.#samples = samples;
    this.#rated = rated;
    // the mains, the load, and the eye of the controller
    this.#wander = [2, 0.3].map((constant) => new Wander(random, constant, step));
    this.#unsteady = [random.between(0.0005, 0.002), random.between(0.0003, 0.001)];
    this.#slow = 1 - Math.exp(-step / mass);
    this.#fast = 1 - Math.exp(-step / ease);
    const amount = Object.fromEntries(conditions.map((condition) => [condition, 0])) as Record<Condition, number>;
    const begin = random.uniform();
    this.#tick = { samples, rate, from: begin, to: begin, time: 0, shaft: 0, speed: 0, load: 0, powered: 1, amount };
  }

  /** Amplitude of the room, 1 being the machine's own at full load. */
  get room(): number {
    return this.#level;
  }

  next(drive: Drive): Tick {
    const { shaft, load, condition, severity, noise, powered = shaft > 0 || condition === 'stall' } = drive;
    const tick = this.#tick;
    const [slow, fast] = this.#begun ? [this.#slow, this.#fast] : [1, 1];
    const off = condition === 'off';
    const turning = off ? 0 : condition === 'stall' ? Math.max(0, 1 - severity / held) : 1;
    tick.time += this.#begun ? this.#samples / this.#rate : 0;
    this.#begun = true;

    this.#shaft = toward(this.#shaft, Math.max(0, shaft) * turning, slow, 0.02);
    tick.load = toward(tick.load, Math.min(1.2, Math.max(0, load)), fast, 1e-4);
    tick.powered = toward(tick.powered, powered && !off ? 1 : 0, fast, 1e-4);
    this.#level = toward(this.#level, 10 ** (noise / 20), fast, 0);
    for (const one of conditions) {
      const before = tick.amount[one];
      const goal = one === 'normal' ? 0 : goalOf(one, drive);
      if (before !== goal) tick.amount[one] = toward(before, goal, fast, 1e-4);
    }

    const unsteady = this.#wander.reduce((sum, wander, i) => sum + wander.next() * (this.#unsteady[i] as number), 0);
    // what binds once a turn slows the shaft there
    const binding = 0.004 * (tick.amount.rub + tick.amount.misalignment) * Math.cos(2 * Math.PI * tick.to);
    const slipping = 0.01 * tick.amount['belt-slip'] * (1 + (this.#wander[1]?.value ?? 0));
    tick.shaft = this.#shaft * Math.max(0.5, 1 + unsteady + binding - slipping);
    tick.speed = tick.shaft / this.#rated;
    tick.from = tick.to;
    tick.to += (tick.shaft * this.#samples) / this.#rate;
    return tick;
  }
}

function goalOf(one: Condition, { condition, severity, also }: Drive): number {
  let most = one === condition ? severity : 0;
  if (also) for (const other of also) if (other.condition === one) most = Math.max(most, other.severity);
  if (most === 0 && condition !== 'off') return 0;
  return one === 'off' && one === condition ? 1 : amountOf(most);
}

function toward(value: number, goal: number, share: number, least: number): number {
  const next = value + (goal - value) * share;
  return Math.abs(next - goal) <= least ? goal : next;
}
