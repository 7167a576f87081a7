import { severityOf } from './effects.js';
import { type Exercise, setting } from './exercise.js';

/** ms; mass takes its time to follow the converter. */
const runUp = 3000;
const fastest = 1.2;
/** Severity from which a stalled motor does not turn at all; below it labours. */
const held = 0.25;

/** Whether it is switched on, and was not tripped. */
export function poweredAt(exercise: Exercise, time: number): boolean {
  return setting(exercise, 'run', time) !== 0 && severityOf(exercise, 'off', time) === 0;
}

/**
 * Speed of the motor's field as a share of its synchronous one: 1 unless somebody has set it or switched it off or it stalls, and it
 * follows each change with its run-up.
 * @param synchronous rpm
 */
export function turningAt(exercise: Exercise, synchronous: number, time: number): number {
  const goal = (at: number): number => {
    if (!poweredAt(exercise, at)) return 0;
    const rpm = setting(exercise, 'speed', at);
    const free = Math.max(0, 1 - severityOf(exercise, 'stall', at) / held);
    return free * (rpm === undefined ? 1 : Math.min(fastest, Math.max(0, rpm / synchronous)));
  };
  const turned = exercise.settings.filter(({ of }) => of === 'speed' || of === 'run');
  const changes = [...turned, ...exercise.faults.filter(({ kind }) => kind === 'stall' || kind === 'off')]
    .flatMap(({ since, until }) => (until === undefined ? [since] : [since, until]))
    .filter((at) => at < time)
    .sort((a, b) => a - b);
  const [first] = changes;
  if (first === undefined) return goal(time);
  let level = goal(first);
  for (const [i, at] of changes.entries()) {
    const next = changes[i + 1] ?? time;
    // a setting is in force after its beginning, up to and with its end
    const aim = goal(next);
    level = aim + (level - aim) * Math.exp((at - next) / runUp);
  }
  return Math.abs(level) < 1e-4 ? 0 : level;
}
