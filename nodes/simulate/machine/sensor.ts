import { type Fault, inForce, strength } from './fault.js';
import type { Quantity } from './kinds.js';
import { hash } from './noise.js';

export interface Sensor {
  readonly quantity: Quantity;
  /** Its reading at full load. */
  readonly full: number;
  readonly seed: number;
  /** What it would show in good order. */
  exact(time: number): number;
}

/** Of the reading at full load, at severity 1. */
const drifts = 0.4;
const jumps = 1;
/** One reading in so many. */
const spikeEvery = 25;
const channel = 1000;

/** What a sensor with these faults shows; only those of its own quantity count. undefined: nothing */
export function faulty(sensor: Sensor, faults: readonly Fault[], time: number): number | undefined {
  const own = faults.filter((fault) => fault.quantity === sensor.quantity);
  if (own.length === 0) return sensor.exact(time);
  const active = own.filter((fault) => inForce(fault, time));
  const lost = active.filter(({ kind }) => kind === 'sensor-loss');
  if (lost.some((fault) => hash(sensor.seed, time, channel) < strength(fault, time))) return undefined;
  const stuck = active.filter(({ kind }) => kind === 'stuck').sort((a, b) => a.since - b.since)[0];
  if (stuck) {
    // it repeats what it showed last, whatever it already suffered from then
    const others = faults.filter((fault) => fault !== stuck && fault.kind !== 'sensor-loss');
    return faulty(sensor, others, stuck.since);
  }
  return active.reduce((value, fault) => value + error(sensor, fault, time), sensor.exact(time));
}

function error({ full, seed }: Sensor, fault: Fault, time: number): number {
  const by = full * strength(fault, time);
  if (fault.kind === 'drift') return drifts * by;
  if (fault.kind !== 'spike' || hash(seed, time, channel + 1) >= 1 / spikeEvery) return 0;
  const size = 0.6 + 0.4 * hash(seed, time, channel + 2);
  return (hash(seed, time, channel + 3) < 0.5 ? -1 : 1) * jumps * by * size;
}
