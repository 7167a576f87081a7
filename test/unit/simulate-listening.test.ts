import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { readWav } from '../../dist/kit/wav.js';
import { readPcm } from '../../dist/sensor/decode/pcm.js';
import { Listening, type Stretch } from '../../dist/simulate/publish/listening.js';
import type { Drive } from '../../dist/simulate/sound/index.js';
import { floatWav, integerWav, timedPcm } from '../../dist/simulate/sound/wav.js';

const sampleRate = 8000;
const start = Date.UTC(2026, 4, 12, 9) + 420;
const idle: Drive = { shaft: 24, load: 1, condition: 'normal', severity: 0, noise: -30 };

/** A clock that can be set, and timers that know nothing of it. */
function clocked(t: TestContext): { pass(ms: number): void; set(to: number): void } {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let now = start;
  t.mock.method(Date, 'now', () => now);
  return {
    pass(ms) {
      for (let passed = 0; passed < ms; passed += 50) {
        now += 50;
        t.mock.timers.tick(50);
      }
    },
    set(to) {
      now = to;
    },
  };
}

/** Two sensors that count their samples, the second backwards. */
function counting(t: TestContext) {
  const clock = clocked(t);
  const stretches: Stretch[] = [];
  const asked: { samples: number; time: number }[] = [];
  let made = 0;
  const listening = new Listening(
    { sampleRate, length: 1000 },
    (samples) => {
      const counted = Float32Array.from({ length: samples }, () => made++);
      return [counted, counted.map((value) => -value)];
    },
    (time) => {
      asked.push({ samples: made, time });
      return idle;
    },
    (stretch) => stretches.push(stretch),
  );
  listening.start();
  return { clock, listening, stretches, asked };
}

test('stretches lie on a grid, whole and without a gap, one array a sensor', (t) => {
  const { clock, listening, stretches } = counting(t);
  clock.pass(10_000);
  listening.stop();
  assert.ok(stretches.length >= 9);
  for (const [i, { time, waves }] of stretches.entries()) {
    assert.equal(time, start - 420 + 1000 * i);
    assert.deepEqual(
      waves.map(({ length }) => length),
      [8000, 8000],
    );
    assert.equal(waves[0]?.[0], 8000 * i);
    assert.equal(waves[0]?.at(-1), 8000 * (i + 1) - 1);
    assert.equal(waves[1]?.at(-1), 1 - 8000 * (i + 1));
  }
});

test('is made little by little, as time goes by, so that a change is heard at once and nothing waits long', (t) => {
  const { clock, listening, asked } = counting(t);
  clock.pass(5000);
  listening.stop();
  const steps = asked.slice(1).map(({ samples }, i) => samples - (asked[i]?.samples ?? 0));
  assert.ok(Math.max(...steps) <= 0.2 * sampleRate, String(Math.max(...steps)));
  assert.ok(asked.length >= 45);
});

test('what was missed is not made up for: after a sleep and after a clock was set it goes on with what is now', (t) => {
  for (const jump of [3_600_000, -3_600_000]) {
    t.mock.reset();
    t.mock.timers.reset();
    const { clock, listening, stretches } = counting(t);
    clock.pass(3000);
    const before = stretches.length;
    clock.set(start + jump);
    clock.pass(3000);
    listening.stop();
    const later = stretches.slice(before);
    assert.ok(later.length >= 2 && later.length <= 4, String(later.length));
    assert.ok(later.every(({ time }) => time >= start + jump - 1000 && time < start + jump + 3000));
  }
});

test('stopped, it says nothing more', (t) => {
  const { clock, listening, stretches } = counting(t);
  clock.pass(2000);
  listening.stop();
  const before = stretches.length;
  clock.pass(5000);
  assert.equal(stretches.length, before);
});

test('a stretch is a WAV file, and PCM with its time for who cannot say it otherwise', () => {
  const fail = (problem: string): Error => new Error(problem);
  const values = Float32Array.of(0, 0.5, -1, 1);
  const file = integerWav(values, 16_000);
  const { samples, ...about } = readWav(file.bytes, fail);
  assert.deepEqual(about, { sampleRate: 16_000, channels: 1, format: 's16le' });
  assert.deepEqual([...new Int16Array(Uint8Array.from(samples).buffer)], [0, 16_384, -32_767, 32_767]);
  const shaken = readWav(floatWav(Float32Array.of(2.5), 8000).bytes, fail);
  assert.equal(shaken.format, 'f32le');
  assert.equal(shaken.samples.readFloatLE(0), 2.5);
  const timed = readPcm('sound/pump-1/sound', timedPcm(file, start + 0.5));
  assert.equal(timed.time, start + 0.5);
  assert.deepEqual(timed.samples, samples);
  assert.deepEqual([timed.sampleRate, timed.format], [16_000, 's16le']);
});
