import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Activity } from '../../dist/sensor/outlier/activity.js';
import { Extreme } from '../../dist/sensor/outlier/extreme.js';
import { Level } from '../../dist/sensor/outlier/level.js';
import { Novelty } from '../../dist/sensor/outlier/novelty.js';
import { PartOfDay } from '../../dist/sensor/outlier/part-of-day.js';
import { logRatio, Mean, MeanDistance } from '../../dist/sensor/outlier/scale.js';
import { Seasonal } from '../../dist/sensor/outlier/seasonal.js';
import type { Statistic } from '../../dist/sensor/outlier/statistic.js';
import { evidence, Tail, wandering } from '../../dist/sensor/outlier/tail.js';
import { Together } from '../../dist/sensor/outlier/together.js';
import { gaussian, minute, random, start } from '../support/series.ts';

/** Distances of the rows, each learnt after it was measured. */
function distances(statistic: Statistic, values: readonly number[], interval = minute): (number | undefined)[] {
  return values.map((value, i) => {
    const distance = statistic.measure(value, start + i * interval);
    statistic.learn();
    return distance;
  });
}

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

test('a tail tells how rare a value is: a decade for each tenth, and on beyond all that was seen', () => {
  const tail = new Tail(evidence);
  const next = random(1);
  // exponential: a decade of rarity each 2.303
  for (let i = 0; i < 20_000; i++) tail.learn(-Math.log(1 - next()));
  for (const decades of [1, 2, 3, 6]) {
    const value = decades * Math.LN10;
    assert.ok(Math.abs(tail.surprise(value) - decades) < 0.15 * decades, `${decades}: ${tail.surprise(value)}`);
    // the other way round it tells of the tail only
    if (decades > 1)
      assert.ok(Math.abs(tail.level(decades) - value) < 0.15 * value, `${decades}: ${tail.level(decades)}`);
  }
});

test('a limit is exceeded no more often than was asked for, also when few rows tell how the tail falls off', () => {
  const next = random(2);
  const { excess } = evidence.belief;
  for (const rows of [100, 200, 400, 1000])
    for (const decades of [3, 5]) {
      const rates = times(500, () => {
        const tail = new Tail(evidence);
        for (let i = 0; i < rows; i++) tail.learn(-excess * Math.log(1 - next()));
        return Math.exp(-tail.level(decades) / excess) * 10 ** decades;
      });
      const rate = rates.reduce((sum, one) => sum + one, 0) / rates.length;
      assert.ok(rate < 1.15, `${rate} times as often, ${decades} decades by ${rows} rows`);
    }
});

test('a tail that has seen nothing is surprised by nothing', () => {
  assert.equal(new Tail(evidence).surprise(1e9), 0);
});

test('a tail forgets: what was rare and becomes common stops surprising', () => {
  const tail = new Tail(evidence);
  for (let i = 0; i < 20_000; i++) tail.learn(1);
  assert.ok(tail.surprise(20) > 3);
  for (let i = 0; i < 40_000; i++) tail.learn(20);
  assert.ok(tail.surprise(20) < 0.5);
});

test('the tail of a mean is believed to fall off like a Gaussian before it was seen', () => {
  const tail = new Tail(wandering);
  const next = gaussian(3);
  for (let i = 0; i < 200; i++) tail.learn(Math.abs(next()) / 0.798);
  const gaussianLevel = 3.29 / 0.798;
  assert.ok(Math.abs(tail.level(3) - gaussianLevel) < 1, String(tail.level(3)));
});

test('a mean counts all alike first and forgets later', () => {
  const mean = new Mean(4);
  for (const value of [1, 2, 3, 4]) mean.learn(value);
  assert.equal(mean.value, 2.5);
  for (let i = 0; i < 60; i++) mean.learn(10);
  assert.ok(Math.abs(mean.value - 10) < 1e-5);
});

test('one glitch does not ruin a mean distance, and a new scale is learnt', () => {
  const mean = new MeanDistance(4000);
  for (let i = 0; i < 1000; i++) mean.learn(1);
  mean.learn(1e30);
  assert.ok(mean.value < 1.2);
  for (let i = 0; i < 2000; i++) mean.learn(1e6);
  assert.ok(mean.value > 1e5);
});

test('a ratio stays finite whatever it is of', () => {
  for (const [value, mean] of [
    [0, 0],
    [1e300, 0],
    [0, 1e300],
  ] as const) {
    assert.ok(Number.isFinite(logRatio(value, mean, 0)));
  }
  assert.equal(logRatio(8, 2, 0), 2);
});

