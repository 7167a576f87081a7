import assert from 'node:assert/strict';
import test from 'node:test';
import { driveOf } from '../../dist/simulate/machine/drive.js';
import { begin, type Exercise, forget, mend, set, untouched } from '../../dist/simulate/machine/exercise.js';
import { type Fault, type FaultKind, faultsOf, heardFaults } from '../../dist/simulate/machine/fault.js';
import { type Kind, kinds, type Quantity } from '../../dist/simulate/machine/kinds.js';
import { type Course, machine } from '../../dist/simulate/machine/machine.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = Date.UTC(2026, 4, 12);
const since = day + 9 * hour;
const wet = kinds.filter((kind) => kind !== 'motor');

const of = (kind: Kind, seed = 1) => machine({ name: `${kind}-1`, kind }, seed);
const fault = (kind: FaultKind, more: Partial<Fault> = {}): Fault => ({
  kind,
  severity: 1,
  from: 0,
  since,
  over: minute,
  ...more,
});
const under = (kind: Kind, ...faults: Fault[]): Course => of(kind).under(faults.reduce(begin, untouched));
const half = set(untouched, 'load', 0.7, day);

/** Of ten minutes, half an hour into a fault. */
function mean(course: Course, quantity: Quantity): number {
  const values = Array.from(
    { length: 120 },
    (_, i) => course.read(quantity, since + 30 * minute + i * 5 * second) ?? 0,
  );
  return values.reduce((a, b) => a + b) / values.length;
}

/** How much a fault changes each quantity, as a ratio; every quantity of the kind is there. */
function ratios(kind: Kind, exercise: (healthy: Exercise) => Exercise): Record<Quantity, number> {
  const [before, after] = [half, exercise(half)].map((each) => of(kind).under(each)) as [Course, Course];
  const entries = of(kind).quantities.map((quantity) => [quantity, mean(after, quantity) / mean(before, quantity)]);
  return Object.fromEntries(entries) as Record<Quantity, number>;
}

function series(
  course: Course,
  quantity: Quantity,
  from: number,
  count: number,
  step = second,
): (number | undefined)[] {
  return Array.from({ length: count }, (_, i) => course.read(quantity, from + i * step));
}

test('the same machine, seed and faults give the same numbers, in any order', () => {
  const all = [fault('leak'), fault('drift', { quantity: 'power' }), fault('spike', { quantity: 'flow' })];
  const instants = Array.from({ length: 50 }, (_, i) => since - 10 * minute + i * 37 * second);
  const read = (course: Course, times: readonly number[]): unknown[] =>
    times.map((time) => of('pump').quantities.map((quantity) => course.read(quantity, time)));
  const forwards = read(under('pump', ...all), instants);
  assert.deepEqual(read(under('pump', ...all), instants), forwards);
  assert.deepEqual(read(under('pump', ...all), instants.toReversed()), forwards.toReversed());
  assert.notDeepEqual(read(of('pump', 2).under(untouched), instants), read(of('pump').under(untouched), instants));
  const other = machine({ name: 'pump-2', kind: 'pump' }, 1).under(untouched);
  assert.notDeepEqual(read(other, instants), read(of('pump').under(untouched), instants));
});

test('no fault and no setting changes anything before it or at its own instant', () => {
  const touched = [
    ...(['leak', 'loose-coupling'] as const).map((kind) => fault(kind)),
    ...(['drift', 'stuck', 'spike', 'sensor-loss'] as const).map((kind) => fault(kind, { quantity: 'temperature' })),
  ].reduce(begin, set(set(set(untouched, 'load', 0.3, since), 'speed', 900, since), 'run', 0, since));
  for (const quantity of of('pump').quantities) {
    const from = since - 120 * second;
    assert.deepEqual(
      series(of('pump').under(touched), quantity, from, 121),
      series(of('pump').under(untouched), quantity, from, 121),
    );
  }
});

