import type { Ailment, Drive } from '../sound/index.js';
import { severityOf } from './effects.js';
import type { Exercise } from './exercise.js';
import { type FaultKind, heardFaults } from './fault.js';
import type { State } from './state.js';

/** What of the faults that have other names is heard. */
const heardAs: Readonly<Partial<Record<FaultKind, readonly Ailment[]>>> = {
  leak: [{ condition: 'valve-leak', severity: 0.7 }],
  'loose-coupling': [
    { condition: 'looseness', severity: 0.6 },
    { condition: 'misalignment', severity: 0.5 },
  ],
};

/**
 * How a machine sounds in this state: its severest fault first, the others beside it.
 * @param noise dB of the room under its own level at full load
 */
export function driveOf({ motor, load, running }: State, exercise: Exercise, time: number, noise: number): Drive {
  const ailments = [...new Set(exercise.faults.map(({ kind }) => kind))]
    .flatMap((kind) => ailmentsOf(kind, severityOf(exercise, kind, time)))
    .sort((a, b) => b.severity - a.severity);
  const stall = ailments.find(({ condition }) => condition === 'stall');
  const first = stall ?? ailments[0] ?? { condition: 'normal', severity: 0 };
  return { shaft: motor / 60, load, ...first, also: ailments.filter((one) => one !== first), noise, powered: running };
}

function ailmentsOf(kind: FaultKind, severity: number): Ailment[] {
  if (severity === 0) return [];
  const own = heardFaults.find((one) => one === kind && one !== 'off');
  const all: readonly Ailment[] = own ? [{ condition: own, severity: 1 }] : (heardAs[kind] ?? []);
  return all.map((one) => ({ ...one, severity: one.severity * severity }));
}
