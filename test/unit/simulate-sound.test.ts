import assert from 'node:assert/strict';
import test from 'node:test';
import {
  bearingOrders,
  type Condition,
  type Drive,
  geometryOf,
  soundOf,
  type Voice,
  vibrationOf,
  voicesOf,
} from '../../dist/simulate/sound/index.js';
import { decibels, Spectrum } from '../support/spectrum.ts';

const rate = 16_000;
const seeds = [1, 2, 3] as const;
const drive = (condition: Condition, severity = 0.8, more: Partial<Drive> = {}): Drive => ({
  shaft: 24,
  load: 0.8,
  condition,
  severity,
  noise: -30,
  ...more,
});
function heard(voice: Voice, drive: Drive, seconds = 4): Float32Array {
  return voice.next(seconds * rate, drive);
}

function once<T>(make: (seed: number, condition: Condition) => T): (seed: number, condition: Condition) => T {
  const made = new Map<string, T>();
  return (seed, condition) => {
    const key = `${seed} ${condition}`;
    const one = made.get(key) ?? make(seed, condition);
    made.set(key, one);
    return one;
  };
}

/** Of a pump, some seconds. */
const both = once((seed, condition) => voicesOf(seed, rate, 'pump').next(3 * rate, drive(condition)));
const felt = (seed: number, condition: Condition): Float32Array => both(seed, condition).vibration;
const sounded = (seed: number, condition: Condition): Float32Array => both(seed, condition).sound;
const feltSpectrum = once((seed, condition) => new Spectrum(felt(seed, condition), rate));
const soundSpectrum = once((seed, condition) => new Spectrum(sounded(seed, condition), rate));

/** Of the strength of what lies over 1.5 kHz: how knocks and hisses come and go (Randall 2011, 5.5). */
function envelope(samples: Float32Array): Spectrum {
  const decimation = 8;
  let [low1, low2, smooth1, smooth2] = [0, 0, 0, 0];
  const strengths = new Float64Array(samples.length / decimation);
  const [cut, slow] = [1 - Math.exp((-2 * Math.PI * 1500) / rate), 1 - Math.exp((-2 * Math.PI * 400) / rate)];
  let mean = 0;
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i] as number;
    low1 += cut * (x - low1);
    const high1 = x - low1;
    low2 += cut * (high1 - low2);
    smooth1 += slow * (Math.abs(high1 - low2) - smooth1);
    smooth2 += slow * (smooth1 - smooth2);
    if (i % decimation === 0) {
      strengths[i / decimation] = smooth2;
      mean += smooth2 / strengths.length;
    }
  }
  return new Spectrum(
    strengths.map((strength) => strength - mean),
    rate / decimation,
    2048,
  );
}

test('frequencies of a bearing follow from its geometry', () => {
  // 6205-2RS JEM SKF: 9 balls of 7.94 mm on 39.04 mm; orders as the Case Western Reserve bearing data centre states them
  const { outer, inner, ball, cage } = bearingOrders({ balls: 9, ratio: 7.94 / 39.04, contact: 0 });
  for (const [own, stated] of [
    [outer, 3.5848],
    [inner, 5.4152],
    [ball, 4.7135],
    [cage, 0.39828],
  ] as const)
    assert.ok(Math.abs(own / stated - 1) < 0.002, `${own} for ${stated}`);
});

for (const [condition, part] of [
  ['bearing-outer', 'outer'],
  ['bearing-inner', 'inner'],
  ['bearing-ball', 'ball'],
  ['bearing-cage', 'cage'],
] as const) {
  test(`${condition} knocks at its own frequency, which a machine in good order does not show`, () => {
    for (const seed of seeds) {
      const frequency = 24 * bearingOrders(geometryOf(seed, 'pump').bearing)[part];
      const [bad, good] = [felt(seed, condition), felt(seed, 'normal')].map((one) =>
        envelope(one).line(frequency, 1),
      ) as [number, number];
      assert.ok(bad > 12, `${frequency.toFixed(1)} Hz stands out by ${bad.toFixed(1)} dB`);
      assert.ok(good < 9, `in good order by ${good.toFixed(1)} dB`);
    }
  });
}

test('the load zone modulates: an inner ring with the shaft, a ball with the cage, an outer ring not at all', () => {
  for (const seed of seeds) {
    const { outer, inner, ball, cage } = bearingOrders(geometryOf(seed, 'pump').bearing);
    const beside = (condition: Condition, order: number, by: number): number => {
      const spectrum = envelope(felt(seed, condition));
      return Math.max(spectrum.line(24 * (order - by), 1), spectrum.line(24 * (order + by), 1));
    };
    assert.ok(beside('bearing-inner', inner, 1) > 9);
    assert.ok(beside('bearing-ball', ball, cage) > 9);
    assert.ok(beside('bearing-outer', outer, 1) < 9);
  }
});

const order = (seed: number, condition: Condition, by: number): number =>
  decibels(feltSpectrum(seed, condition).band(24 * by - 1.5, 24 * by + 1.5));
const rise = (seed: number, condition: Condition, by: number): number =>
  order(seed, condition, by) - order(seed, 'normal', by);

test('imbalance shows once a turn, misalignment twice, looseness and a rub at half orders as well', () => {
  for (const seed of seeds) {
    assert.ok(rise(seed, 'imbalance', 1) > 10);
    assert.ok(order(seed, 'imbalance', 1) > order(seed, 'imbalance', 2) + 10);
    assert.ok(rise(seed, 'misalignment', 2) > 15);
    assert.ok(order(seed, 'misalignment', 2) > order(seed, 'misalignment', 1));
    assert.ok(rise(seed, 'misalignment', 3) > 12);
    for (const half of [0.5, 1.5, 2.5]) {
      assert.ok(rise(seed, 'looseness', half) > 15, `looseness ${half}`);
      assert.ok(rise(seed, 'rub', half) > 12, `rub ${half}`);
      assert.ok(Math.abs(rise(seed, 'imbalance', half)) < 6, `imbalance ${half}`);
    }
    assert.ok(rise(seed, 'looseness', 8) > 6);
  }
});

