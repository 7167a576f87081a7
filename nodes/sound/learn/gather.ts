import { toPerceptError } from '../../kit/index.js';
import type { Bucket } from '../../store/bucket/bucket.js';
import type { Store } from '../../store/store.js';
import { networkShape } from '../network-input.js';
import type { Collected, Made } from './collected.js';
import { CollectingThread } from './collecting-thread.js';
import type { Range } from './collector.js';
import { learnError } from './errors.js';
import type { Job } from './job.js';
import { fewestOfEach, fewestStretches } from './kinds.js';
import { type Recording, recordingsOf } from './recordings.js';
import { sayLeft } from './texts.js';

export interface Places {
  readonly store: Pick<Store, 'db'>;
  readonly bucket: Pick<Bucket, 'get'>;
}

export interface Gathered extends Collected {
  readonly made: Made;
}

/** Stretches that are kept: about two hours of a learned normal, and 100 MB for a network. */
const most = 8192;
/** Bytes; no microphone sends more at once. */
const largest = 256 << 20;

/** The conditions that are told apart, in the order in which they are first named. */
export function conditionsOf({ labels }: Pick<Job, 'labels'>): string[] {
  return [...new Set(labels.map(({ condition }) => condition))];
}

/**
 * Reads what is to be learned from: rows, then bytes, which become features in a thread.
 * @param progress told the share that is done
 * @throws PerceptError `learn-…`, `store-…`, `bucket-…`, `sound-thread`; the signal's reason when it is aborted
 */
export async function gather(
  job: Job,
  { store, bucket }: Places,
  signal: AbortSignal,
  progress: (share: number) => void,
): Promise<Gathered> {
  const conditions = conditionsOf(job);
  const ranges = rangesOf(job, conditions);
  const recordings = await recordingsIn(job, ranges, store, signal);
  const settings = { kind: job.kind, source: job.source, preset: job.preset, ranges, most };
  const thread = new CollectingThread({ settings, conditions: conditions.length });
  try {
    const unread = await feed(thread, recordings, bucket, signal, progress);
    const collected = await aborting(signal, thread.finish());
    const left = { ...collected.left, missing: unread.missing, large: unread.large };
    left.damaged += unread.damaged;
    return checked(job, conditions, { ...collected, left });
  } finally {
    await thread.close();
  }
}

function rangesOf({ labels, since, until }: Job, conditions: readonly string[]): Range[] {
  if (labels.length === 0) return [{ since, until, label: 0 }];
  return labels.map((label) => ({
    since: label.since,
    until: label.until,
    label: conditions.indexOf(label.condition),
  }));
}

/** Of each range those that reach into it, none twice, in the order of their times. */
async function recordingsIn(job: Job, ranges: readonly Range[], { db }: Places['store'], signal: AbortSignal) {
  const found = new Map<number, Recording>();
  let problem: unknown;
  for (const { since, until } of ranges) {
    try {
      for (const one of await recordingsOf(db, { ...job, since, until }, signal)) found.set(one.id, one);
    } catch (thrown) {
      // what is missing of one condition is told with the others' counts
      if (job.labels.length === 0 || toPerceptError(thrown).code !== 'learn-nothing-then') throw thrown;
      problem = thrown;
    }
  }
  if (found.size === 0) throw problem;
  return [...found.values()].sort((a, b) => a.time - b.time);
}

interface Unread {
  missing: number;
  damaged: number;
  large: number;
}

/** While one recording is worked on, the next is read. */
async function feed(
  thread: CollectingThread,
  recordings: readonly Recording[],
  bucket: Places['bucket'],
  signal: AbortSignal,
  progress: (share: number) => void,
): Promise<Unread> {
  const unread: Unread = { missing: 0, damaged: 0, large: 0 };
  let next = read(recordings[0], bucket, unread);
  for (const [i, { time }] of recordings.entries()) {
    const bytes = await aborting(signal, next);
    next = read(recordings[i + 1], bucket, unread);
    // whoever leaves early does not wait for it
    next.catch(() => undefined);
    if (bytes) await aborting(signal, thread.take(bytes, time));
    progress((i + 1) / recordings.length);
  }
  return unread;
}

async function read(
  recording: Recording | undefined,
  bucket: Places['bucket'],
  unread: Unread,
): Promise<Buffer | undefined> {
  if (!recording) return undefined;
  if (recording.bytes > largest) {
    unread.large++;
    return undefined;
  }
  try {
    return await bucket.get(recording.key);
  } catch (thrown) {
    const { code } = toPerceptError(thrown);
    if (code === 'bucket-not-found' || code === 'bucket-bad-key') unread.missing++;
    else if (code === 'bucket-corrupt') unread.damaged++;
    else throw thrown;
    return undefined;
  }
}

async function aborting<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  // it may be rejected when its thread is ended, and nobody waits any more
  work.catch(() => undefined);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function checked({ source, kind }: Job, conditions: readonly string[], collected: Collected): Gathered {
  const { made, stretches, ofEach, form } = collected;
  if (made) return { ...collected, made };
  const left = sayLeft(collected.left);
  const rare = ofEach.findIndex((count) => count < fewestOfEach);
  const condition = conditions[rare];
  if (stretches > 0 && condition !== undefined)
    throw learnError('learn-few-of-condition', {
      source,
      condition,
      found: ofEach[rare] ?? 0,
      needed: fewestOfEach,
      left,
    });
  if (stretches >= fewestStretches[kind] && form)
    throw learnError('learn-rate', {
      source,
      rate: form.sampleRate,
      found: `${form.bands} x ${form.frames}`,
      wanted: `${networkShape.bands} x ${networkShape.frames}`,
    });
  throw learnError('learn-too-little', {
    source,
    found: stretches,
    minutes: (collected.seconds / 60).toFixed(1),
    needed: fewestStretches[kind],
    left,
  });
}