test('a time of the day is compared with that of the days before, never with the same one', () => {
  const daily = new Seasonal();
  const value = (i: number): number => (i % 1440 < 720 ? 1 : 9);
  const found = distances(daily, times(3 * 1440, value));
  assert.ok(found.slice(0, 1440).every((distance) => distance === undefined));
  assert.ok(found.slice(1440).every((distance) => distance === 0));
  assert.equal(daily.expected(start + 10 * 1440 * minute), 1);
  assert.equal(daily.measure(9, start + 10 * 1440 * minute), 8);
});

test('the mean of three hours is compared with the same hours on the days before, once they are over', () => {
  const next = gaussian(15);
  const found = distances(
    new PartOfDay(),
    times(8 * 1440, (i) => (i >= 9_900 && i < 10_080 ? 2 : 0) + next()),
  );
  assert.ok(found.every((distance, i) => (i % 180 === 0 && i > 1440) === (distance !== undefined)));
  const usual = found.slice(0, 9_900).filter((distance) => distance !== undefined);
  assert.ok((found[10_080] as number) > 2 * Math.max(...usual));
});

test('a stretch that was never seen is far from all, one that was seen is near', () => {
  const novelty = new Novelty(1);
  const found = distances(
    novelty,
    times(400, (i) => (i >= 300 && i < 320 ? 5 : i % 16 < 8 ? 0 : 1)),
  );
  const usual = found.slice(100, 300).map((distance) => distance as number);
  const odd = found.slice(303, 312).map((distance) => distance as number);
  assert.ok(usual.filter((distance) => distance < 0.01).length > 0.9 * usual.length);
  assert.ok(Math.min(...odd) > 4);
});

test('stretches of the long past are remembered in bounded room', () => {
  const novelty = new Novelty(1);
  const before = novelty.stretches.length;
  distances(
    novelty,
    times(200, () => 100),
  );
  distances(
    novelty,
    times(5_000, (i) => Math.sin(i)),
  );
  assert.equal(novelty.stretches.length, before);
  const [again] = distances(
    novelty,
    times(16, () => 100),
  ).slice(-1);
  assert.ok((again as number) < 100, String(again));
});

test('a coarse stretch takes the mean of several rows for a step, and is told once in so many rows', () => {
  const found = distances(
    new Novelty(4),
    times(200, (i) => i % 4),
  );
  assert.ok(found.every((distance, i) => (i % 4 === 3 && i > 64 ? distance === 0 : distance === undefined || i <= 64)));
});

test('far on the side where values seldom go is farther', () => {
  const extreme = new Extreme();
  const next = random(5);
  distances(
    extreme,
    times(4000, () => Math.exp(3 * next())),
  );
  const up = extreme.measure(extreme.middle + 10) as number;
  const down = extreme.measure(extreme.middle - 10) as number;
  assert.ok(down > 1.5 * up, `${down} ${up}`);
});

test('much calmer is as unusual as much livelier', () => {
  for (const factor of [0.05, 20]) {
    const next = gaussian(7);
    const activity = new Activity();
    distances(activity, times(2000, next));
    const [last] = distances(
      activity,
      times(60, () => factor * next()),
    ).slice(-1);
    assert.ok((last as number) > 3, `${factor}: ${last}`);
  }
});

test('a level that was left stays left until it is back', () => {
  const level = new Level();
  const next = gaussian(9);
  const away = times(1200, (i) => {
    const value = next() + (i >= 800 && i < 1000 ? 5 : 0);
    level.learn(value, level.measure(value, i * minute, 0), 6);
    return level.away > 0;
  });
  assert.equal(away.slice(0, 800).includes(true), false);
  assert.equal(away.slice(820, 1000).includes(false), false);
  assert.equal(away.slice(1040).includes(true), false);
});

test('a level that was left for good becomes the usual one', () => {
  const level = new Level();
  const next = gaussian(11);
  const away = times(3000, (i) => {
    const value = next() + (i >= 800 ? 50 : 0);
    level.learn(value, level.measure(value, i * minute, 0), 6);
    return level.away > 0;
  });
  assert.equal(away[1500], true);
  assert.equal(away[2999], false);
});

test('channels that always move together are told when one goes alone', () => {
  const together = new Together(3);
  const next = gaussian(13);
  const measure = (...values: number[]): number => together.measure(Float64Array.from(values), 0, 6);
  for (let i = 0; i < 2000; i++) {
    const common = next();
    const row = [common + 0.1 * next(), common + 0.1 * next(), next()];
    measure(...row);
    together.learn(Float64Array.from(row));
  }
  const both = measure(2, 2, 0);
  const alone = measure(2, -2, 0);
  assert.ok(alone > 4 * both, `${alone} ${both}`);
  assert.ok([0, 1].includes(together.leading));
  measure(0, 0, 6);
  assert.equal(together.leading, 2);
});
