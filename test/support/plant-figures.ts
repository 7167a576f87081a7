import { type FaultKind, faultKinds } from '../../dist/simulate/machine/fault.js';
import { type Kind, kinds } from '../../dist/simulate/machine/kinds.js';
import type { Report } from '../bench/run.ts';
import { type Broken, breakable, day, morning, sensorOf, Watching, type Way } from './plant.ts';

/** Rows after which machines break: soon after the warm-up, some minutes later, and when they have been watched for hours. */
const fresh = [205, 300, 400, 600, 1200];
const settled = 7200;
/** s in which a fault has to be found. */
const soon = 60;
const seconds = 180;

interface Size {
  readonly kinds: readonly Kind[];
  readonly seeds: number;
  readonly settledSeeds: number;
  readonly days: number;
}

const whole: Size = { kinds, seeds: 10, settledSeeds: 4, days: 4 };
const tiny: Size = { kinds: ['pump'], seeds: 1, settledSeeds: 0, days: 0.005 };

/** Faults found, by kind, and findings on sound machines, each quantity by itself and all of a machine together. */
export function plant(report: Report, smoke: boolean, size = smoke ? tiny : whole): void {
  for (const way of ['each', 'together'] as const) {
    faults(report, `plant.${way}`, size, way, size.seeds, (seed) => fresh[seed % fresh.length] as number);
    if (size.settledSeeds > 0) faults(report, `plant.${way}.settled`, size, way, size.settledSeeds, () => settled);
    sound(report, `plant.${way}.sound`, size, way);
  }
}

function faults(
  report: Report,
  name: string,
  size: Size,
  way: Way,
  seeds: number,
  rowsBefore: (seed: number) => number,
): void {
  const all = new Map<FaultKind, Broken[]>(faultKinds.map((fault) => [fault, []]));
  for (const kind of size.kinds) {
    for (let seed = 0; seed < seeds; seed++) {
      const watching = new Watching(kind, seed, way, morning(seed));
      watching.run(rowsBefore(seed));
      for (const fault of faultKinds) {
        if (!breakable(kind, fault)) continue;
        all.get(fault)?.push(watching.breaks(fault, sensorOf(fault, watching.quantities, seed), seconds));
      }
    }
  }
  for (const [fault, broken] of all) {
    const found = broken.filter(({ found = Number.POSITIVE_INFINITY }) => found <= soon);
    report(`${name}.${fault}`, (100 * found.length) / broken.length, '%');
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
