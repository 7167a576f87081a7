import { type Exercise, setting } from './exercise.js';

/** ms; mass takes its time to follow the converter. */
const runUp = 3000;
const fastest = 1.2;

/**
 * Speed of the motor's field as a share of its synchronous one: 1 unless somebody has set it or switched it off, and it
 * follows each change with its run-up.
 * @param synchronous rpm
 */
export function turningAt(exercise: Exercise, synchronous: number, time: number): number {
  const goal = (at: number): number => {
    if (setting(exercise, 'run', at) === 0) return 0;
    const rpm = setting(exercise, 'speed', at);
    return rpm === undefined ? 1 : Math.min(fastest, Math.max(0, rpm / synchronous));
  };
  const changes = exercise.settings
    .filter(({ of }) => of !== 'load')
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