test('gears mesh at teeth times speed, with sidebands a turn apart that wear raises', () => {
  for (const seed of seeds) {
    const mesh = 24 * geometryOf(seed, 'pump').teeth;
    const [good, worn] = [feltSpectrum(seed, 'normal'), feltSpectrum(seed, 'gear-mesh')];
    assert.ok(worn.line(mesh) > 20, String(worn.line(mesh)));
    assert.ok(decibels(worn.band(mesh - 4, mesh + 4) / good.band(mesh - 4, mesh + 4)) > 10);
    for (const side of [mesh - 24, mesh + 24])
      assert.ok(decibels(worn.band(side - 4, side + 4) / good.band(side - 4, side + 4)) > 6);
  }
});

test('a broken tooth knocks once a turn', () => {
  for (const seed of seeds) {
    const [bad, good] = [envelope(felt(seed, 'gear-tooth')), envelope(felt(seed, 'normal'))];
    for (const frequency of [24, 48, 72]) {
      assert.ok(bad.line(frequency, 1) > 18, `${frequency} Hz: ${bad.line(frequency, 1)}`);
      assert.ok(good.line(frequency, 1) < 10, `${frequency} Hz in good order: ${good.line(frequency, 1)}`);
    }
  }
});

test('hum stands at twice the frequency of the mains; a held rotor hums louder and does not turn', () => {
  for (const seed of seeds) {
    const of = (condition: Condition): Spectrum => soundSpectrum(seed, condition);
    const [good, hum, stall] = [of('normal'), of('hum'), of('stall')];
    for (const each of [hum, stall]) {
      assert.ok(decibels(each.band(97, 103) / good.band(97, 103)) > 8);
      assert.ok(each.line(100) > 20);
    }
    const pass = 24 * geometryOf(seed, 'pump').vanes;
    assert.ok(decibels(stall.band(pass - 2, pass + 2) / good.band(pass - 2, pass + 2)) < -12);
    assert.ok(decibels(stall.band(22, 26) / good.band(22, 26)) < -6);
    assert.ok(Math.abs(decibels(hum.band(pass - 2, pass + 2) / good.band(pass - 2, pass + 2))) < 3);
  }
});

test('cavitation is broadband that comes and goes with the vanes; a valve that leaks hisses evenly', () => {
  for (const seed of seeds) {
    const of = (condition: Condition): Spectrum => soundSpectrum(seed, condition);
    const [good, cavitation, leak, rumble] = [of('normal'), of('cavitation'), of('valve-leak'), of('flow-noise')];
    const change = (one: Spectrum, low: number, high: number): number =>
      decibels(one.band(low, high) / good.band(low, high));
    const pass = 24 * geometryOf(seed, 'pump').vanes;
    assert.ok(change(cavitation, 3000, 6000) > 8);
    assert.ok(Math.abs(change(cavitation, 200, 600)) < 2);
    assert.ok(envelope(sounded(seed, 'cavitation')).line(pass, 1) > 10);
    assert.ok(change(leak, 4000, 7500) > 10);
    assert.ok(Math.abs(change(leak, 100, 1200)) < 2);
    assert.ok(envelope(sounded(seed, 'valve-leak')).line(pass, 1) < 9);
    assert.ok(change(rumble, 200, 700) > 3);
    assert.ok(change(rumble, 5000, 7500) < 2);
  }
});

test('a belt that slips shows at the frequency of its turns, and squeals', () => {
  for (const seed of seeds) {
    const turns = 24 * geometryOf(seed, 'pump').belt;
    const [good, bad] = [feltSpectrum(seed, 'normal'), feltSpectrum(seed, 'belt-slip')];
    for (const k of [1, 2])
      assert.ok(
        decibels(bad.band(k * turns - 1.5, k * turns + 1.5) / good.band(k * turns - 1.5, k * turns + 1.5)) > 12,
      );
    const cry = soundSpectrum(seed, 'belt-slip');
    const still = soundSpectrum(seed, 'normal');
    const pitch = cry.strongest(600, 2100);
    assert.ok(decibels(cry.band(0.95 * pitch, 1.05 * pitch) / still.band(0.95 * pitch, 1.05 * pitch)) > 10);
  }
});

test('several faults at once are all heard', () => {
  const { bearing, teeth } = geometryOf(2, 'pump');
  const several = drive('gear-mesh', 0.8, { also: [{ condition: 'bearing-outer', severity: 0.8 }] });
  const both = heard(vibrationOf(2, rate, 'pump'), several, 3);
  assert.ok(new Spectrum(both, rate).line(24 * teeth) > 20);
  assert.ok(envelope(both).line(24 * bearingOrders(bearing).outer, 1) > 12);
});

test('without current it runs down and does not hum', () => {
  const running = soundSpectrum(2, 'hum');
  const coasting = new Spectrum(heard(soundOf(2, rate, 'pump'), drive('hum', 0.8, { powered: false }), 3), rate);
  assert.ok(decibels(coasting.band(97, 103) / running.band(97, 103)) < -20);
  const pass = 24 * geometryOf(2, 'pump').vanes;
  assert.ok(Math.abs(decibels(coasting.band(pass - 2, pass + 2) / running.band(pass - 2, pass + 2))) < 2);
});
