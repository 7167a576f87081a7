import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Finding, type Spectrogram, setLanguage } from '../../dist/kit/index.js';
import { Episode } from '../../dist/sound/anomaly/episode.js';
import { judgesBy } from '../../dist/sound/anomaly/judges.js';
import { Keep } from '../../dist/sound/anomaly/keep.js';
import { Listener, type ListenerSettings, type Taken } from '../../dist/sound/anomaly/listener.js';
import { plainRule, type Rule, ruleFor } from '../../dist/sound/normal/alarm.js';
import { Drift } from '../../dist/sound/normal/drift.js';
import { learn, type NormalModel, readModel } from '../../dist/sound/normal/model.js';
import { newTones, sidebandsOf, usualTones } from '../../dist/sound/normal/tones.js';
import { leaning, Machine, spectrogramsOf } from '../support/sound-machine.ts';
import { parkMiller } from '../support/sound-signals.ts';

const folder = mkdtempSync(join(tmpdir(), 'percept-anomaly-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const settings: ListenerSettings = { minutes: 0.6, auto: true, perDay: 1, driftHours: 24 };
const needed = 36;

const none = { judge: () => assert.fail('no network was named') };
const listenerOn = (keep: Keep, more: Partial<ListenerSettings> = {}): Listener =>
  new Listener(
    'hall/fan',
    { ...settings, ...more },
    keep,
    async (heard) => learn(heard, 0),
    judgesBy(none, { ...settings, ...more }),
  );

let folders = 0;
async function listener(more: Partial<ListenerSettings> = {}, keep = new Keep(join(folder, String(++folders)))) {
  const one = listenerOn(keep, more);
  await one.start();
  return { one, keep };
}

async function taken(one: Listener, stretches: readonly Spectrogram[]): Promise<Taken[]> {
  const all: Taken[] = [];
  for (const stretch of stretches) all.push(await one.take(stretch));
  return all;
}

function normalOf(model: Taken['model']): NormalModel {
  assert.ok(model && 'card' in model);
  return model;
}

const findingsIn = (all: readonly Taken[]): Finding[] => all.flatMap(({ findings }) => [...findings]);

test('it learns by itself, stays quiet while all is normal, and says since when and why something is strange', async () => {
  const { one } = await listener();
  const machine = new Machine();
  const learning = await taken(one, await spectrogramsOf(machine, needed, 0));
  assert.equal(learning[0]?.state, 'learning');
  assert.ok(Math.abs((learning[17]?.learning ?? 0) - 0.5) < 1e-9);
  assert.equal(normalOf(learning.at(-1)?.model).card.stretches, needed);
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

test('a microphone that was moved or turned is told as that: all bands go alike; a machine that whistles is not', async () => {
  const { one } = await listener();
  const machine = new Machine(2);
  await taken(one, await spectrogramsOf(machine, needed, 0));
  const reasonsFor = async (
    from: number,
    change: (stretch: Spectrogram) => Spectrogram,
  ): Promise<readonly string[]> => {
    const [finding] = findingsIn(await taken(one, (await spectrogramsOf(machine, 8, from)).map(change)));
    await taken(one, await spectrogramsOf(machine, 12, from + 9000));
    return finding?.reasons ?? [];
  };
  const nearer = await reasonsFor(100_000, (stretch) => leaning(stretch, 12, 12));
  assert.match(nearer[0] ?? '', /^It is 12 dB louder than normal all over\.$/);
  assert.match(nearer[1] ?? '', /^All bands go alike: the microphone may have been moved or turned/);
  const turned = await reasonsFor(200_000, (stretch) => leaning(stretch, 0, -15));
  assert.match(turned[0] ?? '', /^It is quieter than normal towards the highs, by 1\d dB at the top\.$/);
  assert.match(turned[1] ?? '', /moved or turned/);
  const [whistle] = findingsIn(await taken(one, await spectrogramsOf(machine, 8, 300_000, { whistle: 0.05 })));
  assert.ok(whistle?.reasons.every((reason) => !/moved/.test(reason)));
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
  const third = listenerOn(keep);
  await assert.rejects(third.start(), { code: 'sound-model' });
  assert.match(readdirSync(own)[0] ?? '', /\.damaged$/);
});

test('a model that comes again does not begin anew what is going on', async () => {
  const { one } = await listener();
  const machine = new Machine();
  const model = (await taken(one, await spectrogramsOf(machine, needed, 0))).at(-1)?.model;
  assert.ok(model);
  const [began] = findingsIn(await taken(one, await spectrogramsOf(machine, 12, 200_000, { whistle: 0.05 })));
  assert.equal(began?.since, 200_000);
  await one.use(JSON.parse(JSON.stringify(model)));
  const later = await taken(one, await spectrogramsOf(machine, 6, 212_000, { whistle: 0.05 }));
  assert.deepEqual(
    later.map(({ state }) => state).filter((state) => state !== 'strange'),
    [],
  );
  assert.ok(findingsIn(later).every(({ since }) => since === 200_000));
});

test('what was strange ends when another model takes over, and after a crash', async () => {
  const { one, keep } = await listener();
  const machine = new Machine();
  const model = (await taken(one, await spectrogramsOf(machine, needed, 0))).at(-1)?.model;
  await taken(one, await spectrogramsOf(machine, 12, 200_000, { whistle: 0.05 }));
  // as if it had been killed now
  const next = listenerOn(keep);
  await next.start();
  const [ended] = findingsIn(await taken(next, await spectrogramsOf(machine, 1, 300_000)));
  assert.equal(ended?.since, 200_000);
  assert.ok((ended?.until ?? 0) > 200_000 && (ended?.until ?? 0) < 213_000, String(ended?.until));

  const known = normalOf(model);
  await one.use({ ...known, card: { ...known.card, learnedAt: 1 } });
  const [over] = findingsIn(await taken(one, await spectrogramsOf(machine, 1, 300_000)));
  assert.equal(over?.since, 200_000);
  assert.ok(Math.abs((over?.until ?? 0) - 212_000) < 1000, String(over?.until));
});

test('a model is plain JSON with its card, scores alike after being read, and refuses what is no model', async () => {
  const machine = new Machine(5);
  const all = await spectrogramsOf(machine, 30, 0);
  const { one } = await listener({ auto: false });
  one.begin();
  await taken(one, all);
  const model = normalOf(await one.finish());
  assert.partialDeepStrictEqual(model.card, { source: 'hall/fan', stretches: 30, form: { bands: 128, channels: 1 } });
  const copy = JSON.parse(JSON.stringify(model));
  assert.deepEqual(readModel(copy), readModel(model));
  assert.ok(JSON.stringify(model).length < 60_000);
  for (const bad of [
    {},
    null,
    { ...copy, version: 1 },
    { ...copy, views: [{ ...copy.views[0], rows: `${copy.views[0].rows}AAAA` }] },
    { ...copy, views: [{ ...copy.views[0], columns: [99] }] },
    { ...copy, mean: '!' },
  ])
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
  await assert.rejects(one.take(other), { message: /the sample rate is 8000 Hz, it was 16000 Hz/ });
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

test('a signal that lies beside zero is told as a fault of the microphone, and the machine is judged all the same', async () => {
  const { one } = await listener();
  const machine = new Machine(9);
  await taken(one, await spectrogramsOf(machine, needed, 0));
  const beside = (spectrogram: Spectrogram): Spectrogram => {
    return { ...spectrogram, quality: { ...spectrogram.quality, mean: -0.3 } };
  };
  const all = await taken(one, (await spectrogramsOf(machine, 4, 100_000)).map(beside));
  const [finding, ...more] = findingsIn(all);
  assert.deepEqual([finding?.kind, more.length, all.at(-1)?.state], ['microphone-offset', 0, 'normal']);
  assert.match(finding?.reasons[0] ?? '', /lies beside zero: .* Check the plug/);
});

function alarmsIn(scores: readonly number[], rule: Rule): number {
  const episode = new Episode();
  return scores.filter((score, i) => episode.step(stretch(score, i), rule) === 'begins').length;
}

const stretch = (score: number, time: number, recordings: readonly string[] = []) => {
  return { score, critical: false, time, end: time + 1, recordings };
};

/** As often alike as stretches of a machine whose speed wanders: each is mostly the one before. */
function wandering(count: number, random: () => number): number[] {
  let at = 0;
  return Array.from({ length: count }, () => {
    at = 0.8 * at + 0.6 * (random() + random() + random());
    return at;
  });
}

test('normal sound alarms no more often than is allowed, also where stretches are alike one after the other', () => {
  const random = parkMiller(12);
  const even = (count: number): number[] => Array.from({ length: count }, () => random());
  for (const scores of [even, (count: number) => wandering(count, random)]) {
    for (const known of [600, 2000]) {
      const rule = ruleFor(scores(known), 1, 24);
      assert.ok(alarmsIn(scores(86_400), rule) <= 24);
    }
  }
});

test('what is strange beyond all alarms in three stretches, what is a little strange in more, a knock not at all', () => {
  const random = parkMiller(13);
  const normal = (): number => random() + random() + random();
  const rule = ruleFor(Array.from({ length: 600 }, normal), 1, 1);
  const after = (score: () => number): number => {
    const episode = new Episode();
    for (let i = 1; i <= 100; i++) if (episode.step(stretch(score(), i), rule) === 'begins') return i;
    return Number.POSITIVE_INFINITY;
  };
  assert.equal(
    after(() => 50),
    3,
  );
  const little = after(() => 2 + 0.5 * random());
  assert.ok(little > 3 && little < 30, `${little}`);
  let knocks = 0;
  assert.equal(
    after(() => (knocks++ % 20 === 10 ? 50 : 0.5 * random())),
    Number.POSITIVE_INFINITY,
  );
});

test('of twenty stretches as of thousands a rule is made, and none is so high that nothing reaches it', () => {
  const random = parkMiller(14);
  for (const count of [20, 5000]) {
    const { threshold, evidence } = ruleFor(
      Array.from({ length: count }, () => random()),
      1,
      1,
    );
    assert.ok(threshold <= 1);
    assert.ok(evidence(5) > 0 && evidence(0) < 0);
  }
  const same = ruleFor(Array(30).fill(1), 1, 1);
  assert.ok(same.evidence(2) > 0 && same.evidence(1) < 0);
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

test('an episode begins with its first stretch, ends with its last, and knows the recordings of the strange ones', () => {
  const episode = new Episode();
  const rule = plainRule(1);
  const scores = [0, 2, 0, 2, 2, 2, 9, 0, 0, 2, 0, 0, 0, 0, 0];
  const changes = scores.map((score, i) =>
    episode.step({ ...stretch(score, i, [`rec/${i}.wav`]), critical: score > 5 }, rule),
  );
  assert.deepEqual(
    [...changes.entries()].filter(([, change]) => change),
    [
      [5, 'begins'],
      [6, 'worse'],
      [14, 'ends'],
    ],
  );
  assert.deepEqual([episode.since, episode.until, episode.score, episode.critical], [3, 10, 9, true]);
  assert.deepEqual(
    episode.evidence,
    [3, 4, 5, 6, 9].map((i) => `rec/${i}.wav`),
  );
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
