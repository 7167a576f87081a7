import { type Static, Type } from 'typebox';
import { Time } from '../../kit/index.js';
import { Fault, inForce, strength } from './fault.js';

/**
 * What somebody took out of the machine's hands: its load (share of full load), its speed (rpm), that it runs (0: not), or the noise
 * of the room (dB under its own at full load).
 */
export const Setting = Type.Object({
  of: Type.Enum(['load', 'speed', 'run', 'noise']),
  value: Type.Number(),
  since: Time,
  until: Type.Optional(Time),
});
export type Setting = Static<typeof Setting>;

/** Everything that was ever done to a machine, as far as its readings still depend on it. Never changed in place. */
export const Exercise = Type.Object({
  faults: Type.Array(Fault),
  settings: Type.Array(Setting),
});
export type Exercise = Static<typeof Exercise>;

export const untouched: Exercise = { faults: [], settings: [] };

/** A fault of the same kind and sensor that is in force ends, and the new one goes on from its strength. */
export function begin(exercise: Exercise, fault: Fault): Exercise {
  const { kind, quantity, since } = fault;
  const before = exercise.faults.find((one) => one.kind === kind && one.quantity === quantity && lasts(one, since));
  const from = before ? (before.since < since ? strength(before, since) : before.from) : fault.from;
  const others = exercise.faults.filter((one) => one !== before);
  return { ...exercise, faults: [...others, ...ended(before, since), { ...fault, from }] };
}

export function mend(exercise: Exercise, time: number): Exercise {
  return {
    ...exercise,
    faults: exercise.faults.flatMap((fault) => (lasts(fault, time) ? ended(fault, time) : [fault])),
  };
}

/** @param value undefined gives it back to the machine's own pattern */
export function set(exercise: Exercise, of: Setting['of'], value: number | undefined, time: number): Exercise {
  const settings = exercise.settings.flatMap((one) => (one.of === of && lasts(one, time) ? ended(one, time) : [one]));
  return { ...exercise, settings: value === undefined ? settings : [...settings, { of, value, since: time }] };
}

export function setting(exercise: Exercise, of: Setting['of'], time: number): number | undefined {
  return exercise.settings.find((one) => one.of === of && inForce(one, time))?.value;
}

/** Faults that have begun by then and not ended, oldest first. */
export function lasting(exercise: Exercise, time: number): Fault[] {
  return exercise.faults.filter((fault) => lasts(fault, time)).sort((a, b) => a.since - b.since);
}

/** Without what ended before that moment, and without the oldest that ended where there are more than `most`. */
export function forget(exercise: Exercise, before: number, most: number): Exercise {
  const kept = <T extends { since: number; until?: number }>(all: readonly T[]): T[] =>
    all
      .filter(({ until }) => until === undefined || until >= before)
      .sort((a, b) => (a.until ?? Number.POSITIVE_INFINITY) - (b.until ?? Number.POSITIVE_INFINITY))
      .slice(-most);
  return { faults: kept(exercise.faults), settings: kept(exercise.settings) };
}

function lasts({ until }: { until?: number }, time: number): boolean {
  return until === undefined || until > time;
}

function ended<T extends { since: number }>(one: T | undefined, time: number): (T & { until: number })[] {
  return one && one.since < time ? [{ ...one, until: time }] : [];
}
