import { untouched } from './machine/exercise.js';
import type { Quantity } from './machine/kinds.js';
import { type MachineSpec, machine } from './machine/machine.js';

/** A small plant whose every value is a function of seed and time: it can be asked for any instant, in any order. */
export interface PlantSeries {
  readonly machine: string;
  readonly quantity: string;
  readonly unit: string;
  /** @param time UTC ms */
  value(time: number): number;
}

type Measured = MachineSpec & { readonly quantities: readonly Quantity[] };

const machines: readonly Measured[] = [
  { name: 'pump-1', kind: 'pump', quantities: ['temperature', 'vibration', 'power', 'flow'] },
  {
    name: 'pump-2',
    kind: 'pump',
    full: { power: 7.5, flow: 260 },
    shifts: 0.35,
    quantities: ['temperature', 'vibration', 'power', 'flow'],
  },
  { name: 'fan-1', kind: 'fan', quantities: ['temperature', 'vibration', 'power', 'pressure'] },
  { name: 'press-1', kind: 'press', hotSpells: true, quantities: ['temperature', 'vibration', 'power', 'pressure'] },
];

/**
 * Four machines in good order, with temperature, vibration, power, and flow or pressure each; press-1 runs hot for a minute in
 * every ten.
 */
export function plant(seed: number): PlantSeries[] {
  return machines.flatMap((spec) => {
    const made = machine(spec, seed);
    const course = made.under(untouched);
    return spec.quantities.map((quantity) => ({
      machine: spec.name,
      quantity,
      unit: made.scale(quantity).unit,
      value: (time: number) => course.sound(quantity, time),
    }));
  });
}
