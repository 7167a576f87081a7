import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SensorFinding } from '../../dist/sensor/outlier/contract.js';
import { createDetector } from '../../dist/sensor/outlier/detector.js';
import { gaussian, minute, random, start, watch } from '../support/series.ts';

const one = { channels: ['temperature'] };
/** Rows of a week at one a minute. */
const week = 7 * 1440;

function daily(seed: number): (row: number) => number {
  const next = gaussian(seed);
  return (row) => 20 + 4 * Math.sin((row / 720) * Math.PI) + 0.5 * next();
}

/** As many detectors as seeds, weeks each; how many outliers they found in a week on average. */
function alarms(make: (seed: number) => (row: number) => number, weeks: number, interval = minute): number {
  const seeds = [1, 2, 3];
  const rows = Math.round((weeks * 7 * 86_400_000) / interval);
  const found = seeds.map((seed) => watch(createDetector(one), rows, make(seed), { interval }).begun.length);
  return found.reduce((sum, count) => sum + count, 0) / (seeds.length * weeks);
}

const fiveMinutes = 5 * minute;

for (const [name, make] of Object.entries({
  'plain noise': (seed: number) => gaussian(seed),
  'a daily pattern': daily,
  'a random walk': (seed: number) => {
    const next = gaussian(seed);
    let at = 0;
    return () => {
      at += next();
      return at;
    };
  },
  'skewed noise': (seed: number) => {
    const next = gaussian(seed);
    return () => Math.exp(next());
  },
})) {
  test(`false alarms on ${name} are about as many as were asked for, or fewer`, () => {
    const perWeek = alarms(make, 12, fiveMinutes);
    assert.ok(perWeek <= 2.5, `${perWeek} a week instead of 1`);
  });
}

test('more false alarms allowed make a detector more sensitive', () => {
  const found = [0.1, 100].map((falseAlarmsPerWeek) => {
    const detector = createDetector({ ...one, falseAlarmsPerWeek });
    return watch(detector, 2 * week, gaussian(1)).begun.length;
  });
  assert.ok((found[1] as number) > 4 * (found[0] as number) + 10, found.join());
});

test('nothing is said while it warms up, and the state says so', () => {
  const detector = createDetector({ ...one, warmUp: 500 });
  const { verdicts, begun } = watch(detector, 500, (row) => (row % 100 === 50 ? 1e6 : Math.sin(row)));
  assert.ok(verdicts.every(({ state, threshold }) => state === 'warming-up' && threshold === Number.POSITIVE_INFINITY));
  assert.deepEqual(begun, []);
  assert.equal(detector.update({ time: start + week * minute, values: [0] }).state, 'watching');
});

test('a spike is one finding: which channel, how far, compared with what, since when and until when', () => {
  const normal = daily(1);
  const at = 6000;
  const { begun, ended } = watch(createDetector(one), week, (row) => normal(row) + (row === at ? 15 : 0));
  const found = begun.filter(({ row }) => row >= at && row < at + 60);
  assert.equal(found.length, 1);
  const [spike] = found;
  assert.equal(spike?.kind, 'outlier');
  assert.equal(spike?.channel, 'temperature');
  assert.equal(spike?.since, start + at * minute);
  assert.ok((spike?.amount ?? 0) > 3);
  assert.ok((spike?.score ?? 0) > (spike?.threshold ?? 0));
  assert.ok((spike?.seen ?? 0) > (spike?.expected.high ?? Number.POSITIVE_INFINITY));
  assert.equal(spike?.severity, 'critical');
  assert.equal(ended.filter(({ since }) => since === spike?.since).length, 1);
});

test('a value that is usual, but not at that time of the day, is found', () => {
  const normal = daily(2);
  const midday = 5 * 1440 + 360;
  const { begun } = watch(createDetector(one), week, (row) => (row === midday ? 16 : normal(row)));
  assert.ok(begun.some(({ row }) => row === midday));
});

test('a pattern that goes flat is found, though each of its values is usual', () => {
  const normal = daily(3);
  const next = gaussian(4);
  const flat = (row: number): boolean => row >= 7200 && row < 8640;
  const { begun } = watch(createDetector(one), week, (row) => (flat(row) ? 20 + 0.5 * next() : normal(row)));
  assert.ok(begun.some(({ row }) => flat(row)));
});

