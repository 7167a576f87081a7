import assert from 'node:assert/strict';
import test from 'node:test';
import FFT from 'fft.js';
import { kinds } from '../../dist/simulate/machine/kinds.js';
import {
  bearingOrders,
  type Condition,
  conditions,
  type Drive,
  geometryOf,
  soundOf,
  type Voice,
  vibrationOf,
  voicesOf,
} from '../../dist/simulate/sound/index.js';

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
const decibels = (ratio: number): number => 10 * Math.log10(ratio + 1e-30);
const powerOf = (samples: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += (samples[i] as number) ** 2;
  return sum / samples.length;
};

/** Mean power over frequency: Hann windows that overlap by half, as many as there are. */
class Spectrum {
  readonly #power: Float64Array;
  readonly #step: number;

  constructor(samples: ArrayLike<number>, sampleRate: number, size = 16_384) {
    const fft = new FFT(size);
    const out = fft.createComplexArray();
    this.#power = new Float64Array(size / 2);
    this.#step = sampleRate / size;
    const window = Array.from({ length: size }, (_, i) => 1 - Math.cos((2 * Math.PI * i) / size));
    const frames = Math.floor((2 * samples.length) / size) - 1;
    const share = 1 / (frames * size ** 2);
    for (let from = 0; from + size <= samples.length; from += size / 2) {
      fft.realTransform(
        out,
        window.map((weight, i) => weight * (samples[from + i] as number)),
      );
      for (let k = 0; k < size / 2; k++)
        (this.#power[k] as number) += share * ((out[2 * k] as number) ** 2 + (out[2 * k + 1] as number) ** 2);
    }
  }

  band(low: number, high: number): number {
    let sum = 0;
    for (let k = Math.round(low / this.#step); k <= Math.round(high / this.#step); k++) sum += this.#power[k] ?? 0;
    return sum;
  }

  /** dB of a line over the median of what is beside it. @param within Hz */
  line(frequency: number, within = 3 * this.#step, beside = 60 * this.#step): number {
    const at = (hertz: number): number => Math.max(1, Math.round(hertz / this.#step));
    const peak = Math.max(...this.#power.subarray(at(frequency - within), at(frequency + within) + 1));
    const around = this.#power.subarray(at(frequency - beside), at(frequency + beside) + 1).toSorted();
    return decibels(peak / (around[around.length >> 1] as number));
  }

  /** Hz of the strongest line between two frequencies. */
  strongest(low: number, high: number): number {
    let best = Math.round(low / this.#step);
    for (let k = best; k <= Math.round(high / this.#step); k++)
      if ((this.#power[k] as number) > (this.#power[best] as number)) best = k;
    return best * this.#step;
  }
}

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