test('at full load every machine shows what it is made for', () => {
  const full = set(untouched, 'load', 1, day);
  for (const kind of kinds) {
    const made = of(kind);
    for (const quantity of made.quantities) {
      const share = mean(made.under(full), quantity) / made.scale(quantity).full;
      assert.ok(Math.abs(share - 1) < 0.12, `${kind} ${quantity}: ${share}`);
    }
  }
});

test('in good order and at any load none is as hot as 65 °C, which the demo takes for a limit', () => {
  for (const kind of kinds) {
    const full = of(kind).under(set(untouched, 'load', 1, day));
    const hottest = Math.max(
      ...series(full, 'temperature', day + 8 * hour, 144, 10 * minute).map((value) => value ?? 0),
    );
    assert.ok(hottest < 65 && hottest > 45, `${kind}: ${hottest}`);
  }
});

for (const kind of wet) {
  test(`a leak of a ${kind} takes pressure and flow, costs power, and warms it slowly`, () => {
    for (const load of [0.1, 0.7, 1, 1.1]) {
      const at = set(untouched, 'load', load, day);
      const [before, after] = [at, begin(at, fault('leak'))].map((each) => of(kind).under(each)) as [Course, Course];
      const ratio = (quantity: Quantity): number => mean(after, quantity) / mean(before, quantity);
      assert.ok(ratio('pressure') < 0.95, `pressure at ${load}: ${ratio('pressure')}`);
      assert.ok(ratio('flow') < 0.98, `flow at ${load}: ${ratio('flow')}`);
      assert.ok(ratio('power') > 1.05, `power at ${load}: ${ratio('power')}`);
      assert.ok(ratio('temperature') > 1, `temperature at ${load}: ${ratio('temperature')}`);
      assert.ok(Math.abs(ratio('speed') - 1) < 0.02, `speed at ${load}: ${ratio('speed')}`);
      assert.ok(Math.abs(ratio('vibration') - 1) < 0.15, `vibration at ${load}: ${ratio('vibration')}`);
    }
  });
}

for (const kind of kinds) {
  test(`a loose coupling of a ${kind} shakes, lets the speed waver, warms, and takes a little flow`, () => {
    const changed = ratios(kind, (healthy) => begin(healthy, fault('loose-coupling')));
    assert.ok(changed.vibration > 2, `vibration: ${changed.vibration}`);
    assert.ok(changed.temperature > 1.15, `temperature: ${changed.temperature}`);
    assert.ok(changed.speed < 0.99 && changed.speed > 0.95, `speed: ${changed.speed}`);
    if (kind !== 'motor') assert.ok(changed.flow < 0.99 && changed.flow > 0.9, `flow: ${changed.flow}`);
    const spread = (course: Course): number => {
      const speeds = series(course, 'speed', since + 10 * minute, 300) as number[];
      return Math.max(...speeds) - Math.min(...speeds);
    };
    assert.ok(spread(under(kind, fault('loose-coupling'))) > 3 * spread(under(kind)));
    const { first, second: twice } = under(kind, fault('loose-coupling')).state(since + 10 * minute).vibration;
    assert.ok(twice > first, 'twice the speed of rotation stands out');
  });
}

