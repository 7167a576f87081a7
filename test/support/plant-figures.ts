import { type FaultKind, faultKinds } from '../../dist/simulate/machine/fault.js';
import { type Kind, kinds } from '../../dist/simulate/machine/kinds.js';
import type { Report } from '../bench/run.ts';
import { type Broken, breakable, day, morning, sensorOf, Watching, type Way } from './plant.ts';

/** Rows after which machines break: soon after the warm-up, some minutes later, and when they have been watched for hours. */
const fresh = [205, 300, 400, 600, 1200];
const settled = 7200;
/** Rows, one a second. */
const quarterHour = 900;
/** s in which a fault has to be found. */
const soon = 60;
const seconds = 180;
/** A sensor that drifts is off by a fiftieth after a minute and by a fifth after ten: when it is found says more. */
const slow: readonly FaultKind[] = ['drift'];
const later = { '3min': 180, '10min': 600, '1h': 3600 };
/** Share of the readings that don't come when a sensor is half lost. */
const half = 0.5;

interface Size {
  readonly kinds: readonly Kind[];
  readonly seeds: number;
  readonly settledSeeds: number;
  /** Machines of each kind that are watched from their first row on. */
  readonly starts: number;
  readonly days: number;
  /** s that slow faults are watched for. */
  readonly hour: number;
}

const whole: Size = { kinds, seeds: 10, settledSeeds: 4, starts: 50, days: 4, hour: 3600 };
const tiny: Size = { kinds: ['pump'], seeds: 1, settledSeeds: 0, starts: 1, days: 0.005, hour: 180 };

/** Faults found, by kind, and findings on sound machines, each quantity by itself and all of a machine together. */
export function plant(report: Report, smoke: boolean, size = smoke ? tiny : whole): void {
  for (const way of ['each', 'together'] as const) {
    faults(report, `plant.${way}`, size, way, size.seeds, (seed) => fresh[seed % fresh.length] as number);
    if (size.settledSeeds > 0) faults(report, `plant.${way}.settled`, size, way, size.settledSeeds, () => settled);
    starts(report, `plant.${way}.start`, size, way);
    sound(report, `plant.${way}.sound`, size, way);
  }
}

/** Of how many sound machines something is told in their first quarter of an hour: little has been seen by then. */
function starts(report: Report, name: string, size: Size, way: Way): void {
  const machines = size.kinds.flatMap((kind) =>
    Array.from({ length: size.starts }, (_, seed) => new Watching(kind, seed, way, morning(seed))),
  );
  const told = machines.filter((watching) => watching.run(quarterHour).length > 0);
  report(name, (100 * told.length) / machines.length, '%');
}

function faults(
  report: Report,
  name: string,
  size: Size,
  way: Way,
  seeds: number,
  rowsBefore: (seed: number) => number,
): void {
  const all = new Map<string, Broken[]>([...faultKinds, 'sensor-loss.half'].map((fault) => [fault, []]));
  for (const kind of size.kinds) {
    for (let seed = 0; seed < seeds; seed++) {
      const watching = new Watching(kind, seed, way, morning(seed));
      watching.run(rowsBefore(seed));
      for (const fault of faultKinds) {
        if (!breakable(kind, fault)) continue;
        const horizon = slow.includes(fault) ? size.hour : seconds;
        const quantity = sensorOf(fault, watching.quantities, seed);
        all.get(fault)?.push(watching.breaks(fault, quantity, { seconds: horizon }));
        if (fault !== 'sensor-loss') continue;
        all
          .get('sensor-loss.half')
          ?.push(watching.breaks(fault, quantity, { seconds: Math.min(later['10min'], size.hour), severity: half }));
      }
    }
  }
  for (const [fault, broken] of all) {
    const within = (s: number): Broken[] => broken.filter(({ found = Number.POSITIVE_INFINITY }) => found <= s);
    const share = (some: readonly Broken[]): number => (100 * some.length) / broken.length;
    const found = within(soon);
    report(`${name}.${fault}`, share(found), '%');
    if (fault === 'spike') {
      const shown = broken.filter(({ shown = Number.POSITIVE_INFINITY }) => shown <= soon);
      report(`${name}.${fault}.shown`, share(shown), '%');
    }
    if (slow.some((kind) => kind === fault)) {
      for (const [text, s] of Object.entries(later)) report(`${name}.${fault}.${text}`, share(within(s)), '%');
    }
    if (fault === 'sensor-loss.half') report(`${name}.${fault}.10min`, share(within(later['10min'])), '%');
    if (found.length > 0) {
      report(`${name}.${fault}.time`, median(found.map(({ found = Number.NaN }) => found)), 's');
      report(`${name}.${fault}.since`, median(found.map(({ since = Number.NaN }) => since)), 's');
    }
    const told = found.filter(({ named }) => named !== undefined);
    if (told.length > 0) {
      report(`${name}.${fault}.named`, (100 * told.filter(({ named }) => named).length) / told.length, '%');
    }
  }
}

/** Findings a week of a series, or of a machine when all of its quantities are watched together. */
function sound(report: Report, name: string, size: Size, way: Way): void {
  const counts = { first: { outlier: 0, drift: 0, other: 0 }, later: { outlier: 0, drift: 0, other: 0 } };
  let series = 0;
  for (const [seed, kind] of size.kinds.entries()) {
    const from = morning(0) + seed * day;
    const watching = new Watching(kind, seed, way, from);
    series += way === 'each' ? watching.quantities.length : 1;
    for (const { time, finding } of watching.run(Math.round((size.days * day) / 1000))) {
      const part = counts[time < from + day ? 'first' : 'later'];
      part[finding.kind === 'outlier' || finding.kind === 'drift' ? finding.kind : 'other']++;
    }
  }
  for (const [part, days] of Object.entries({ first: Math.min(1, size.days), later: size.days - 1 })) {
    if (days <= 0) continue;
    for (const [kind, count] of Object.entries(counts[part as keyof typeof counts])) {
      report(`${name}.${part}.${kind}`, (count * 7) / (days * series), '/week');
    }
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
