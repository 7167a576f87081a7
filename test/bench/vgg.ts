import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { folderPlace } from '../../dist/inference/place.js';
import { type Model, Models, packagedModels } from '../../dist/inference/registry.js';
import { clipLength, conditions, pictureOf, sampleRate, seeds } from '../../models/machine-sound/clips.mjs';
import { accuraciesOf, type Heard, heardOf, listener } from '../../models/machine-sound/judge.mjs';
import { type Trial, tryMachine } from '../support/calibration-trial.ts';
import { dataFolder } from '../support/data.ts';
import { type Recording, readFlights, readStates, resampled, stretchesOf } from '../support/sound-recordings.ts';
import { aucOf } from '../support/sound-scoring.ts';
import type { BenchOptions, Report } from './run.ts';

export const about =
  'the shipped network of machine faults: right on synthesised machines it never heard, and on real ones';

/** Below, a condition is not told: 1 of 18 by chance is more. */
const leastShare = 0.05;
/** What nobody misses, in a hall that is not loud. */
const isClear = ({ drive }: Heard): boolean => drive.severity >= 0.7 && drive.noise <= -20;

/** `--clips N` of synthesis, `--machines N` to learn what is usual of, `--data DIR` with `uav-propeller` and `compressor`, `--seed N` of the first machine. */
export default async function vgg(report: Report, { smoke, data, flags }: BenchOptions): Promise<void> {
  const model = await new Models([folderPlace(packagedModels, { writable: false })]).find('machine-sound');
  const count = smoke ? conditions.length : Number(flags['clips'] ?? 200 * conditions.length);
  // others than those that the card's figures are of
  const first = Number(flags['seed'] ?? 2 * seeds.judge);
  const heard = await heardOf(model, first, count);
  report('synthesis.clips', count, 'each of a machine, microphone and room that was not learned from');
  for (const [name, share] of Object.entries(accuraciesOf(heard))) report(`synthesis.${name}`, 100 * share, '%');
  await learnUsual(report, model, smoke ? 1 : Number(flags['machines'] ?? 20), smoke);
  if (smoke) return;
  report('synthesis.clear', 100 * (accuraciesOf(heard.filter(isClear))['accuracy'] ?? 0), '% of what is clear to hear');
  for (const { name, taken, share } of confusionsOf(heard)) report(`synthesis.taken.${name}`, share, `% for ${taken}`);
  const given = data ?? dataFolder() ?? '';
  await hearRecordings(report, model, existsSync(join(given, 'sound')) ? join(given, 'sound') : given);
}

/** What learning a machine's usual does for the network, on machines that nothing was chosen by. `--machines N` */
async function learnUsual(report: Report, model: Model, count: number, smoke: boolean): Promise<void> {
  const lengths = smoke ? { learned: 8, normal: 2, fault: 1 } : { learned: 180, normal: 240, fault: 30 };
  const trials: Trial[] = [];
  for (let i = 0; i < count; i++)
    trials.push(await tryMachine(model, 5 * seeds.judge + i * conditions.length, lengths));
  const alarmed = (of: 'card' | 'usual'): number => trials.filter((trial) => trial[of].alarmed).length;
  const found = trials.flatMap(({ usual }) => usual.found);
  const after = found.filter((at) => at !== undefined).sort((a, b) => a - b);
  report('usual.machines', count, 'in good order, at changing speed and load');
  report('usual.alarmed-before', alarmed('card'), `of them with an alarm in ${lengths.normal} s`);
  report('usual.alarmed-after', alarmed('usual'), `once ${lengths.learned} s of each were learned`);
  report('usual.found', (100 * after.length) / found.length, `% of ${found.length} faults of half severity and more`);
  report('usual.found-after', after[after.length >> 1] ?? 0, 's, half of them');
}

/** What each condition is most often mistaken for. */
function confusionsOf(heard: readonly Heard[]): { name: string; taken: string; share: number }[] {
  return conditions.flatMap((name) => {
    const own = heard.filter(({ drive }) => drive.condition === name);
    const [worst] = sharesOf(own.map(({ condition }) => condition)).filter(([taken]) => taken !== name);
    return worst && worst[1] >= leastShare ? [{ name, taken: worst[0], share: 100 * worst[1] }] : [];
  });
}

async function hearRecordings(report: Report, model: Model, folder: string): Promise<void> {
  const flights = readFlights(join(folder, 'uav-propeller'));
  const groups = new Map<string, readonly Recording[]>([
    ...(flights
      ? ([
          ['uav-normal', flights.normal],
          ['uav-broken', flights.strange],
        ] as const)
      : []),
    ...[...readStates(join(folder, 'compressor'))].map(([state, own]) => [`compressor-${state}`, own] as const),
  ]);
  const { outputs, close } = await listener(model);
  const normality = new Map<string, number[]>();
  for (const [group, recordings] of groups) {
    const found: string[] = [];
    const normal: number[] = [];
    for (const recording of recordings) {
      const stretches = stretchesOf(resampled(recording, sampleRate), clipLength / sampleRate);
      for (const { channels } of stretches) {
        const values = await outputs(await pictureOf((channels[0] as Float32Array).slice()));
        found.push(conditions[values.indexOf(Math.max(...values))] ?? '');
        normal.push(values[0] as number);
      }
    }
    normality.set(group, normal);
    report(`real.${group}.clips`, found.length, '');
    for (const [name, share] of sharesOf(found)) {
      if (share >= leastShare) report(`real.${group}.${name}`, 100 * share, '%');
    }
  }
  await close();
  const [whole, broken] = ['uav-normal', 'uav-broken'].map((group) => normality.get(group)?.map((value) => -value));
  if (whole && broken) report('real.uav.auc', aucOf(whole, broken), 'of how little is normal');
  if (existsSync(join(folder, 'ceiling-fan')))
    report('real.ceiling-fan', 'none', '(an accelerometer at 200 Hz; the network hears microphones at 16 kHz)');
}

/** Most frequent first. */
function sharesOf(names: readonly string[]): [string, number][] {
  const counts = Map.groupBy(names, (name) => name);
  return [...counts]
    .map(([name, { length }]): [string, number] => [name, length / names.length])
    .sort((a, b) => b[1] - a[1]);
}
