import type { Card } from '../../inference/card.js';
import type { Naming } from '../../inference/train/publish.js';
import { sha256Of } from '../../store/bucket/checksum.js';
import { ruleFor } from '../normal/alarm.js';
import type { NormalModel } from '../normal/model.js';
import type { Gathered } from './gather.js';
import type { Job } from './job.js';

/** A model that belongs to whom the sound belongs to. */
const licence = 'LicenseRef-own-recordings';

export interface Numbered {
  readonly name: string;
  readonly version: string;
}

/** What is written on every card of something that was learned here. @param seconds how long it took */
export function learnedPart({ id, source, quantity, kind }: Job, { from, until }: Gathered, seconds: number) {
  const range = [from, until].map((time) => new Date(time).toISOString()).join(' to ');
  return {
    licence,
    source: `learned on this box from recordings of ${source} (${quantity}), ${range}`.slice(0, 500),
    trainedAt: Date.now(),
    learned: { source, quantity, kind, from, until, seconds, job: id },
  } as const;
}

/** False alarms a day; the threshold of a stretch by itself does not depend on it. */
const perDay = 1;

export async function cardOfNormal(
  job: Job,
  gathered: Gathered,
  model: NormalModel,
  seconds: number,
  numbered: Numbered,
): Promise<{ card: Card; bytes: Buffer }> {
  const bytes = Buffer.from(JSON.stringify(model));
  const { channels, frames, bands, sampleRate, window, hop, scale } = model.card.form;
  const { threshold } = ruleFor(model.calibration, model.card.seconds, perDay);
  const card: Card = {
    ...numbered,
    ...learnedPart(job, gathered, seconds),
    about: `What ${job.source} normally sounds like.`,
    sha256: await sha256Of(bytes),
    bytes: bytes.length,
    input: {
      shape: [channels, frames, bands],
      layout: 'matrix',
      mean: [0],
      scale: [1],
      sound: { sampleRate, window, hop, scale },
    },
    output: { decoder: 'normal' },
    labels: [],
    threshold,
    scores: { minutes: minutesOf(gathered), stretches: gathered.stretches, threshold: rounded(threshold) },
  };
  return { card, bytes };
}

/** @param errors of stretches that were held back: the score of each, in the order of their times */
export function namingOfAutoencoder(
  job: Job,
  gathered: Gathered,
  errors: readonly number[],
  seconds: number,
  numbered: Numbered,
): Naming {
  const sorted = errors.toSorted((a, b) => a - b);
  const threshold = conformal(sorted, 0.99);
  return {
    ...numbered,
    ...learnedPart(job, gathered, seconds),
    about: `Repeats what ${job.source} normally sounds like; what it cannot repeat is strange.`,
    labels: [],
    threshold,
    scores: {
      minutes: minutesOf(gathered),
      stretches: gathered.stretches,
      threshold: rounded(threshold),
      median: rounded(conformal(sorted, 0.5)),
      q90: rounded(conformal(sorted, 0.9)),
    },
  };
}

/** Least that the output of a condition must have: half of what it is taught to have. */
const halfSure = 0.5;

export function namingOfVgg(
  job: Job,
  gathered: Gathered,
  conditions: readonly string[],
  seconds: number,
  numbered: Numbered,
): Naming {
  return {
    ...numbered,
    ...learnedPart(job, gathered, seconds),
    about: `Tells by its sound which of ${conditions.length} conditions ${job.source} is in.`,
    labels: conditions,
    threshold: halfSure,
    scores: { minutes: minutesOf(gathered), stretches: gathered.stretches },
  };
}

/** A network's card with how the sound was looked at that it learned from. */
export function heardAs({ form }: Gathered, card: Card): Card {
  if (!form) return card;
  const { sampleRate, window, hop, scale } = form;
  return { ...card, input: { ...card.input, sound: { sampleRate, window, hop, scale } } };
}

/** The smallest score that a new one stays under with probability `share`, by rank among `n + 1`: Vovk et al., 2005. */
export function conformal(sorted: readonly number[], share: number): number {
  const rank = Math.min(sorted.length, Math.ceil(share * (sorted.length + 1)));
  return sorted[Math.max(0, rank - 1)] ?? 0;
}

function minutesOf({ seconds }: Gathered): number {
  return rounded(seconds / 60);
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