test('a level that is left and stays away is one finding until it is back', () => {
  const next = gaussian(5);
  const { begun, ended } = watch(createDetector(one), 4000, (row) => next() + (row >= 3000 && row < 3400 ? 8 : 0));
  const late = begun.filter(({ row }) => row >= 3000 && row < 3400);
  assert.equal(late.length, 1);
  const [end] = ended.filter(({ since }) => since === late[0]?.since);
  assert.ok(end && end.row > 3400 && end.row < 3500, String(end?.row));
});

test('what comes on slowly does not teach its own threshold: soon after the warm-up, and it is told since when', () => {
  const found = [21, 22, 23, 24].map((seed) => {
    const next = gaussian(seed);
    const leak = (row: number): number => -14 * Math.min(1, Math.max(0, (row - 400) / 60));
    const { begun } = watch(createDetector({ ...one, warmUp: 180 }), 500, (row) => next() + leak(row));
    return begun.find(({ row }) => row > 400);
  });
  for (const finding of found) {
    assert.ok(finding && finding.row < 435, String(finding?.row));
    const rows = (finding.since - start) / minute;
    assert.ok(rows > 385 && rows <= finding.row, `${rows} ${finding.row}`);
  }
});

test('a step that comes every day at one time is found once, if at all', () => {
  const next = gaussian(25);
  const night = (row: number): boolean => row % 1440 < 480;
  const { begun } = watch(createDetector(one), 6 * 1440, (row) => next() + (night(row) ? 0 : 30));
  assert.ok(begun.filter(({ row }) => row > 2 * 1440).length === 0, begun.map(({ row }) => row).join());
});

test('of several channels the one that stands out is named', () => {
  const detector = createDetector({ channels: ['flow', 'pressure', 'current'] });
  const next = gaussian(6);
  const found: string[] = [];
  for (let row = 0; row < 3000; row++) {
    const values = [next(), next() + (row >= 2500 ? 10 : 0), next()];
    const { findings } = detector.update({ time: start + row * 1000, values });
    if (row >= 2500) found.push(...findings.map(({ channel }) => channel));
  }
  assert.equal(found[0], 'pressure');
});

test('channels that stop going together are found, though each stays where it usually is', () => {
  const detector = createDetector({ channels: ['speed', 'current'], falseAlarmsPerWeek: 100 });
  const next = gaussian(7);
  const found: string[] = [];
  let [speed, current] = [0, 0];
  for (let row = 0; row < 6000; row++) {
    speed = 0.98 * speed + next();
    // from one row to the next nothing jumps: the current only goes its own way from then on
    current = row < 5000 ? speed + 0.2 * next() : 0.98 * current + next();
    const { findings } = detector.update({ time: start + row * 1000, values: [speed, current] });
    if (row >= 5000) found.push(...findings.map(({ compared }) => compared));
  }
  assert.ok(found.includes('channels'), found.join());
});

test('what goes together as never before is found in machines that do more and less all the time', () => {
  const detector = createDetector({ channels: ['flow', 'power', 'pressure'], warmUp: 180 });
  const next = gaussian(26);
  const found: SensorFinding[] = [];
  for (let row = 0; row < 700; row++) {
    const load = 5 * Math.sin(row / 40) + 0.05 * next();
    const leak = Math.min(1, Math.max(0, (row - 600) / 60));
    const values = [load + 0.1 * next(), load + 0.1 * next() + leak, 0.1 * next() - load - leak];
    found.push(...detector.update({ time: start + row * 1000, values }).findings);
  }
  const [first] = found;
  assert.equal(first?.compared, 'channels');
  assert.ok(first && first.since > start + 590_000 && first.since < start + 640_000);
});

test('most rows lie in the band that is expected of them, and it follows the time of the day', () => {
  const normal = daily(8);
  const { verdicts } = watch(createDetector(one), week, normal);
  const value = daily(8);
  let within = 0;
  for (let row = 0; row < week; row++) {
    const seen = value(row);
    const band = verdicts[row]?.channels[0]?.expected;
    if (row >= 2 * 1440 && band && seen >= band.low && seen <= band.high) within++;
  }
  assert.ok(within > 0.99 * (week - 2 * 1440), String(within));
  const middle = (row: number): number => {
    const band = verdicts[row]?.channels[0]?.expected;
    return ((band?.low ?? 0) + (band?.high ?? 0)) / 2;
  };
  assert.ok(middle(5 * 1440 + 360) - middle(5 * 1440 + 1080) > 6);
});

