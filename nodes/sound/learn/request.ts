import { Type } from 'typebox';
import { type Message, messageReader } from '../../kit/index.js';
import { learnError } from './errors.js';
import type { Job } from './job.js';
import { fewestConditions } from './kinds.js';
import { type LearnConfig, longestMinutes, Request } from './settings.js';

/** What is to be learned, whole. */
export type Asked = Pick<Job, 'kind' | 'since' | 'until' | 'minutes' | 'labels' | 'epochs'>;

export type Command =
  | { readonly act: 'start'; readonly asked: Asked }
  | { readonly act: 'cancel' | 'pause' | 'resume' | 'models' }
  /** Without a version: to the one before. */
  | { readonly act: 'rollback'; readonly version?: string };

const readRequest = messageReader(Type.Object({ learn: Request }));

/**
 * What a message asks for.
 * @param now ms UTC
 * @throws PerceptError `learn-bad-command`, `learn-bad-range`, `learn-no-labels`, `message-invalid`
 */
export function commandOf(msg: Message, config: LearnConfig, now: number): Command {
  const { learn, rollback } = msg;
  if (rollback !== undefined && rollback !== false)
    return rollback === true ? { act: 'rollback' } : { act: 'rollback', version: String(rollback) };
  if (learn === undefined && msg['models'] === true) return { act: 'models' };
  switch (learn) {
    case 'cancel':
    case 'pause':
    case 'resume':
      return { act: learn };
    case false:
      return { act: 'cancel' };
    case true:
    case 'start':
      return { act: 'start', asked: askedOf({}, config, now) };
  }
  if (learn === null || typeof learn !== 'object' || Array.isArray(learn))
    throw learnError('learn-bad-command', { found: JSON.stringify(learn) ?? 'missing' });
  return { act: 'start', asked: askedOf(readRequest({ learn }).learn, config, now) };
}

function askedOf(request: Request, config: LearnConfig, now: number): Asked {
  const { kind = config.kind, epochs = config.epochs } = request;
  const range = rangeOf({ since: request.since ?? 0, until: request.until ?? now });
  // who names a beginning means all from there on
  const minutes = request.minutes ?? (request.since === undefined ? config.minutes : longestMinutes);
  if (kind !== 'vgg') return { kind, epochs, minutes, labels: [], ...range };
  const labels = (request.labels ?? []).map(({ condition, ...when }) => ({ condition, ...rangeOf(when) }));
  const found = new Set(labels.map(({ condition }) => condition)).size;
  if (found < fewestConditions) throw learnError('learn-no-labels', { found, needed: fewestConditions });
  return { kind, epochs, minutes: longestMinutes, labels, ...range };
}

type When = number | string;

function rangeOf({ since, until }: { since: When; until: When }): { since: number; until: number } {
  const [from, to] = [timeOf(since), timeOf(until)];
  if (!(from < to)) throw learnError('learn-bad-range', { since, until });
  return { since: from, until: to };
}

function timeOf(when: When): number {
  return typeof when === 'number' ? when : Date.parse(when);
}
