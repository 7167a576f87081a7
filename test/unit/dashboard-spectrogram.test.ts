import assert from 'node:assert/strict';
import test from 'node:test';
import { decibelsPerStep, quietest, StripRing } from '../../nodes/dashboard/dist/node/strip.js';
import { Watching } from '../../nodes/dashboard/dist/spectrogram/watching.js';
import { bandsOf } from '../../nodes/dashboard/ui/shared/bands.ts';
import { colorAt } from '../../nodes/dashboard/ui/shared/heat.ts';
import { decibelsOf, Minute, steadied } from '../../nodes/dashboard/ui/shared/minute.ts';
import { frequencyTicks, hertz, placeOf } from '../../nodes/dashboard/ui/spectrogram/axis.ts';

const now = Date.UTC(2026, 10, 21, 12);
const settings = { seconds: 60, rows: 8, leastStep: 60 };

/** A second of `hop` s columns: each band at the level that `level` gives. */
function heard(
  time: number,
  level: (frame: number, band: number) => number,
  { source = 'pump', bands = 8, frames = 32, hop = 0.032 } = {},
) {
  const data = Buffer.alloc(4 * frames * bands);
  for (let frame = 0; frame < frames; frame++)
    for (let band = 0; band < bands; band++) data.writeFloatLE(level(frame, band), 4 * (frame * bands + band));
  const centres = Array.from({ length: bands }, (_, i) => 100 * (i + 1));
  return { source, time, shape: [1, frames, bands] as const, data, scale: 'mel' as const, bands: centres, hop };
}

test('what was heard is kept to within half a step of a byte', () => {
  const ring = new StripRing('pump', settings);
  const { data, rows } = ring.take(heard(now, (_frame, band) => -100 + 10.3 * band));
  for (let band = 0; band < rows; band++) {
    const decibels = quietest + (data[band] ?? 0) * decibelsPerStep;
    assert.ok(Math.abs(decibels - (-100 + 10.3 * band)) <= decibelsPerStep / 2, String(decibels));
  }
});

test('a single knock is seen in what frames and bands are put together', () => {
  const ring = new StripRing('pump', { ...settings, rows: 4 });
  const { data, rows, centres } = ring.take(heard(now, (frame, band) => (frame === 7 && band === 5 ? -10 : -90)));
  assert.deepEqual([rows, centres], [4, [150, 350, 550, 750]]);
  assert.equal(data.filter((byte) => byte === Math.round((-10 - quietest) / decibelsPerStep)).length >= 1, true);
});

test('stretches whose times jitter follow one another without a gap', () => {
  const ring = new StripRing('pump', settings);
  for (let i = 0; i < 20; i++) ring.take(heard(now + 1024 * i + (i % 2) * 90, () => -50));
  const { data } = ring.whole() ?? assert.fail();
  assert.ok(data.every((byte) => byte > 0));
});

test('a pause stays empty, and a minute is all that is kept', () => {
  const ring = new StripRing('pump', settings);
  ring.take(heard(now, () => -50));
  ring.take(heard(now + 10_240, () => -50));
  const { data, rows } = ring.whole() ?? assert.fail();
  const columns = Array.from({ length: data.length / rows }, (_, at) => data[at * rows] ?? 0);
  assert.equal(columns.filter((byte) => byte > 0).length, 32);
  for (let i = 0; i < 200; i++) ring.take(heard(now + 20_000 + 1024 * i, () => -50));
  assert.equal(ring.whole()?.data.length, Math.ceil(60_000 / 64) * rows);
});

test('what is played again from its beginning is not drawn into what was there', () => {
  const ring = new StripRing('pump', settings);
  for (let i = 0; i < 30; i++) ring.take(heard(now + 1024 * i, () => -20));
  ring.take(heard(now, () => -80));
  const { data, first, step } = ring.whole() ?? assert.fail();
  assert.equal(Math.floor(now / step), first);
  assert.ok(data.every((byte) => (decibelsOf(byte) ?? -80) < -70));
});

test('a page draws what the node keeps, from all at once or bit by bit', () => {
  const ring = new StripRing('pump', settings);
  const bits = new Minute();
  for (let i = 0; i < 90; i++) bits.put(ring.take(heard(now + 1024 * i, (frame) => -60 + frame)), now + 1024 * (i + 1));
  const whole = new Minute();
  whole.put(ring.whole() ?? assert.fail(), now);
  assert.equal(bits.end, whole.end);
  for (let at = bits.end - 900; at < bits.end; at++) assert.deepEqual(bits.column(at), whole.column(at));
});

test('the right edge follows what comes in steps, smoothly and late by one step; silence moves it on', () => {
  const minute = new Minute();
  const ring = new StripRing('pump', settings);
  for (let i = 0; i < 5; i++) minute.put(ring.take(heard(now + 1024 * i, () => -50)), now + 1024 * (i + 1) + 70);
  const arrived = now + 5 * 1024 + 70;
  assert.ok(Math.abs(minute.edge(arrived) - (now + 4 * 1024)) <= 64);
  assert.equal(minute.edge(arrived + 5000) - minute.edge(arrived), 5000);
});

