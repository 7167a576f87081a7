import assert from 'node:assert/strict';
import test from 'node:test';
import { plant } from '../../dist/simulate/plant.js';

const hour = 3_600_000;
const day = Date.UTC(2026, 4, 12);
const find = (machine: string, quantity: string, seed = 1) => {
  const series = plant(seed).find((one) => one.machine === machine && one.quantity === quantity);
  assert.ok(series);
  return series;
};

test('the same seed gives the same plant, another seed another', () => {
  const at = (seed: number): number[] => plant(seed).map(({ value }) => value(day + 12_345_000));
  assert.deepEqual(at(1), at(1));
  assert.notDeepEqual(at(1), at(2));
});

test('any instant can be asked for, in any order', () => {
  const { value } = find('pump-1', 'temperature');
  const forwards = [0, 1, 2, 3].map((h) => value(day + h * hour));
  const backwards = [3, 2, 1, 0].map((h) => value(day + h * hour));
  assert.deepEqual(forwards, backwards.reverse());
});

test('every value is finite and within what the machine can do', () => {
  for (const { quantity, value } of plant(7)) {
    for (let minute = 0; minute < 1440; minute += 7) {
      const x = value(day + minute * 60_000);
      assert.ok(Number.isFinite(x) && x > 0, `${quantity}: ${x}`);
      if (quantity === 'temperature') assert.ok(x > 25 && x < 100, String(x));
    }
  }
});

test('the press rests at night: power follows the shifts, temperature follows power', () => {
  const mean = (quantity: string, from: number): number => {
    const { value } = find('press-1', quantity);
    return Array.from({ length: 180 }, (_, i) => value(day + from * hour + i * 60_000)).reduce((a, b) => a + b) / 180;
  };
  assert.ok(mean('power', 9) > 1.4 * mean('power', 1));
  assert.ok(mean('temperature', 9) > mean('temperature', 1) + 5);
});

test('the press runs hot, over 65 °C, once in every ten minutes of day and night', () => {
  const { value } = find('press-1', 'temperature');
  for (let slot = 0; slot < 144; slot++) {
    const values = Array.from({ length: 120 }, (_, s) => value(day + slot * 600_000 + s * 5000));
    assert.ok(Math.max(...values) > 67, `slot ${slot}: ${Math.max(...values)}`);
    assert.ok(Math.min(...values) < 64, `slot ${slot}: ${Math.min(...values)}`);
  }
});
