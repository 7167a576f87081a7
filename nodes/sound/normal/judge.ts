import type { Card } from '../../inference/card.js';
import type { Severity, Spectrogram } from '../../kit/index.js';
import { soundError } from '../errors.js';
import { type Rule, ruleFor } from './alarm.js';
import { Drift } from './drift.js';
import { scoreOf } from './fit.js';
import { nameOf, valueIn } from './form-texts.js';
import { type Form, formOf, type Learned, type Observation, observationOf } from './model.js';
import { reasonsOf } from './reasons.js';

export interface Verdict {
  readonly score: number;
  readonly rule: Rule;
  /** How bad it is, if it is something. */
  readonly severity: Severity;
  /** What a network takes it for, and its share of certainty, 0 to 1. */
  readonly condition?: string;
  readonly sure?: number;
  /** What a network of conditions said: what is usual for a machine is learned from it. */
  readonly heard?: { readonly card: Pick<Card, 'version' | 'labels'>; readonly shares: readonly number[] };
  /** In words, most important first; worked out when asked for. */
  reasons(): string[];
  /** It was normal: what changes slowly may be followed. */
  accept(): void;
}

/** Whatever tells normal sound from strange: a learned normal, or a network by its card. */
export interface Judge {
  /** @throws PerceptError when the sound is of another form than the one that it knows */
  judge(spectrogram: Spectrogram): Promise<Verdict>;
  /** What it has followed since it was learned, to be kept over a restart. */
  readonly offset: readonly number[];
  /** Share of what may be followed that has been; at 1 it is time to learn again. */
  readonly worn: number;
}

export interface JudgeSettings {
  /** False alarms. */
  readonly perDay: number;
  /** Time constant of what is followed; 0: nothing is. */
  readonly driftHours: number;
}

/** Of the threshold: from here on nobody should wait. */
const critical = 3;

export function judgeOf(learned: Learned, settings: JudgeSettings, offset?: readonly number[]): Judge {
  const { card, normal } = learned;
  const rule = ruleFor(normal.calibration, card.seconds, settings.perDay);
  const share = settings.driftHours > 0 ? Math.min(1, card.seconds / (3600 * settings.driftHours)) : 0;
  const drift = new Drift(normal.deviation, share, offset);
  return {
    get offset() {
      return [...drift.offset];
    },
    get worn() {
      return drift.used;
    },
    async judge(spectrogram) {
      checkForm(spectrogram, card.form);
      const heard: Observation = observationOf(spectrogram);
      const features = drift.without(heard.features);
      const score = scoreOf(normal, features);
      return {
        score,
        rule,
        severity: score >= critical * Math.max(rule.threshold, 1) ? 'critical' : 'warning',
        reasons: () => reasonsOf(learned, features, heard),
        accept: () => drift.follow(heard.features, normal.mean),
      };
    },
  };
}

/** Windows and steps are whole samples, so that they may differ by a rounding. */
const sameTo = 1e-6;

/** @throws PerceptError `sound-other-form` */
export function checkForm(spectrogram: Spectrogram, learned: Form): void {
  const other = otherIn(spectrogram, learned);
  if (!other) return;
  const { expected, ...told } = other;
  throw soundError('sound-other-form', { source: spectrogram.source, ...told, learned: expected });
}

/** The first that is otherwise than it should be, in words. */
export function otherIn(spectrogram: Spectrogram, wanted: Partial<Form>): Other | undefined {
  const found = formOf(spectrogram);
  const different = (Object.keys(wanted) as (keyof Form)[]).find((key) => {
    const [a, b] = [found[key], wanted[key]];
    return typeof a === 'number' && typeof b === 'number' ? Math.abs(a - b) > sameTo * b : a !== b;
  });
  if (different === undefined) return undefined;
  const [now, expected] = [found, wanted].map((form) => valueIn(different, form[different]));
  return { what: nameOf(different), found: now as string, expected: expected as string };
}

export interface Other {
  readonly what: string;
  readonly found: string;
  readonly expected: string;
}