test('what was fine scores lower the next time, and is no finding', () => {
  const peaks = [3000, 6000, 9000];
  const normal = gaussian(9);
  const detector = createDetector(one);
  const value = (row: number): number => normal() + (peaks.includes(row) ? 12 : 0);
  const first = watch(detector, 3100, value);
  const finding = first.begun.find(({ row }) => row === 3000);
  assert.ok(finding);
  const scores = [first.verdicts[3000]?.score as number];
  detector.feedback(finding);
  const second = watch(detector, 3000, value, { from: 3100 });
  scores.push(second.verdicts[6000 - 3100]?.score as number);
  assert.ok((scores[1] as number) < 0.5 * (scores[0] as number), scores.join());
  assert.ok(!second.begun.some(({ row }) => row === 6000));
});

test('feedback on a departure takes the new level for usual', () => {
  const next = gaussian(10);
  const detector = createDetector(one);
  const { begun } = watch(detector, 3100, (row) => next() + (row >= 3000 ? 8 : 0));
  detector.feedback(begun.at(-1) ?? assert.fail('nothing was found'));
  const { verdicts } = watch(detector, 200, () => next() + 8, { from: 3100 });
  assert.ok(verdicts.slice(60).every(({ state }) => state === 'watching'));
});

test('feedback on channels that do not go together lets them go their own ways', () => {
  const detector = createDetector({ channels: ['speed', 'current'], falseAlarmsPerWeek: 100 });
  const next = gaussian(7);
  let [speed, current] = [0, 0];
  const feed = (from: number, rows: number): SensorFinding[] => {
    const found: SensorFinding[] = [];
    for (let row = from; row < from + rows; row++) {
      speed = 0.98 * speed + next();
      current = row < 5000 ? speed + 0.2 * next() : 0.98 * current + next();
      found.push(...detector.update({ time: start + row * 1000, values: [speed, current] }).findings);
    }
    return found.filter(({ compared, until }) => compared === 'channels' && until === undefined);
  };
  feed(0, 5000);
  const [odd] = feed(5000, 100);
  assert.ok(odd);
  // as it comes back from where findings are stored: what it was compared with is not known there
  const { kind, channel, score, threshold } = odd;
  for (let i = 0; i < 3; i++) detector.feedback({ kind, channel, score, threshold });
  assert.deepEqual(feed(5100, 200), []);
});

test('maintenance is neither judged nor learnt from', () => {
  const next = gaussian(11);
  const detector = createDetector(one);
  watch(detector, 2000, next);
  for (let row = 2000; row < 2500; row++) {
    const { state, findings } = detector.update({ time: start + row * minute, values: [500], excluded: true });
    assert.equal(state, 'excluded');
    assert.deepEqual(findings, []);
  }
  const { begun } = watch(detector, 500, next, { from: 2500 });
  assert.deepEqual(begun, []);
  const after = watch(detector, 1, () => 30, { from: 3000 });
  assert.equal(after.begun.length, 1);
});

test('the same rows give the same verdicts', () => {
  const runs = [0, 1].map(() => watch(createDetector(one), 3000, daily(12)).verdicts.map(({ score }) => score));
  assert.deepEqual(runs[0], runs[1]);
});

test('memory does not grow with rows', () => {
  const detector = createDetector(one);
  const before = detector.bytes;
  const next = random(13);
  watch(detector, 20_000, next);
  assert.equal(detector.bytes, before);
  assert.ok(before < 30_000, String(before));
});

test('settings that cannot be are refused with what to give', () => {
  assert.throws(() => createDetector({ channels: [] }), { code: 'outlier-bad-setting' });
  assert.throws(() => createDetector({ ...one, falseAlarmsPerWeek: 0 }), { code: 'outlier-bad-setting' });
  assert.throws(() => createDetector({ ...one, warmUp: Number.NaN }), { code: 'outlier-bad-setting' });
});
