import assert from 'node:assert/strict';
import test from 'node:test';
import { kinds } from '../../dist/simulate/machine/kinds.js';
import {
  type Condition,
  conditions,
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
const powerOf = (samples: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += (samples[i] as number) ** 2;
  return sum / samples.length;
};

function heard(voice: Voice, drive: Drive, seconds = 4): Float32Array {
  return voice.next(seconds * rate, drive);
}

test('off, there is the room alone, as loud as it is set', () => {
  const room = (noise: number): Float32Array => heard(soundOf(4, rate), drive('off', 1, { noise }), 2);
  assert.ok(room(-300).every((sample) => Math.abs(sample) < 1e-9));
  const step = decibels(powerOf(room(-10)) / powerOf(room(-30)));
  assert.ok(Math.abs(step - 20) < 0.1, String(step));
  const machine = heard(soundOf(4, rate), drive('normal', 0, { noise: -300, load: 1, shaft: geometryOf(4).rated }), 2);
  const under = decibels(powerOf(machine) / powerOf(room(-10)));
  assert.ok(Math.abs(under - 10) < 1.5, `${under} dB under the machine`);
});

test('switched off it runs down to the room, and is back when it is switched on', () => {
  const voice = soundOf(5, rate);
  const level = (condition: Condition): number => decibels(powerOf(voice.next(rate, drive(condition))));
  const running = level('normal');
  for (let i = 0; i < 5; i++) level('off');
  assert.ok(level('off') < running - 20);
  level('normal');
  level('normal');
  assert.ok(Math.abs(level('normal') - running) < 1.5);
});

test('the same seed gives the same sound, another seed another one, and a sound is in keeping with its vibration', () => {
  for (const make of [soundOf, vibrationOf]) {
    const once = make(7, rate).next(4000, drive('rub'));
    assert.deepEqual(make(7, rate).next(4000, drive('rub')), once);
    assert.notDeepEqual(make(8, rate).next(4000, drive('rub')), once);
  }
  const { sound, vibration } = voicesOf(7, rate).next(4000, drive('rub'));
  assert.deepEqual(sound, soundOf(7, rate).next(4000, drive('rub')));
  assert.deepEqual(vibration, vibrationOf(7, rate).next(4000, drive('rub')));
});

test('has no seam: pieces of any length are the whole', () => {
  for (const condition of conditions) {
    const whole = soundOf(3, rate).next(6000, drive(condition));
    const voice = soundOf(3, rate);
    let at = 0;
    for (let i = 0; at < whole.length; i++) {
      const piece = voice.next(Math.min(whole.length - at, [1, 7, 480, 33, 1000][i % 5] as number), drive(condition));
      assert.deepEqual(piece, whole.slice(at, at + piece.length), condition);
      at += piece.length;
    }
  }
});

test('what is changed while it runs comes in without a click', () => {
  const jump = (samples: Float32Array): number =>
    samples.reduce(
      (most, sample, i) => (i === 0 ? 0 : Math.max(most, Math.abs(sample - (samples[i - 1] as number)))),
      0,
    );
  const changes: readonly Drive[] = [
    drive('imbalance'),
    drive('hum'),
    drive('valve-leak', 0.3),
    drive('normal', 0, { shaft: 12, load: 0.1 }),
    drive('normal', 0, { noise: -20 }),
    drive('off'),
  ];
  for (const next of changes) {
    const voice = soundOf(6, rate, 'fan');
    const before = voice.next(rate, drive('normal'));
    const after = voice.next(rate, next);
    const border = Float32Array.of(...before.slice(-4), ...after.slice(0, 40));
    assert.ok(jump(border) <= 1.3 * jump(before), next.condition);
    const settled = next.condition === 'off' ? jump(before) : Math.max(jump(before), jump(voice.next(rate, next)));
    assert.ok(jump(after) <= 1.5 * settled, next.condition);
  }
});

test('the severer a fault, the further it is from good order', () => {
  const edges = [20, 60, 120, 250, 500, 1000, 2000, 4000, 7800];
  for (const condition of conditions.filter((one) => one !== 'normal' && one !== 'off')) {
    const spectrumAt = (severity: number): Spectrum =>
      new Spectrum(heard(soundOf(2, rate), drive(condition, severity), 1), rate, 4096);
    const good = spectrumAt(0);
    const distances = [0.15, 0.4, 0.7, 1].map((severity) => {
      const bad = spectrumAt(severity);
      return edges.slice(1).reduce((most, high, i) => {
        const low = edges[i] as number;
        return Math.max(most, Math.abs(decibels(bad.band(low, high) / good.band(low, high))));
      }, 0);
    });
    // a rotor that is held altogether is as far from turning as it can be
    const last = condition === 'stall' ? distances.slice(0, 2) : distances;
    assert.deepEqual(
      last,
      last.toSorted((a, b) => a - b),
      `${condition}: ${distances}`,
    );
    assert.ok((distances.at(-1) as number) > 5, `${condition}: ${distances}`);
  }
});

test('lines follow the speed while it runs', () => {
  const voice = vibrationOf(1, rate, 'pump');
  const { teeth } = geometryOf(1, 'pump');
  for (const shaft of [24, 15, 30]) {
    voice.next(3 * rate, drive('gear-mesh', 0.8, { shaft }));
    const spectrum = new Spectrum(voice.next(2 * rate, drive('gear-mesh', 0.8, { shaft })), rate);
    const found = spectrum.strongest(0.93 * shaft * teeth, 1.07 * shaft * teeth);
    assert.ok(Math.abs(found / (shaft * teeth) - 1) < 0.01, `${found} Hz at ${shaft} Hz`);
  }
});

test('any rate from 8 to 96 kHz hears the same machine', () => {
  const bands = [60, 130, 350, 950, 1750, 3000] as const;
  for (const condition of ['normal', 'bearing-outer', 'gear-mesh'] as const) {
    const levelsAt = (each: number): number[] => {
      const spectrum = new Spectrum(
        vibrationOf(3, each, 'pump').next(1.5 * each, drive(condition)),
        each,
        each > 20_000 ? 16_384 : 2048,
      );
      return bands.slice(1).map((high, i) => decibels(spectrum.band(bands[i] as number, high)));
    };
    const usual = levelsAt(rate);
    for (const each of [8000, 48_000, 96_000]) {
      for (const [i, level] of levelsAt(each).entries()) {
        const by = level - (usual[i] as number);
        assert.ok(Math.abs(by) < 4, `${condition} at ${each} Hz, up to ${bands[i + 1]} Hz: ${by.toFixed(1)} dB`);
      }
    }
  }
  assert.throws(() => soundOf(1, 1000), /1000 Hz/);
});

test('what lies above half the rate is not folded down', () => {
  for (const seed of seeds) {
    const mesh = 60 * geometryOf(seed, 'pump').teeth;
    const sound = vibrationOf(seed, 8000, 'pump').next(32_000, drive('gear-mesh', 1, { shaft: 60 }));
    const spectrum = new Spectrum(sound, 8000);
    assert.ok(spectrum.line(mesh, 8) > 20);
    for (const k of [2, 3, 4].filter((k) => k * mesh > 4000)) {
      const folded = Math.abs(8000 * Math.round((k * mesh) / 8000) - k * mesh);
      if (Math.abs(folded - mesh) < 200) continue;
      assert.ok(spectrum.line(folded, 8) < 13, `${k * mesh} Hz at ${folded} Hz: ${spectrum.line(folded, 8)}`);
    }
  }
});

test('a machine in good order is as loud as others, and the worst fault stays within the scale', () => {
  for (const kind of kinds) {
    for (const seed of seeds) {
      const shaft = geometryOf(seed, kind).rated;
      const level = decibels(powerOf(heard(soundOf(seed, rate, kind), drive('normal', 0, { shaft, load: 1 }), 1)));
      assert.ok(Math.abs(level + 30.5) < 1.5, `${kind} ${seed}: ${level} dB`);
    }
  }
  for (const condition of conditions) {
    const worst = heard(soundOf(2, rate), drive(condition, 1, { load: 1.1, shaft: 60, noise: 0 }), 1);
    assert.ok(
      worst.every((sample) => Math.abs(sample) <= 1),
      condition,
    );
  }
});
