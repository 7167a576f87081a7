import type { Exercise } from './exercise.js';
import { type Kind, makes, type Quantity, quantitiesOf, type Scale } from './kinds.js';
import { Lag } from './lag.js';
import { type Noise, noiseSource, seedOf } from './noise.js';
import { faulty } from './sensor.js';
import { type Conditions, level, type State, stateAt } from './state.js';

export interface MachineSpec {
  readonly name: string;
  readonly kind: Kind;
  /** Readings at full load, where they are not those of its kind. */
  readonly full?: Readonly<Partial<Record<Quantity, number>>>;
  /** How strongly shifts drive it: 0 runs through, 1 stands still at night. */
  readonly shifts?: number;
  /** Hours by which the plant's clock is ahead of UTC. */
  readonly utcOffset?: number;
  /** Runs hot for a minute in every ten. */
  readonly hotSpells?: boolean;
}

/** A machine whose every reading is a function of its spec, its seed, the time and what was done to it. */
export interface Machine {
  readonly name: string;
  readonly quantities: readonly Quantity[];
  scale(quantity: Quantity): Scale;
  under(exercise: Exercise): Course;
}

/** How it goes under an exercise. Any instant can be asked for, in any order; one after the other is fastest. */
export interface Course {
  /** @param time UTC ms */
  state(time: number): State;
  /** What a sensor in good order shows. @throws RangeError when the machine has no such quantity */
  sound(quantity: Quantity, time: number): number;
  /** What the sensor shows; undefined: it says nothing. */
  read(quantity: Quantity, time: number): number | undefined;
}

/** Channels of the noise of the sensors; those above belong to the machine itself. */
const channels: Readonly<Record<Quantity, number>> = {
  temperature: 1,
  vibration: 2,
  power: 3,
  flow: 4,
  pressure: 5,
  speed: 11,
};
const hallChannel = 12;
/** What a running machine elsewhere in the hall makes of it, mm/s. */
const floor = 0.06;
/** kW of what stays on when it is switched off. */
const standby = 0.004;
const hour = 3_600_000;

export function machine(spec: MachineSpec, seed: number): Machine {
  const make = makes[spec.kind];
  const scaleOf = (quantity: Quantity): Scale => {
    const scale = make.scales[quantity];
    if (!scale) throw new RangeError(`a ${spec.kind} has no ${quantity}`);
    return { ...scale, full: spec.full?.[quantity] ?? scale.full };
  };
  const mixed = seedOf(spec.name, seed);
  const noise = noiseSource(mixed);
  const conditions: Conditions = {
    make,
    noise,
    shifts: spec.shifts ?? make.shifts,
    utcOffset: (spec.utcOffset ?? 0) * hour,
    hotSpells: spec.hotSpells ?? false,
  };
  return {
    name: spec.name,
    quantities: quantitiesOf(spec.kind),
    scale: scaleOf,
    under: (exercise) => course(conditions, scaleOf, mixed, exercise),
  };
}

function course(
  conditions: Conditions,
  scaleOf: (quantity: Quantity) => Scale,
  seed: number,
  exercise: Exercise,
): Course {
  const { make, noise, utcOffset } = conditions;
  const heat = new Lag((time) => stateAt(conditions, exercise, time).heat, make.lag);
  let last = { time: Number.NaN, state: undefined as State | undefined };
  const state = (time: number): State => {
    if (last.time !== time || !last.state) last = { time, state: stateAt(conditions, exercise, time) };
    return last.state as State;
  };
  const measured: Readonly<Record<Quantity, (full: number, time: number) => number>> = {
    temperature: (_full, time) =>
      hall(noise, time + utcOffset) +
      make.rise * heat.at(time) +
      36 * state(time).strain +
      0.25 * noisy('temperature', time),
    vibration: (full, time) =>
      Math.hypot(full * level(state(time).vibration), floor) * (1 + 0.035 * noisy('vibration', time)),
    power: (full, time) => full * Math.max(standby, state(time).power) * (1 + 0.01 * noisy('power', time)),
    flow: (full, time) => full * state(time).flow * (1 + 0.008 * noisy('flow', time)),
    pressure: (full, time) => full * state(time).pressure * (1 + 0.006 * noisy('pressure', time)),
    speed: (_full, time) => state(time).driven * (1 + 0.0004 * noisy('speed', time)),
  };
  const noisy = (quantity: Quantity, time: number): number => noise(time, 1, channels[quantity]);
  const exact = (quantity: Quantity, time: number): number =>
    bounded(quantity, measured[quantity](scaleOf(quantity).full, time));
  const shown = (quantity: Quantity, value: number): number =>
    Number(bounded(quantity, value).toFixed(scaleOf(quantity).digits));

  return {
    state,
    sound: (quantity, time) => shown(quantity, exact(quantity, time)),
    read: (quantity, time) => {
      const value = faulty(
        { quantity, full: scaleOf(quantity).full, seed, exact: (at) => exact(quantity, at) },
        exercise.faults,
        time,
      );
      return value === undefined ? undefined : shown(quantity, value);
    },
  };
}

/** °C: warmest at three in the afternoon. */
function hall(noise: Noise, time: number): number {
  return (
    21 + 2.5 * Math.cos((2 * Math.PI * (time - 15 * hour)) / (24 * hour)) + 0.5 * noise(time, 3 * 3600, hallChannel)
  );
}

function bounded(quantity: Quantity, value: number): number {
  return quantity === 'temperature' ? value : Math.max(0, value);
}
