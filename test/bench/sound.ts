import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Episode } from '../../dist/sound/anomaly/episode.js';
import { ruleFor } from '../../dist/sound/normal/alarm.js';
import { fitNormal, type Normal, scoreOf } from '../../dist/sound/normal/fit.js';
import { dataFolder } from '../support/data.ts';
import { feeling, hearing, rowsOf, viewsFor } from '../support/sound-features.ts';
import {
  type Machine,
  type Recording,
  readFans,
  readFlights,
  readSounds,
  readStates,
  resampled,
  strengthOf,
  stretchesOf,
  withHiss,
  withNoise,
} from '../support/sound-recordings.ts';
import { aucOf, pAucOf } from '../support/sound-scoring.ts';
import { parkMiller, sampleMachine } from '../support/sound-signals.ts';
import type { BenchOptions, Report } from './run.ts';

export const about = 'faults found by what was learned from normal recordings alone: AUC and pAUC on those of --data';

type Rows = readonly Float64Array[];

/** What was recorded together is one of these: it is learned or scored, never both. */
type Groups = readonly Rows[];

const clip = 1;
const decibels = -6;
const mostFolds = 10;

/** @param options data: a folder with `uav-propeller`, `compressor`, `ceiling-fan`, as far as there are; flags: noise */
export default async function sound(report: Report, { smoke, data, flags }: BenchOptions): Promise<void> {
  if (smoke) return await scoreFlights(report, sampleMachine(1, 4), sampleMachine(3, 4).normal);
  const given = data ?? dataFolder() ?? '';
  const folder = existsSync(join(given, 'sound')) ? join(given, 'sound') : given;
  const flights = readFlights(join(folder, 'uav-propeller'));
  const states = readStates(join(folder, 'compressor'));
  const fans = readFans(join(folder, 'ceiling-fan'));
  if (!flights && states.size === 0 && fans.length === 0) {
    throw new Error(`There are no recordings in ${folder}: give the folder of uav-propeller and others with --data.`);
  }
  const noise = flags['noise'] ? readSounds(flags['noise']) : (states.get('run') ?? []);
  if (flights) await scoreFlights(report, flights, noise);
  for (const fan of fans) await scoreFan(report, fan);
  await scoreStates(report, states);
}

/** Seconds of flight: learned from some flights, scored on the others and on all with broken propellers. */
async function scoreFlights(report: Report, flights: Machine, noise: readonly Recording[]): Promise<void> {
  const normal = await groupsOf(flights.normal);
  const broken = await groupsOf(flights.strange);
  const strange = broken.flat();
  compare(report, 'uav', normal, normal, strange);
  reportAlarms(report, 'uav', normal, broken);
  reportFit(report, normal.flat());
  if (noise.length === 0) return;
  const rate = flights.normal[0]?.sampleRate ?? 0;
  const loud = (noise.length > 1 ? noise : halvesOf(noise)).map((recording) => resampled(recording, rate));
  const random = parkMiller(11);
  // recordings of noise are either learned or scored, too
  const [known, other] = [0, 1].map((part) => {
    const own = loud.filter((_, i) => i % 2 === part);
    return (stretch: Recording): Recording => withNoise(stretch, own, decibels, () => (random() + 1) / 2);
  }) as [Change, Change];
  const noisy = await groupsOf(flights.normal, other);
  const strangeAndNoisy = (await groupsOf(flights.strange, other)).flat();
  compare(report, 'uav-noise', await groupsOf(flights.normal, known), noisy, strangeAndNoisy);
  reportAlarms(report, 'uav-noise', noisy, await groupsOf(flights.strange, other));
  compare(report, 'uav-new-noise', normal, noisy, strangeAndNoisy);
  await scoreSecond(report, flights, loud, () => (random() + 1) / 2);
}

/** Noise 6 dB louder again, with one microphone, and with a second that hears the noise later and the machine faintly. */
async function scoreSecond(
  report: Report,
  flights: Machine,
  noise: readonly Recording[],
  random: () => number,
): Promise<void> {
  const change = (stretch: Recording): Recording => {
    const alone = stretch.channels[0] as Float32Array;
    const both = withNoise(stretch, noise, 2 * decibels, random).channels[0] as Float32Array;
    const second = both.map((_, i) => {
      const at = Math.max(0, i - 24);
      return 0.7 * ((both[at] as number) - (alone[at] as number)) + 0.1 * (alone[i] as number);
    });
    return { ...stretch, channels: [both, second] };
  };
  const two = { ...hearing, use: 'cancel' } as const;
  const one = (stretch: Recording): Recording => withNoise(stretch, noise, 2 * decibels, random);
  const alone = await groupsOf(flights.normal, one);
  compare(report, 'uav-one-microphone', alone, alone, (await groupsOf(flights.strange, one)).flat());
  const cancelled = await groupsOf(flights.normal, change, two);
  compare(report, 'uav-two-microphones', cancelled, cancelled, (await groupsOf(flights.strange, change, two)).flat());
}

const aDay = 86_400;
/** False alarms a day that are allowed: what the node does unless told otherwise, and so many that minutes show them. */
const allowances = [1, 1000] as const;

