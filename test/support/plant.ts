import type { SensorFinding } from '../../dist/sensor/outlier/contract.js';
import { createDetector } from '../../dist/sensor/outlier/detector.js';
import { begin, untouched } from '../../dist/simulate/machine/exercise.js';
import { type FaultKind, isSensorFault, onsets } from '../../dist/simulate/machine/fault.js';
import { type Kind, type Quantity, quantitiesOf } from '../../dist/simulate/machine/kinds.js';
import { type Course, type Machine, machine } from '../../dist/simulate/machine/machine.js';

const second = 1000;
const hour = 3600 * second;
export const day = 24 * hour;
/** A Monday. */
const monday = Date.UTC(2026, 10, 16);
const warmUp = 180;
/** As the dashboard gives it: a cable is broken or it is not, everything else is half as bad as it can be. */
const severityOf = (kind: FaultKind): number => (kind === 'sensor-loss' ? 1 : 0.5);

/** One of the ways in which the node watches a source. */
export type Way = 'each' | 'together';

/** How a machine with a fault was watched. */
export interface Broken {
  /** s from the beginning of the fault to the first finding; undefined: none in the time that was given. */
  readonly found: number | undefined;
  /** s from the beginning of the fault to the first reading that is not what it would have been: spikes are seldom. */
  readonly shown: number | undefined;
  /** s from the beginning of the fault to where that finding says it began. */
  readonly since: number | undefined;
  /** Whether the finding names the quantity whose sensor it is; undefined where it is the machine itself. */
  readonly named: boolean | undefined;
}

/** A machine of the demo's plant, a row a second, watched as the demo's flow does it. */
export class Watching {
  readonly #course: Course;
  readonly #machine: Machine;
  readonly #detectors: readonly { readonly channels: readonly Quantity[]; readonly detector: Detector }[];
  readonly quantities: readonly Quantity[];
  time: number;

  constructor(kind: Kind, seed: number, way: Way, from: number) {
    this.#machine = machine({ name: `${kind}-3`, kind }, seed);
    this.#course = this.#machine.under(untouched);
    this.quantities = quantitiesOf(kind);
    const groups = way === 'each' ? this.quantities.map((quantity) => [quantity]) : [this.quantities];
    this.#detectors = groups.map((channels) => ({ channels, detector: createDetector({ channels, warmUp }) }));
    this.time = from;
  }

  /** What began within those rows, and at the seconds without one. */
  run(rows: number, course = this.#course): { readonly time: number; readonly finding: SensorFinding }[] {
    const found: { time: number; finding: SensorFinding }[] = [];
    const end = this.time + rows * second;
    for (; this.time < end; this.time += second) {
      const { time } = this;
      for (const { channels, detector } of this.#detectors) {
        const values = channels.map((quantity) => course.read(quantity, time) ?? Number.NaN);
        // a row without any value never comes; the node looks at its clock every second
        const findings = values.some(Number.isFinite)
          ? detector.update({ time, values }).findings
          : detector.tick(time);
        for (const finding of findings) if (finding.until === undefined) found.push({ time, finding });
      }
    }
    return found;
  }

  /** What it would find if the machine broke now; afterwards all is as it was. */
  breaks(
    kind: FaultKind,
    quantity: Quantity | undefined,
    { seconds, severity = severityOf(kind) }: { seconds: number; severity?: number },
  ): Broken {
    const { time } = this;
    const states = this.#detectors.map(({ detector }) => detector.save());
    const of = quantity === undefined ? {} : { quantity };
    const fault = { kind, ...of, severity, since: time, from: 0, over: onsets[kind] };
    const broken = this.#machine.under(begin(untouched, fault));
    const [first] = this.run(seconds, broken);
    for (const [i, { detector }] of this.#detectors.entries()) detector.restore(states[i] as Uint8Array);
    this.time = time;
    return {
      found: first && (first.time - time) / second,
      shown: this.#shown(broken, time, seconds),
      since: first && (first.finding.since - time) / second,
      named: first && quantity !== undefined ? first.finding.channel === quantity : undefined,
    };
  }

  #shown(broken: Course, since: number, seconds: number): number | undefined {
    for (let after = 1; after < seconds; after++) {
      const time = since + after * second;
      if (this.quantities.some((one) => broken.read(one, time) !== this.#course.read(one, time))) return after;
    }
    return undefined;
  }
}

type Detector = ReturnType<typeof createDetector>;

/** At ten in the morning on the days of a week, or another hour from seed to seed. */
export function morning(seed: number): number {
  return monday + 10 * hour + 5 * hour * seed;
}

/** Faults that show in the quantities of such a machine: nothing leaks out of a motor. */
export function breakable(kind: Kind, fault: FaultKind): boolean {
  return fault !== 'leak' || quantitiesOf(kind).includes('pressure');
}

/** Whose sensor breaks; undefined: the machine itself does. */
export function sensorOf(fault: FaultKind, quantities: readonly Quantity[], seed: number): Quantity | undefined {
  return isSensorFault(fault) ? quantities[seed % quantities.length] : undefined;
}
