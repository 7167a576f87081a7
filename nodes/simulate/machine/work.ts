import type { Work } from './kinds.js';

/** Shares of what they are at full load; `shaft` is what the motor has to give. */
export interface Done {
  readonly flow: number;
  readonly pressure: number;
  readonly shaft: number;
}

/** Pressure of an impeller against a closed valve. */
const closed = 1.25;
const fall = closed - 1;
/** Most that a displacement machine moves at full speed, and what slips back in it. */
const reserve = 1.7;
const back = 0.1;

/**
 * What a machine does at a speed (1: that at full load), when a demand opens its valve and a leak (0 to 1) lets out some of
 * it before the meter.
 */
export function workAt(work: Work, speed: number, demand: number, leak: number): Done {
  if (work.by === 'impeller') return impeller(work.head, speed, demand, leak);
  if (work.by === 'displacement') return displacement(work, speed, demand, leak);
  return { flow: 0, pressure: 0, shaft: speed * (0.15 + 0.85 * demand) };
}

/**
 * Affinity laws: flow goes with speed, pressure with its square, power with its cube. Against it stands the system, with what
 * it lifts and a resistance that the valve sets; a leak is a second way beside the valve.
 */
function impeller(head: number, speed: number, demand: number, leak: number): Done {
  const most = closed * speed ** 2;
  const idle = 0.45 * speed ** 3;
  const drive = most - head;
  if (drive <= 0) return { flow: 0, pressure: most, shaft: idle };
  const opening = Math.max(0.02, demand);
  const valve = 1 / Math.sqrt((closed - head) / opening ** 2 - fall);
  const ways = valve + 0.8 * leak;
  const through = Math.sqrt(drive / (fall + 1 / ways ** 2));
  return {
    flow: (through * valve) / ways,
    pressure: most - fall * through ** 2,
    shaft: idle + 0.55 * speed ** 2 * through,
  };
}

/** Its regulator gives a little way when it has to deliver more; past what a turn can move, pressure breaks down. */
function displacement(
  { idle, gain }: { idle: number; gain: number },
  speed: number,
  demand: number,
  leak: number,
): Done {
  const spilled = 0.5 * leak;
  const sagged = 1 - 0.3 * spilled;
  const used = demand * speed * Math.sqrt(sagged);
  const short = Math.min(1, (reserve * speed) / (used + spilled + back));
  const pressure = (idle + gain * demand) * sagged * short;
  return { flow: used * short, pressure, shaft: 0.12 * speed + 0.88 * pressure * (used + spilled) * short };
}