for (const kind of kinds) {
  test(`what is heard of a ${kind} shows in its numbers as well`, () => {
    const known = faultsOf(kind);
    for (const one of heardFaults.filter((each) => known.includes(each) && !/stall|off|leak/.test(each))) {
      const changed = ratios(kind, (healthy) => begin(healthy, fault(one)));
      assert.ok(changed.vibration > 1.2, `${one}: vibration ${changed.vibration}`);
      assert.ok(changed.power > 0.75 && changed.power < 1.15, `${one}: power ${changed.power}`);
      if (/^bearing|rub|misalignment|hum/.test(one)) assert.ok(changed.temperature > 1.05, `${one} warms`);
      if (/cavitation|flow-noise|belt/.test(one) && kind !== 'motor')
        assert.ok(changed.flow < 0.97, `${one}: flow ${changed.flow}`);
      if (one === 'cavitation') assert.ok(changed.pressure < 0.9, `pressure ${changed.pressure}`);
    }
  });

  test(`a ${kind} that stalls stands under current and gets hot; tripped it is off`, () => {
    const stalled = under(kind, fault('stall', { over: 0 }));
    const later = since + 30 * minute;
    assert.equal(stalled.sound('speed', later), 0);
    assert.equal(stalled.state(later).running, true);
    assert.ok(stalled.sound('power', later) > 0.2 * of(kind).scale('power').full);
    assert.ok(stalled.sound('temperature', later) > under(kind).sound('temperature', later) + 20);
    const tripped = under(kind, fault('off', { over: 0 }));
    assert.equal(tripped.sound('speed', later), 0);
    assert.equal(tripped.state(later).running, false);
    assert.ok(tripped.sound('power', later) < 0.2);
    assert.ok(tripped.sound('temperature', later) < under(kind).sound('temperature', later));
  });
}

test('nothing that flows can be wrong with a motor, and only a liquid cavitates', () => {
  assert.ok(!faultsOf('motor').some((one) => /leak|flow|cavitation/.test(one)));
  assert.ok(faultsOf('pump').includes('cavitation') && !faultsOf('fan').includes('cavitation'));
  assert.ok(faultsOf('fan').includes('flow-noise'));
});

test('what is heard follows the state: speed, load, and the severest fault first', () => {
  const at = since + 10 * minute;
  const driven = (...faults: Fault[]) => {
    const exercise = faults.reduce(begin, half);
    return driveOf(of('pump').under(exercise).state(at), exercise, at, -20);
  };
  const healthy = driven();
  assert.deepEqual([healthy.condition, healthy.noise, healthy.load], ['normal', -20, 0.7]);
  assert.ok(Math.abs(healthy.shaft - 24.4) < 0.5, String(healthy.shaft));
  const several = driven(fault('gear-mesh', { severity: 0.3 }), fault('bearing-inner', { severity: 0.6 }));
  assert.deepEqual([several.condition, several.severity], ['bearing-inner', 0.6]);
  assert.deepEqual(several.also, [{ condition: 'gear-mesh', severity: 0.3 }]);
  assert.equal(driven(fault('leak')).condition, 'valve-leak');
  assert.equal(driven(fault('loose-coupling')).condition, 'looseness');
  assert.equal(driven(fault('drift', { quantity: 'power' })).condition, 'normal');
  assert.equal(driven(fault('stall', { severity: 0.5 }), fault('rub')).condition, 'stall');
  assert.equal(driven(fault('off')).powered, false);
});

test('a severer fault shows more, and comes on by and by', () => {
  const vibration = (severity: number, after: number): number =>
    under('pump', fault('loose-coupling', { severity })).sound('vibration', since + after);
  assert.ok(vibration(0.3, 10 * minute) < vibration(0.6, 10 * minute));
  assert.ok(vibration(1, 10 * second) < vibration(1, 30 * second));
  assert.ok(vibration(1, 30 * second) < vibration(1, minute));
});

test('temperature answers a fault within minutes, not at once, and without a jump', () => {
  const course = under('pump', fault('loose-coupling', { over: 0 }));
  const rise = (after: number): number =>
    course.sound('temperature', since + after) -
    of('pump')
      .under(untouched)
      .sound('temperature', since + after);
  assert.ok(rise(10 * second) < 1, String(rise(10 * second)));
  assert.ok(rise(10 * minute) > 5, String(rise(10 * minute)));
  assert.ok(rise(40 * minute) > 1.3 * rise(10 * minute));
  const steps = Array.from({ length: 600 }, (_, i) => rise((i + 1) * second) - rise(i * second));
  assert.ok(Math.max(...steps.map(Math.abs)) < 0.1, String(Math.max(...steps)));
});

