import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Finding, type Spectrogram, setLanguage } from '../../dist/kit/index.js';
import { Episode } from '../../dist/sound/anomaly/episode.js';
import { Keep } from '../../dist/sound/anomaly/keep.js';
import { Listener, type ListenerSettings, type Taken } from '../../dist/sound/anomaly/listener.js';
import { type Rule, ruleFor } from '../../dist/sound/normal/alarm.js';
import { Drift } from '../../dist/sound/normal/drift.js';
import { learn, readModel } from '../../dist/sound/normal/model.js';
import { newTones, sidebandsOf, usualTones } from '../../dist/sound/normal/tones.js';
import { Machine, spectrogramsOf } from '../support/sound-machine.ts';
import { parkMiller } from '../support/sound-signals.ts';

const folder = mkdtempSync(join(tmpdir(), 'percept-anomaly-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const settings: ListenerSettings = { minutes: 0.6, auto: true, perDay: 1, driftHours: 24 };
const needed = 36;

let folders = 0;
async function listener(more: Partial<ListenerSettings> = {}, keep = new Keep(join(folder, String(++folders)))) {
  const one = new Listener('hall/fan', { ...settings, ...more }, keep, async (heard) => learn(heard, 0));
  await one.start();
  return { one, keep };
}

async function taken(one: Listener, stretches: readonly Spectrogram[]): Promise<Taken[]> {
  const all: Taken[] = [];
  for (const stretch of stretches) all.push(await one.take(stretch));
  return all;
}

const findingsIn = (all: readonly Taken[]): Finding[] => all.flatMap(({ findings }) => [...findings]);

test('it learns by itself, stays quiet while all is normal, and says since when and why something is strange', async () => {
  const { one } = await listener();
  const machine = new Machine();
  const learning = await taken(one, await spectrogramsOf(machine, needed, 0));
  assert.equal(learning[0]?.state, 'learning');
  assert.ok(Math.abs((learning[17]?.learning ?? 0) - 0.5) < 1e-9);
  assert.equal(learning.at(-1)?.model?.card.stretches, needed);
  assert.deepEqual(findingsIn(await taken(one, await spectrogramsOf(machine, 40, 100_000))), []);

  const broken = await taken(one, await spectrogramsOf(machine, 12, 200_000, { whistle: 0.05 }));
  const [finding, ...more] = findingsIn(broken);
  assert.equal(finding?.kind, 'anomaly');
  assert.equal(finding?.since, 200_000);
  assert.equal(finding?.until, undefined);
  assert.ok((finding?.score ?? 0) > (finding?.threshold ?? 0));
  assert.match(
    finding?.reasons[0] ?? '',
    /^2(\.1)? kHz.* is \d\d dB louder than normal\.$|^2(\.\d)? – 2\.\d kHz.* louder/,
  );
  assert.ok(finding?.reasons.some((reason) => /sidebands 29 Hz apart around 2\.1 kHz/.test(reason)));
  assert.deepEqual(
    more.filter(({ until }) => until !== undefined),
    [],
  );

  const [end] = findingsIn(await taken(one, await spectrogramsOf(machine, 20, 212_288)));
  assert.equal(end?.since, 200_000);
  assert.equal(end?.until, 212_288);
});

test('louder all over is told as one thing, with the likely cause', async () => {
  const { one } = await listener();
  const machine = new Machine(2);
  await taken(one, await spectrogramsOf(machine, needed, 0));
  const [finding] = findingsIn(await taken(one, await spectrogramsOf(machine, 8, 100_000, { gain: 4 })));
  assert.match(finding?.reasons[0] ?? '', /^It is 12 dB louder than normal all over\. If the microphone was moved/);
});

test('a reason is in the language of the runtime', async () => {
  const { one } = await listener();
  const machine = new Machine(3);
  await taken(one, await spectrogramsOf(machine, needed, 0));
  setLanguage('ko');
  try {
    const [finding] = findingsIn(await taken(one, await spectrogramsOf(machine, 8, 100_000, { gain: 4 })));
    assert.match(finding?.reasons[0] ?? '', /모든 대역이 평소보다 12 dB 큽니다/);
  } finally {
    setLanguage('en');
  }
});

test('what was learned survives a restart; a damaged file is set aside and told', async () => {
  const { one, keep } = await listener();
  const machine = new Machine(4);
  await taken(one, await spectrogramsOf(machine, needed, 0));
  await one.save();
  const { one: again } = await listener({}, keep);
  const [first] = await taken(again, await spectrogramsOf(machine, 1, 100_000));
  assert.equal(first?.state, 'normal');

  const own = join(folder, String(folders));
  writeFileSync(join(own, readdirSync(own)[0] ?? ''), '{"source":');
  const third = new Listener('hall/fan', settings, keep, async (heard) => learn(heard, 0));
  await assert.rejects(third.start(), { code: 'sound-model' });
  assert.match(readdirSync(own)[0] ?? '', /\.damaged$/);
});

test('a model is plain JSON with its card, scores alike after being read, and refuses what is no model', async () => {
  const machine = new Machine(5);
  const all = await spectrogramsOf(machine, 30, 0);
  const { one } = await listener({ auto: false });
  one.begin();
  await taken(one, all);
  const model = await one.finish();
  assert.partialDeepStrictEqual(model.card, { source: 'hall/fan', stretches: 30, form: { bands: 128, channels: 1 } });
  const copy = JSON.parse(JSON.stringify(model));
  assert.deepEqual(readModel(copy), readModel(model));
  assert.ok(JSON.stringify(model).length < 60_000);
  for (const bad of [{}, null, { ...copy, version: 2 }, { ...copy, rows: `${copy.rows}AAAA` }, { ...copy, mean: '!' }])
    assert.throws(() => readModel(bad), { code: 'sound-model' });
});

test('too little normal sound, and sound of another form, are refused; what was learned stays', async () => {
  const { one } = await listener();
  const machine = new Machine(6);
  await taken(one, await spectrogramsOf(machine, 5, 0));
  await assert.rejects(one.finish(), { code: 'sound-too-little' });
  await taken(one, await spectrogramsOf(machine, needed, 10_000));
  const [stretch] = await spectrogramsOf(machine, 1, 100_000);
  const stereo = { ...(stretch as Spectrogram), shape: [2, 32, 128] as const };
  await assert.rejects(one.take(stereo), { message: /channels is 2, it was 1\. Set the microphone/ });
  const other = { ...(stretch as Spectrogram), sampleRate: 8000 };
  await assert.rejects(one.take(other), { message: /sampleRate is 8000, it was 16000/ });
  assert.equal((await one.take(stretch as Spectrogram)).state, 'normal');
});

test('a dead microphone and a clipped one are told as such, and silence is not judged or learned', async () => {
  const { one } = await listener();
  const machine = new Machine(7);
  const deaf = await taken(one, await spectrogramsOf(machine, 4, 0, { gain: 0 }));
  assert.deepEqual(
    deaf.map(({ state }) => state),
    ['silent', 'silent', 'silent', 'silent'],
  );
  const [silent, ...no] = findingsIn(deaf);
  assert.deepEqual([silent?.kind, silent?.since, no.length], ['microphone-silent', 0, 0]);
  const [over] = findingsIn(await taken(one, await spectrogramsOf(machine, 1, 5000)));
  assert.deepEqual([over?.kind, over?.until], ['microphone-silent', 5000]);
  const [clipped] = findingsIn(await taken(one, await spectrogramsOf(machine, 4, 6000, { clipped: true })));
  assert.equal(clipped?.kind, 'microphone-clipped');
});

function alarmsIn(scores: readonly number[], { threshold, inRow }: Rule): number {
  let [alarms, row] = [0, 0];
  for (const score of scores) {
    row = score > threshold ? row + 1 : 0;
    if (row === inRow) alarms++;
  }
  return alarms;
}

test('the rule is broken as often as allowed: one in a row where there is enough to know, more where there is not', () => {
  const random = parkMiller(12);
  const scores = (count: number): number[] => Array.from({ length: count }, () => random());
  const many = ruleFor(scores(200_000), 1, 2);
  assert.equal(many.inRow, 1);
  assert.ok(Math.abs(alarmsIn(scores(864_000), many) / 10 - 2) < 2);
  const few = ruleFor(scores(600), 1, 1);
  assert.ok(few.inRow === 2 || few.inRow === 3);
  assert.ok(alarmsIn(scores(864_000), few) / 10 < 6);
  // what comes in bursts needs more in a row
  const bursts = scores(600).map((score, i) => (i % 100 < 4 ? 5 + score : score));
  assert.ok(ruleFor(bursts, 1, 1).inRow > 4);
});

test('drift is followed slowly and only so far', () => {
  const drift = new Drift(new Float64Array([1, 0.5]), 0.01);
  const mean = new Float64Array([0, 0]);
  for (let i = 0; i < 100; i++) drift.follow(new Float64Array([1, 0]), mean);
  assert.ok(Math.abs((drift.offset[0] ?? 0) - (1 - 0.99 ** 100)) < 1e-9);
  for (let i = 0; i < 5000; i++) drift.follow(new Float64Array([50, 0]), mean);
  assert.deepEqual([...drift.offset], [2, 0]);
  assert.deepEqual([...drift.without(new Float64Array([50, 1]))], [48, 1]);
  assert.equal(drift.used, 0.5);
});

test('nothing is followed while something is strange, also before it is an alarm', async () => {
  const { one } = await listener({ driftHours: 0.01 });
  const machine = new Machine(8);
  await taken(one, await spectrogramsOf(machine, needed, 0));
  const broken = await taken(one, await spectrogramsOf(machine, 60, 100_000, { whistle: 0.05 }));
  assert.equal(broken.at(-1)?.state, 'strange');
  assert.ok((broken.at(-1)?.score ?? 0) > 0.8 * (broken[0]?.score ?? 0));
});

test('an episode begins with its first stretch and ends with its last', () => {
  const episode = new Episode();
  const rule = { threshold: 1, inRow: 2 };
  const changes = [0, 2, 0, 2, 2, 2, 9, 0, 0, 2, 0, 0, 0, 0, 0, 0].map((score, i) =>
    episode.step(score, rule, i, i + 1),
  );
  assert.deepEqual(
    [...changes.entries()].filter(([, change]) => change),
    [
      [4, 'begins'],
      [6, 'worse'],
      [14, 'ends'],
    ],
  );
  assert.deepEqual([episode.since, episode.until, episode.severity], [3, 10, 'critical']);
});

test('sidebands are found on both sides of a carrier; harmonics are none', () => {
  const line = (frequency: number, level = -40) => ({ frequency, level });
  const sides = [line(1000, -60), line(2071), line(2100, -30), line(2129), line(2158)];
  assert.deepEqual(sidebandsOf(sides, 1), { carrier: 2100, apart: 29 });
  assert.equal(sidebandsOf([line(100, -20), line(200), line(300), line(400)], 1)?.carrier, undefined);
  const tones = usualTones([[line(50)], [line(50.2)], [line(50), line(700)]], 1);
  assert.deepEqual(
    newTones([line(51), line(300, -50), line(900, -20)], tones).map(({ frequency }) => frequency),
    [900, 300],
  );
});