/** As the node does it, flight by flight: how many with broken propellers are found, how soon, and how many alarms are false. */
function reportAlarms(report: Report, name: string, normal: Groups, broken: Groups): void {
  const models = normal.map((_, i) => fitNormal(normal.filter((_rows, other) => other !== i).flat()));
  const heard = normal.flat().length;
  for (const perDay of allowances) {
    const falseAlarms = normal.flatMap((own, i) => alarmsIn(models[i] as Normal, own, perDay)).length;
    const first = models.flatMap((model) => broken.map((rows) => alarmsIn(model, rows, perDay)[0]));
    const found = first.filter((at) => at !== undefined).sort((a, b) => a - b);
    const allowed = ((perDay * heard * clip) / aDay).toPrecision(2);
    const at = `${name}.at-${perDay}-a-day`;
    report(`${at}.found`, (100 * found.length) / first.length, '% of the flights with broken propellers');
    report(`${at}.found-after`, clip * ((found[found.length >> 1] ?? Number.NaN) + 1), 's, half of them');
    report(`${at}.false-alarms`, falseAlarms, `in ${heard} s of flights that were not learned; allowed ${allowed}`);
  }
}

/** After which stretches alarms begin. */
function alarmsIn(model: Normal, rows: Rows, perDay: number): number[] {
  const rule = ruleFor(model.calibration, clip, perDay);
  const episode = new Episode();
  return [...rows.keys()].filter((at) => {
    const score = scoreOf(model, rows[at] as Float64Array);
    return episode.step({ score, critical: false, time: at, end: at + 1, recordings: [] }, rule) === 'begins';
  });
}

/** Ten minutes' worth of features. */
function reportFit(report: Report, rows: Rows): void {
  const some = Array.from({ length: 600 }, (_, i) => rows[i % rows.length] as Float64Array);
  const times = [0, 1, 2].map(() => {
    const began = performance.now();
    fitNormal(some);
    return performance.now() - began;
  });
  report('fit', Math.min(...times) / 1000, 's to learn from ten minutes, features apart');
}

/**
 * Windows of vibration, learned from one half of the time and scored on the other; and again with a sensor that hisses as
 * loudly as the fan shakes, which is harder.
 */
async function scoreFan(report: Report, fan: Machine): Promise<void> {
  const views = await viewsFor(fan.normal, feeling);
  const random = parkMiller(13);
  const hiss = strengthOf(fan.normal);
  const ways: readonly [string, Change][] = [
    [fan.name, (recording) => recording],
    [`${fan.name}-in-hiss`, (recording) => withHiss(recording, hiss, random)],
  ];
  for (const [name, change] of ways) {
    const normal = await rowsOf(fan.normal.map(change), feeling);
    const half = normal.length >> 1;
    const halves = [normal.slice(0, half), normal.slice(half)];
    compare(report, name, halves, halves, await rowsOf(fan.strange.map(change), feeling), views);
  }
}

/** Each state as the normal one, against each other. */
async function scoreStates(report: Report, states: ReadonlyMap<string, readonly Recording[]>): Promise<void> {
  const groups = new Map<string, Groups>();
  for (const [state, recordings] of states) groups.set(state, await groupsOf(recordings));
  for (const [state, normal] of groups) {
    for (const [other, strange] of groups)
      if (other !== state) compare(report, `compressor-${state}-${other}`, normal, normal, strange.flat());
  }
}

function halvesOf(recordings: readonly Recording[]): Recording[] {
  return recordings.flatMap((whole) =>
    [0, 1].map((part) => ({
      ...whole,
      channels: whole.channels.map((samples) => {
        const half = samples.length >> 1;
        return samples.subarray(part * half, (part + 1) * half);
      }),
    })),
  );
}

type Change = (stretch: Recording) => Recording;

async function groupsOf(
  recordings: readonly Recording[],
  change: Change = (stretch) => stretch,
  settings = hearing,
): Promise<Groups> {
  const groups = new Map<string, Float64Array[]>();
  for (const recording of recordings) {
    const rows = await rowsOf(stretchesOf(recording, clip).map(change), settings);
    groups.set(recording.name, [...(groups.get(recording.name) ?? []), ...rows]);
  }
  return [...groups.values()];
}

/** Cross-validated by group, at most ten times; the mean of the areas. */
function compare(
  report: Report,
  name: string,
  learn: Groups,
  score: Groups,
  strange: Rows,
  views?: readonly (readonly number[])[],
): void {
  const folds = Math.min(mostFolds, learn.length);
  const areas = Array.from({ length: folds }, (_, fold) => {
    const isLeftOut = (_rows: Rows, i: number): boolean => i % folds === fold;
    const model = fitNormal(learn.filter((rows, i) => !isLeftOut(rows, i)).flat(), views);
    const [usual, odd] = [score.filter(isLeftOut).flat(), strange].map((rows) =>
      rows.map((features) => scoreOf(model, features)),
    ) as [number[], number[]];
    return [aucOf(usual, odd), pAucOf(usual, odd)] as const;
  });
  for (const [at, figure] of (['auc', 'pauc'] as const).entries()) {
    const mean = areas.reduce((sum, area) => sum + (area[at] as number), 0) / folds;
    report(`${name}.${figure}`, mean.toFixed(4), '');
  }
}
