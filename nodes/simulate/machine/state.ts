import { demandAt } from './demand.js';
import { effectOf, severityOf } from './effects.js';
import { type Exercise, setting } from './exercise.js';
import type { Make } from './kinds.js';
import type { Noise } from './noise.js';
import { poweredAt, turningAt } from './turning.js';
import { workAt } from './work.js';

/** What goes on in a machine; its sensors show some of it. */
export interface State {
  /** It is switched on; it runs down for some seconds when it is not. */
  readonly running: boolean;
  /** Share of full load that is asked of it. */
  readonly load: number;
  /** rpm of the motor, and of what hangs on its coupling. */
  readonly motor: number;
  readonly driven: number;
  /** Shares of what they are at full load. */
  readonly flow: number;
  readonly pressure: number;
  readonly power: number;
  readonly heat: number;
  readonly vibration: Vibration;
  /** 0 to 1: friction at the tool of a press that runs hot. */
  readonly strain: number;
}

/** Parts of the vibration velocity by multiples of the speed of rotation, and what has no line; they add as squares. */
export interface Vibration {
  readonly first: number;
  readonly second: number;
  readonly third: number;
  readonly broad: number;
}

export interface Conditions {
  readonly make: Make;
  readonly noise: Noise;
  readonly shifts: number;
  /** ms by which the plant's clock is ahead of UTC. */
  readonly utcOffset: number;
  readonly hotSpells: boolean;
}

/** How far full torque lets the motor fall behind its field. */
const slip = 0.03;
/** Losses at full load, as shares of what it gives: fixed ones, and those of the windings. */
const fixed = 0.05;
const winding = 0.07;

/** Every quantity follows from load and speed, so that a fault shows in all that physics couples to it. */
export function stateAt(
  { make, noise, shifts, utcOffset, hotSpells }: Conditions,
  exercise: Exercise,
  time: number,
): State {
  const worn = effectOf(exercise, time);
  const load = setting(exercise, 'load', time) ?? demandAt(shifts, noise, time + utcOffset);
  const strain = hotSpells ? hotSpell(noise, time) : 0;

  // speeds are shares of the one at full load
  const rated = (1 - slip) * make.synchronous;
  const field = (turningAt(exercise, make.synchronous, time) * make.synchronous) / rated;
  // a loose coupling slips, and lets go and catches again
  const held = 1 - worn.slip + worn.waver * noise(time, 1, 9);
  const kept = Math.max(0, 1 - worn.loss + worn.surge * noise(time, 2, 13));
  const shaftAt = (motor: number): number =>
    ((workAt(make.work, motor * held, load, worn.leak).shaft * (1 + kept)) / 2) * (1 + 0.08 * strain) +
    worn.friction * motor;
  const torque = shaftAt(field) / Math.max(0.05, field);
  const motor = field * (1 - slip * Math.min(2, torque));
  const { flow, pressure } = workAt(make.work, motor * held, load, worn.leak);
  const shaft = shaftAt(motor);
  const powered = poweredAt(exercise, time);
  // a rotor that is held draws several times its current and turns all of it into heat
  const stalled = powered ? severityOf(exercise, 'stall', time) * Math.max(0, 1 - motor) : 0;
  const losses = fixed * motor ** 2 + winding * Math.min(4, torque ** 2) * Math.min(1, field) + 0.35 * stalled;

  return {
    running: powered,
    load,
    motor: motor * rated,
    driven: motor * held * rated,
    flow: flow * kept,
    pressure: pressure * kept,
    power: (shaft + losses) / (1 + fixed + winding),
    heat: losses / (fixed + winding) + worn.heat * motor,
    vibration: {
      first: 0.5 * motor ** 2 + worn.first * motor,
      second: worn.second * motor,
      third: worn.third * motor,
      broad: (0.25 + 0.55 * Math.max(flow, load * motor) + worn.broad + 0.6 * strain) * motor + 0.4 * stalled,
    },
    strain,
  };
}

/** Level of the whole (RMS); 1 at full load. */
export function level({ first, second, third, broad }: Vibration): number {
  return Math.hypot(first, second, third, broad) / Math.hypot(0.5, 0.8);
}

const spellEvery = 600_000;
const spellLasts = 70_000;

/** 0 … 1 … 0 within 70 s, once in every ten minutes, at a moment that the seed chooses. */
function hotSpell(noise: Noise, time: number): number {
  const slot = Math.floor(time / spellEvery) * spellEvery;
  const begin = slot + (0.25 + 0.1 * noise(slot, 1, 10)) * spellEvery;
  const x = (time - begin) / spellLasts;
  return x <= 0 || x >= 1 ? 0 : Math.sin(Math.PI * x) ** 0.5;
}
