import type { Finding, Level } from '../shared/severity.ts';
import { levels } from '../shared/severity.ts';
import type { Learning, Machine } from './model.ts';

export type Look = Level | 'learning' | 'silent' | 'unknown';

/** What a card says of its machine at first sight. */
export interface Standing {
  readonly look: Look;
  /** What is the matter, where something is. */
  readonly finding?: Finding;
  /** What was the matter when it fell silent. */
  readonly before?: Finding;
  /** What was the matter last, where all is well again. */
  readonly last?: Finding;
  /** ms UTC by the box's clock, or by the source's where a finding says so. */
  readonly since?: number;
}

/** ms; a microphone that sends once in a while may pause. */
export const silentAfter = 15_000;

/** @param now ms by the box's clock */
export function standingOf({ anomaly, learning, findings, heardAt = 0, stateAt }: Machine, now: number): Standing {
  const lasting = findings.filter(({ until }) => until === undefined || until === null);
  const of = (look: Look, since = stateAt): Standing => (since === undefined ? { look } : { look, since });
  if (!anomaly) return { look: 'unknown' };
  // an anomaly that nobody ended, as the node was deployed anew meanwhile, is over when it says so
  const worst = worstOf(lasting.filter(({ kind }) => kind !== 'anomaly' || anomaly.state === 'strange'));
  if (now - heardAt > silentAfter) return { ...of('silent', heardAt), ...(worst ? { before: worst } : {}) };
  if (anomaly.state === 'silent')
    return explained(
      of('silent'),
      lasting.find(({ kind }) => kind.startsWith('microphone')),
    );
  if (worst) return { look: worst.severity, finding: worst, since: worst.since };
  if (anomaly.state === 'strange') return of('warning');
  if (anomaly.state === 'unknown' && isLearning(learning)) return of('learning', undefined);
  const last = findings.find(({ kind, until }) => kind === 'anomaly' && until);
  return { ...of(anomaly.state), ...(last ? { last } : {}) };
}

/** ms; a learn node takes the newest minutes, and what was strange among them is no sound to learn from. */
const remembered = 30 * 60_000;

/**
 * Where sound begins that may be taken for normal, ms UTC; undefined: nothing was strange lately.
 * @returns `strange`: it still is, and somebody must say that this is normal from now on
 */
export function learnableFrom({ anomaly, findings }: Machine): { readonly since?: number; readonly strange: boolean } {
  const [last] = findings.filter(({ kind }) => kind === 'anomaly').toSorted((a, b) => b.since - a.since);
  if (!last || !anomaly) return { strange: false };
  if (anomaly.state === 'strange' && (last.until ?? null) === null) return { since: last.since, strange: true };
  const ended = last.until ?? last.since;
  return anomaly.time - ended < remembered ? { since: ended, strange: false } : { strange: false };
}

/** A learn node is at it. */
export function isLearning(learning: Learning | undefined): boolean {
  return ['gathering', 'features', 'training', 'paused'].includes(learning?.state ?? '');
}

function worstOf(findings: readonly Finding[]): Finding | undefined {
  return findings.reduce<Finding | undefined>((a, b) => (a && rank(a) >= rank(b) ? a : b), undefined);
}

const rank = ({ severity }: Finding): number => levels.indexOf(severity);

function explained(standing: Standing, finding: Finding | undefined): Standing {
  return finding ? { ...standing, finding, since: finding.since } : standing;
}

/** Worst first, and within that by name: the order they come in. */
export function urgency(look: Look): number {
  return ['critical', 'warning', 'silent', 'notice', 'unknown', 'learning', 'normal'].indexOf(look);
}
