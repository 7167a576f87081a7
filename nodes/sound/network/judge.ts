import type { Card } from '../../inference/card.js';
import { float32 } from '../../inference/tensor.js';
import type { Spectrogram } from '../../kit/index.js';
import { soundError } from '../errors.js';
import { reconstructionError } from '../network-input.js';
import { plainRule, type Rule, ruleFor } from '../normal/alarm.js';
import type { Judge, Verdict } from '../normal/judge.js';
import { type Calibration, excessOf, isOf, leastExcess } from './calibration.js';
import { sharesOf, type Told, toldBeyond, toldBy } from './classes.js';
import type { Network } from './network.js';
import { type Pictures, picturesOf } from './pictures.js';
import { reasonsOf } from './repeated.js';

/** Of the limit: from here on nobody should wait. */
const critical = 3;

/** What a machine is usually taken for, and how many alarms a day normal sound may bring. */
export interface Usual {
  readonly calibration: Calibration;
  readonly perDay: number;
}

/** Judges by what a network says that its card describes. */
export function networkJudge(network: Network, usual?: Usual): Judge {
  return {
    offset: [],
    worn: 0,
    async judge(spectrogram) {
      return await network.with(async (card, run) => {
        const pictures = picturesOf(spectrogram, card);
        // what the network gets is handed over, and what it makes of it is compared with it
        const outputs = await Promise.all(
          pictures.all.map(async (picture) => numbersIn(card, await run(float32(picture.slice(), pictures.dims)))),
        );
        return card.output.decoder === 'reconstruction'
          ? repeated(spectrogram, card, pictures, outputs)
          : told(card, outputs, usual);
      });
    },
  };
}

/** @throws PerceptError `sound-network-output` */
function numbersIn(card: Card, output: ArrayLike<number | bigint> | undefined): number[] {
  const numbers = Array.from(output ?? [], Number);
  const bad = (problem: string): Error => soundError('sound-network-output', { model: card.name, problem });
  const odd = numbers.find((number) => !Number.isFinite(number));
  if (odd !== undefined) throw bad(`${odd}`);
  if (numbers.length === 0) throw bad('nothing');
  return numbers;
}

function told(card: Card, outputs: readonly number[][], usual: Usual | undefined): Verdict {
  const { labels, output, threshold, name } = card;
  const activation = output.decoder === 'classes' ? output.activation : 'none';
  for (const { length } of outputs) {
    if (length === labels.length) continue;
    const problem = `${length} numbers for ${labels.length} labels`;
    throw soundError('sound-network-output', { model: name, problem });
  }
  const shares = meanOf(outputs.map((values) => sharesOf(values, activation)));
  // of another version nobody knows what it usually takes the machine for
  const beyond = usual && isOf(usual.calibration, card) ? usual : undefined;
  const { score, condition, sure, isOff, reasons }: Told = beyond
    ? toldBeyond(shares, card, excessOf(shares, beyond.calibration.usual, labels), beyond.calibration.usual)
    : toldBy(shares, card);
  // how sure it is says nothing of how bad it is
  const severity = isOff ? 'notice' : 'warning';
  const rule = beyond ? ruleBeyond(beyond) : plainRule(threshold);
  const heard = { card, shares };
  return { score, rule, severity, condition, sure, heard, reasons, accept: () => undefined };
}

const rules = new WeakMap<Calibration, Rule>();

/** Worked out once: it looks at all scores. */
function ruleBeyond({ calibration, perDay }: Usual): Rule {
  const known = rules.get(calibration);
  if (known) return known;
  const rule = ruleFor(calibration.scores, calibration.seconds, perDay);
  const own = { ...rule, threshold: Math.max(leastExcess, rule.threshold) };
  rules.set(calibration, own);
  return own;
}

function repeated(spectrogram: Spectrogram, card: Card, pictures: Pictures, outputs: readonly number[][]): Verdict {
  const errors = pictures.all.map((picture, i) => {
    const output = outputs[i] as number[];
    if (output.length !== picture.length) {
      const problem = `${output.length} numbers for the ${picture.length} that it got`;
      throw soundError('sound-network-output', { model: card.name, problem });
    }
    return reconstructionError(picture, Float32Array.from(output));
  });
  const error = errors.reduce((sum, each) => sum + each, 0) / errors.length;
  const score = error / Math.max(card.threshold, Number.EPSILON);
  return {
    score,
    rule: plainRule(1),
    severity: score >= critical ? 'critical' : 'warning',
    reasons: () => reasonsOf(score, pictures, outputs, spectrogram, card),
    accept: () => undefined,
  };
}

function meanOf(rows: readonly (readonly number[])[]): number[] {
  return (rows[0] ?? []).map((_, i) => rows.reduce((sum, row) => sum + (row[i] as number), 0) / rows.length);
}