for (const kind of ['drift', 'stuck', 'spike', 'sensor-loss'] as const) {
  test(`a sensor with ${kind} is wrong alone: the machine and its other sensors go on as before`, () => {
    const course = under('press', fault(kind, { quantity: 'pressure' }));
    const healthy = under('press');
    for (const quantity of of('press').quantities) {
      const [shown, sound] = [course, healthy].map((each) => series(each, quantity, since, 300)) as [unknown, unknown];
      if (quantity === 'pressure') assert.notDeepEqual(shown, sound);
      else assert.deepEqual(shown, sound, quantity);
      assert.equal(course.sound(quantity, since + minute), healthy.sound(quantity, since + minute));
    }
  });
}

test('a drift grows to its severity and stays', () => {
  const course = under('pump', fault('drift', { quantity: 'temperature', severity: 0.5, over: 10 * minute }));
  const off = (after: number): number =>
    (course.read('temperature', since + after) ?? 0) - course.sound('temperature', since + after);
  assert.ok(Math.abs(off(5 * minute) - 6) < 0.02, String(off(5 * minute)));
  assert.ok(Math.abs(off(10 * minute) - 12) < 0.02);
  assert.ok(Math.abs(off(60 * minute) - 12) < 0.02);
});

test('a stuck sensor repeats what it showed last', () => {
  const course = under('pump', fault('stuck', { quantity: 'flow' }));
  const values = new Set(series(course, 'flow', since, 300));
  assert.deepEqual([...values], [under('pump').read('flow', since)]);
});

test('spikes are single readings now and then, far off, both ways', () => {
  const course = under('pump', fault('spike', { quantity: 'power', over: 0 }));
  const off = series(course, 'power', since + second, 3600).map(
    (value, i) => (value ?? 0) - course.sound('power', since + second + i * second),
  );
  const spikes = off.filter((by) => Math.abs(by) > 0.01);
  assert.ok(spikes.length > 72 && spikes.length < 288, String(spikes.length));
  assert.ok(spikes.every((by) => Math.abs(by) > 4));
  assert.ok(spikes.some((by) => by > 0) && spikes.some((by) => by < 0));
});

test('a lost sensor says nothing; a loose cable loses its share', () => {
  const silent = (severity: number): number =>
    series(
      under('pump', fault('sensor-loss', { quantity: 'flow', severity, over: 0 })),
      'flow',
      since + second,
      1000,
    ).filter((value) => value === undefined).length;
  assert.equal(silent(1), 1000);
  assert.ok(silent(0.3) > 240 && silent(0.3) < 360, String(silent(0.3)));
});

test('a fault that ends, or is mended, leaves the sensor as it was', () => {
  const until = since + 5 * minute;
  const drift = fault('drift', { quantity: 'power', over: 0 });
  const ends = under('pump', { ...drift, until });
  const mended = of('pump').under(mend(begin(untouched, drift), until));
  assert.notEqual(ends.read('power', until), ends.sound('power', until));
  for (const course of [ends, mended])
    assert.equal(course.read('power', until + second), course.sound('power', until + second));
  assert.equal(mended.read('power', until), ends.read('power', until));
});

test('a fault made severer goes on from where it was', () => {
  const weak = fault('leak', { severity: 0.4 });
  const exercise = begin(begin(untouched, weak), { ...weak, severity: 0.8, since: since + 10 * minute });
  const course = of('pump').under(exercise);
  const pressure = (at: number): number => course.sound('pressure', since + at);
  assert.equal(exercise.faults.length, 2);
  assert.ok(Math.abs(pressure(10 * minute) - pressure(10 * minute + second)) < 0.1);
  assert.ok(pressure(12 * minute) < pressure(10 * minute) - 0.2);
});

test('two faults of one kind on two sensors are two; another start of one replaces it', () => {
  const both = [fault('drift', { quantity: 'flow' }), fault('drift', { quantity: 'power' })].reduce(begin, untouched);
  assert.equal(both.faults.length, 2);
  assert.equal(begin(both, fault('drift', { quantity: 'power', severity: 0.2 })).faults.length, 2);
});

