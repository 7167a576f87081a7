import type { Model } from '../../dist/inference/registry.js';
import { Random } from '../../dist/inference/train/random.js';
import { type Condition, geometryOf, soundOf } from '../../dist/simulate/sound/index.js';
import { Episode } from '../../dist/sound/anomaly/episode.js';
import { calibrated, excessOf, leastExcess } from '../../dist/sound/network/calibration.js';
import { sharesOf } from '../../dist/sound/network/classes.js';
import { plainRule, type Rule, ruleFor } from '../../dist/sound/normal/alarm.js';
import { clipLength, conditions, pictureOf, sampleRate } from '../../models/machine-sound/clips.mjs';
import { listener } from '../../models/machine-sound/judge.mjs';

/** In stretches of about a second. */
export interface TrialLengths {
  readonly learned: number;
  readonly normal: number;
  readonly fault: number;
}

/** By the card's threshold, or by what is usual for the machine. */
export interface Judged {
  /** Whether normal sound brought an alarm. */
  readonly alarmed: boolean;
  /** Of each fault, stretches until its alarm; undefined: none came. */
  readonly found: readonly (number | undefined)[];
}

export interface Trial {
  readonly card: Judged;
  readonly usual: Judged;
}

type Rows = readonly (readonly number[])[];
const seconds = clipLength / sampleRate;
const faults = 5;

/**
 * A synthesised machine whose speed and load go up and down: a network hears it in good order, then with faults of half
 * severity and more.
 * @param seed of the machine, its microphone and its room
 */
export async function tryMachine(model: Model, seed: number, lengths: TrialLengths): Promise<Trial> {
  const { outputs, close } = await listener(model);
  const random = new Random(seed, 7);
  const gain = 10 ** ((-18 + 30 * random.uniform()) / 20);
  const phase = 6 * random.uniform();
  const voice = soundOf(seed, sampleRate);
  const { rated } = geometryOf(seed);
  let heard = 0;
  const hear = async (condition: Condition, severity: number, count: number): Promise<Rows> => {
    const rows: number[][] = [];
    for (let i = 0; i < count; i++, heard++) {
      const slow = Math.sin(phase + (heard * seconds) / 40);
      const shaft = rated * (0.92 + 0.06 * slow);
      const samples = voice.next(clipLength, { condition, shaft, load: 0.65 + 0.2 * slow, severity, noise: -30 });
      for (let k = 0; k < samples.length; k++) samples[k] = Math.max(-1, Math.min(1, gain * (samples[k] as number)));
      rows.push([...sharesOf(await outputs(await pictureOf(samples)), 'none')]);
    }
    return rows;
  };
  await hear('normal', 0, 3);
  const [learned, normal] = [await hear('normal', 0, lengths.learned), await hear('normal', 0, lengths.normal)];
  const strange: Rows[] = [];
  const wrong = conditions.filter((condition) => condition !== 'normal' && condition !== 'off');
  for (let i = 0; i < faults; i++) {
    const condition = wrong[Math.floor(random.uniform() * wrong.length)] as Condition;
    strange.push(await hear(condition, 0.5 + 0.5 * random.uniform(), lengths.fault));
    await hear('normal', 0, 2);
  }
  await close();

  const own = calibrated({ version: model.card.version, labels: [...conditions] }, learned, seconds);
  const beyond = ruleFor(own.scores, seconds, 1);
  const judged = (rule: Rule, score: (row: readonly number[]) => number): Judged => ({
    alarmed: alarmIn(normal.map(score), rule) !== undefined,
    found: strange.map((rows) => alarmIn(rows.map(score), rule)),
  });
  return {
    card: judged(plainRule(model.card.threshold), ([usual = 0]) => 1 - usual),
    usual: judged(
      { ...beyond, threshold: Math.max(leastExcess, beyond.threshold) },
      (row) => excessOf(row, own.usual, conditions).score,
    ),
  };
}

function alarmIn(scores: readonly number[], rule: Rule): number | undefined {
  const episode = new Episode();
  const at = scores.findIndex((score, i) => {
    const judged = { score, critical: false, time: 1000 * i, end: 1000 * (i + 1), recordings: [] };
    return episode.step(judged, rule) === 'begins';
  });
  return at === -1 ? undefined : at + 1;
}
