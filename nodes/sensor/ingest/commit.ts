import { createHash } from 'node:crypto';
import { type PerceptError, toPerceptError } from '../../kit/index.js';
import type { Bucket, Stored } from '../../store/bucket/bucket.js';
import { datedKey } from '../../store/bucket/keys.js';
import type { Batch, Committed, NewDeadLetter, NewReading, NewRecording, Store } from '../../store/store.js';
import type { Recorded } from '../decode/contract.js';
import { ingestError } from './errors.js';
import { type Item, type Outcome, redrivenOf } from './item.js';

export interface Destination {
  readonly store: Store;
  readonly bucket?: Bucket | undefined;
  /** Id of the node: its dead letters are its own. */
  readonly node: string;
}

const uploadsAtOnce = 4;

/** Several messages in one transaction, the bytes of their recordings before it. All are safe when it resolves, or none. */
export async function commitItems(items: readonly Item[], to: Destination): Promise<Outcome[]> {
  await putRecordings(items, to);
  const batch = batchOf(items, to.node);
  return outcomesOf(items, await to.store.commit(batch));
}

/** Whether trying again cannot help, since it is the rows that are wrong and not the store. */
export function isTheirFault(error: PerceptError, attempt: number): boolean {
  if (error.code === 'store-row-invalid' || error.code === 'bucket-bad-key') return true;
  // an error without a name may be either: the store gets three chances
  return attempt >= 2 && (error.code === 'unexpected' || error.code === 'store-failed');
}

async function putRecordings(items: readonly Item[], { bucket }: Destination): Promise<void> {
  const waiting = items.filter(
    ({ work, stored }) => 'decoded' in work && work.decoded.recordings.length > stored.length,
  );
  const upload = async (): Promise<void> => {
    for (let item = waiting.shift(); item; item = waiting.shift()) await putOne(item, bucket);
  };
  await Promise.all(Array.from({ length: Math.min(uploadsAtOnce, waiting.length) }, upload));
}

async function putOne(item: Item, bucket: Bucket | undefined): Promise<void> {
  if (!('decoded' in item.work)) return;
  if (!bucket) {
    item.work = { rejected: ingestError('ingest-no-bucket', { topic: item.arrival.topic }) };
    return;
  }
  const stored: Stored[] = [];
  for (const recorded of item.work.decoded.recordings) stored.push(await put(recorded, bucket));
  item.stored = stored;
}

function put({ recording, bytes, contentType, extension }: Recorded, bucket: Bucket): Promise<Stored> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { kind, source, time, sequence } = recording;
  // the same recording sent twice lies in the same place; another one of the same instant does not replace it
  const key = datedKey({ kind, source, time, ext: extension, tag: `${sequence}-${sha256.slice(0, 8)}` });
  return bucket.put(key, bytes, { contentType, sha256 });
}

function batchOf(items: readonly Item[], node: string): Batch {
  const readings: NewReading[] = [];
  const recordings: NewRecording[] = [];
  const deadLetters: NewDeadLetter[] = [];
  const redriven: number[] = [];
  const offsets = new Map<string, number>();
  for (const item of items) {
    const { arrival, work, stored } = item;
    const id = redrivenOf(item);
    if ('rejected' in work) {
      // a dead letter that fails again stays where it is
      if (id === undefined) deadLetters.push(deadLetter(arrival, work.rejected, node));
      continue;
    }
    readings.push(...work.decoded.readings);
    const { clockOffset } = work.decoded;
    if (clockOffset !== undefined) for (const { source } of work.decoded.readings) offsets.set(source, clockOffset);
    for (const [i, { recording }] of work.decoded.recordings.entries())
      recordings.push({ ...recording, ...(stored[i] as Stored) });
    if (id !== undefined) redriven.push(id);
  }
  const clockOffsets = [...offsets].map(([source, offset]) => ({ source, offset }));
  return { readings, recordings, deadLetters, clockOffsets, redriven };
}

function deadLetter({ topic, payload, receivedAt }: Item['arrival'], error: PerceptError, node: string): NewDeadLetter {
  return { node, topic, payload, code: error.code, reason: error.localized(), receivedAt };
}

/** Hands the ids of the rows back to the messages they came from, in the order of `batchOf`. */
function outcomesOf(items: readonly Item[], committed: Committed): Outcome[] {
  let reading = 0;
  let recording = 0;
  let deadLetter = 0;
  return items.map((item) => {
    const { arrival, work, stored } = item;
    const redriven = redrivenOf(item);
    const base = { arrival, ...(redriven === undefined ? {} : { redriven }) };
    if ('rejected' in work) {
      const id = redriven ?? (committed.deadLetters[deadLetter++] as number);
      return { ...base, readings: [], recordings: [], rejected: { error: work.rejected, deadLetter: id } };
    }
    return {
      ...base,
      readings: work.decoded.readings.flatMap((row) => {
        const id = committed.readings[reading++];
        return typeof id === 'number' ? [{ id, ...row }] : [];
      }),
      recordings: work.decoded.recordings.flatMap((recorded, i) => {
        const id = committed.recordings[recording++];
        return typeof id === 'number' ? [{ id, recorded, stored: stored[i] as Stored }] : [];
      }),
    };
  });
}

export function rejection(thrown: unknown): { readonly rejected: PerceptError } {
  return { rejected: toPerceptError(thrown) };
}