test('speed obeys the affinity laws: half of it means about a quarter of the pressure and an eighth of the power', () => {
  const at = (rpm: number): Course => of('fan').under(set(half, 'speed', rpm, day));
  const ratio = (quantity: Quantity): number => mean(at(750), quantity) / mean(at(1500), quantity);
  assert.ok(Math.abs(ratio('flow') - 0.5) < 0.03, String(ratio('flow')));
  assert.ok(Math.abs(ratio('pressure') - 0.25) < 0.03, String(ratio('pressure')));
  assert.ok(Math.abs(ratio('power') - 0.125) < 0.03, String(ratio('power')));
});

test('switched off it runs down, stands still and cools; switched on it runs up', () => {
  for (const kind of kinds) {
    const until = since + 90 * minute;
    const course = of(kind).under({ faults: [], settings: [{ of: 'run', value: 0, since, until }] });
    const speed = (at: number): number => course.sound('speed', at);
    assert.ok(speed(since + 2 * second) > 100 && speed(since + 2 * second) < 0.8 * speed(since), kind);
    assert.equal(speed(until), 0);
    for (const quantity of ['flow', 'pressure'] as const)
      if (of(kind).quantities.includes(quantity)) assert.equal(course.sound(quantity, until), 0, kind);
    assert.ok(course.sound('power', until) < 0.2 && course.sound('vibration', until) < 0.1, kind);
    assert.ok(course.sound('temperature', until) < 26, `${kind}: ${course.sound('temperature', until)}`);
    assert.equal(course.state(until).running, false);
    assert.ok(speed(until + 20 * second) > 0.99 * speed(since), kind);
  }
});

test('load follows nights and Sundays by the plant’s own clock', () => {
  const load = (from: number, utcOffset = 0): number => {
    const course = machine({ name: 'press-1', kind: 'press', utcOffset }, 1).under(untouched);
    return Array.from({ length: 60 }, (_, i) => course.state(from + i * 5 * minute).load).reduce((a, b) => a + b) / 60;
  };
  assert.ok(load(day + 8 * hour) > load(day) + 0.3);
  assert.ok(load(day - hour, 9) > load(day - 9 * hour, 9) + 0.3, 'in Seoul 23 h UTC is a morning');
  const sunday = Date.UTC(2026, 4, 17);
  assert.ok(load(sunday + 8 * hour) < load(day + 8 * hour) - 0.05);
});

test('whatever is done to it, no reading is anything but a finite number from zero on', () => {
  for (const kind of kinds) {
    const faults = kind === 'motor' ? [fault('loose-coupling')] : [fault('loose-coupling'), fault('leak')];
    const spikes = of(kind).quantities.map((quantity) => fault('spike', { quantity, over: 0 }));
    for (const [load, rpm] of [
      [0, 0],
      [0, 10],
      [1.1, 0],
      [1.1, 100],
      [0, 3600],
      [1.1, 99_999],
    ] as const) {
      const exercise = [...faults, ...spikes].reduce(begin, set(set(untouched, 'load', load, day), 'speed', rpm, day));
      for (const quantity of of(kind).quantities)
        for (const value of series(of(kind).under(exercise), quantity, since + minute, 100))
          assert.ok(
            Number.isFinite(value) && (value ?? -1) >= (quantity === 'temperature' ? -60 : 0),
            `${kind} ${quantity}`,
          );
    }
  }
});

test('what ended long ago is forgotten, what lasts is kept', () => {
  let exercise = begin(untouched, fault('leak', { since: 0 }));
  for (let i = 1; i < 500; i++) exercise = set(exercise, 'load', 0.5, i * minute);
  const kept = forget(exercise, 400 * minute, 50);
  assert.equal(kept.faults.length, 1);
  assert.equal(kept.settings.length, 50);
  assert.equal(kept.settings.at(-1)?.until, undefined);
  assert.equal(forget(exercise, 498 * minute, 50).settings.length, 3);
});