test('colours widen at once and narrow only when much is unused', () => {
  assert.deepEqual(steadied(undefined, { low: -90, high: -30 }), { low: -90, high: -30 });
  assert.deepEqual(steadied({ low: -90, high: -30 }, { low: -80, high: -20 }), { low: -90, high: -20 });
  assert.deepEqual(steadied({ low: -90, high: -20 }, { low: -80, high: -30 }), { low: -80, high: -30 });
});

test('a page gets the minute once and then only what is new of the source that it shows', () => {
  const told: Record<string, unknown>[] = [];
  const watching = new Watching((msg) => told.push(msg), '');
  watching.take(
    heard(now, () => -50, { source: 'b' }),
    now,
  );
  watching.watch({ page: 'p1', source: '' }, now);
  watching.take(
    heard(now, () => -50, { source: 'a' }),
    now,
  );
  watching.take(
    heard(now + 1024, () => -50, { source: 'b' }),
    now,
  );
  const [, whole, sources, more] = told as { shown?: string; sources?: string[]; strip?: object; more?: object }[];
  assert.equal(told.length, 4);
  assert.deepEqual([whole?.shown, Boolean(whole?.strip)], ['b', true]);
  assert.deepEqual(sources?.sources, ['a', 'b']);
  assert.deepEqual(
    Object.keys(more?.more ?? {}).toSorted((a, b) => a.localeCompare(b)),
    ['data', 'first', 'rows', 'step'],
  );
});

test('a page that says nothing any more gets nothing', () => {
  let told = 0;
  const watching = new Watching(() => told++, 'pump');
  watching.take(
    heard(now, () => -50),
    now,
  );
  watching.watch({ page: 'p1', source: '' }, now);
  const before = told;
  watching.take(
    heard(now + 40_000, () => -50),
    now + 40_000,
  );
  assert.equal(told, before);
});

test('a page that goes on saying what it shows is not sent the minute again', () => {
  let told = 0;
  const watching = new Watching(() => told++, '');
  watching.take(
    heard(now, () => -50),
    now,
  );
  for (let i = 0; i < 5; i++) watching.watch({ page: 'p1', source: 'pump' }, now + 10_000 * i);
  assert.equal(told, 2);
});

test('with rows of other frequencies a page gets the whole minute, whose axis it can draw', () => {
  const told: { strip?: { centres: number[] } }[] = [];
  const watching = new Watching((msg) => told.push(msg), 'pump');
  watching.take(
    heard(now, () => -50),
    now,
  );
  watching.watch({ page: 'p1', source: '' }, now);
  watching.take(
    heard(now + 1024, () => -50, { bands: 16 }),
    now,
  );
  assert.equal(told.at(-1)?.strip?.centres.length, 16);
});

test('colours are even steps of lightness, dark to light on dark paper and light to dark on light paper', () => {
  const lightness = ([red, green, blue]: readonly number[]): number => {
    const linear = [red, green, blue].map((part = 0) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    const [r, g, b] = linear;
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
  };
  for (const [dark, sign] of [
    [true, 1],
    [false, -1],
  ] as const) {
    const steps = Array.from({ length: 32 }, (_, i) => {
      return sign * (lightness(colorAt((i + 1) / 32, dark)) - lightness(colorAt(i / 32, dark)));
    });
    const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
    for (const step of steps) assert.ok(step > 0.6 * mean && step < 1.4 * mean, `${step} of ${mean}`);
  }
});

test('frequencies stand at their rows, by octaves or evenly, and no two labels touch', () => {
  const mel = Array.from({ length: 128 }, (_, i) => 700 * (1.0195 ** (i + 1) - 1));
  const octaves = frequencyTicks(mel, 'mel', 12);
  assert.ok(octaves.some(({ label }) => label === '1 kHz') && octaves.some(({ label }) => label === '4 kHz'));
  for (const [at, tick] of octaves.entries())
    if (at > 0) assert.ok(tick.at - (octaves[at - 1]?.at ?? 0) >= 1 / 12 - 1e-9);
  const linear = Array.from({ length: 100 }, (_, i) => 5 * i);
  assert.deepEqual(
    frequencyTicks(linear, 'linear', 5).map(({ label }) => label),
    ['0 Hz', '100 Hz', '200 Hz', '300 Hz', '400 Hz'],
  );
  assert.equal(placeOf(250, [200, 300]), 0.5);
  assert.equal(hertz(31.5), '31.5 Hz');
});

test('a finding is a band from since to until, or to the right edge while it lasts', () => {
  const finding = {
    kind: 'anomaly',
    source: 'a',
    quantity: '',
    score: 1,
    threshold: 1,
    severity: 'warning',
    reasons: [],
  } as const;
  const window = { from: 0, to: 100 };
  const bands = bandsOf(
    [
      { ...finding, since: -50, until: 25 },
      { ...finding, since: 60 },
      { ...finding, since: -90, until: -10 },
    ],
    window,
  );
  assert.deepEqual(
    bands.map(({ from, to, open }) => [from, to, open]),
    [
      [0, 0.25, false],
      [0.6, 1, true],
    ],
  );
});
