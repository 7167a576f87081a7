import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SensorFinding } from '../../dist/sensor/outlier/contract.js';
import { createDetector } from '../../dist/sensor/outlier/detector.js';
import { Habit } from '../../dist/sensor/outlier/habit.js';
import { gaussian, minute, start, watch } from '../support/series.ts';

const day = 1440 * minute;
const six = start + 360 * minute;

/** One that came to so many times its threshold at six on each of those days. */
function known(...days: readonly number[]): Habit {
  const habit = new Habit();
  for (const [i, times] of days.entries()) {
    habit.limit(six + i * day);
    habit.notice(times);
    habit.limit(six + i * day + 60 * minute);
  }
  return habit;
}

test('what comes near a threshold at one time of the day has to go farther there on the next, and nowhere else', () => {
  const habit = known(1.2);
  for (const minutes of [-14, 0, 14]) {
    const limit = habit.limit(six + day + minutes * minute);
    assert.ok(limit > 1.7 && limit < 1.9, `${minutes} ${limit}`);
  }
  for (const hours of [-1, 1, 12]) assert.equal(habit.limit(six + 2 * day + hours * 60 * minute), 1);
});

test('twice the threshold is news where it came to more on one day only; where it did on several, half as much again is', () => {
  assert.equal(known(50).limit(six + day), 2);
  const often = known(2.2, 2.2).limit(six + 2 * day);
  assert.ok(often > 3 && often < 3.5, String(often));
  assert.ok(known(50, 50).limit(six + 2 * day) > 60);
});

test('a habit that was given up is forgotten within weeks', () => {
  const habit = known(...Array.from({ length: 14 }, () => 1.2), ...Array.from({ length: 14 }, () => 0));
  assert.equal(habit.limit(six + 28 * day), 1);
});

test('what is found today does not hide what comes a little later', () => {
  const habit = new Habit();
  habit.limit(six);
  habit.notice(1.5);
  for (let minutes = 1; minutes < 30; minutes++) assert.equal(habit.limit(six + minutes * minute), 1);
});

test('a rattle at every hand-over is found on a day or two and then known; one that is much worse is found again', () => {
  const next = gaussian(31);
  const rattle = (row: number): number => (row % 1440 === 600 ? 6 : row % 1440 === 603 ? -6 : 0);
  const worse = 9 * 1440 + 601;
  const { begun } = watch(
    createDetector({ channels: ['vibration'] }),
    10 * 1440,
    (row) => next() + (row > 1440 ? rattle(row) : 0) + (row === worse ? 60 : 0),
  );
  const days = begun
    .filter(({ row }) => row % 1440 >= 600 && row % 1440 < 610)
    .map(({ row }) => Math.floor(row / 1440));
  assert.ok(days.length <= 3, days.join());
  assert.equal(days.at(-1), 9);
});

test('a sensor that drifts off alone is found by its companions, soon, and named; all of them together are not', () => {
  const drifts = (of: readonly string[]): SensorFinding[] => {
    const detector = createDetector({ channels: ['flow', 'power', 'pressure'], warmUp: 180 });
    const next = gaussian(32);
    const found: SensorFinding[] = [];
    for (let row = 0; row < 4800; row++) {
      const off = 12 * Math.min(1, Math.max(0, (row - 4000) / 600));
      const load = 5 * Math.sin(row / 190) + 2 * Math.sin(row / 31);
      const value = (name: string, sign: number): number =>
        sign * (load + (of.includes(name) ? off : 0)) + 0.3 * next();
      const values = [value('flow', 1), value('power', 1), value('pressure', -1)];
      found.push(...detector.update({ time: start + row * 1000, values }).findings);
    }
    return found.filter(({ since, until }) => since > start + 3_980_000 && until === undefined);
  };
  const [alone] = drifts(['power']);
  assert.deepEqual([alone?.channel, alone?.compared], ['power', 'channels']);
  assert.ok(alone && alone.since < start + 4_120_000, String(alone?.since));
  assert.ok(drifts(['flow', 'power', 'pressure']).every(({ compared }) => compared !== 'channels'));
});
