import { openModels } from '../../dist/inference/registry.js';
import type { PerceptError } from '../../dist/kit/index.js';
import { wavHeader } from '../../dist/kit/wav.js';
import type { Places } from '../../dist/sound/learn/gather.js';
import { Jobs } from '../../dist/sound/learn/job.js';
import { Learner } from '../../dist/sound/learn/learner.js';
import type { Learning } from '../../dist/sound/learn/learning.js';
import type { Asked } from '../../dist/sound/learn/request.js';
import { Shelf } from '../../dist/sound/learn/shelf.js';
import type { Bucket } from '../../dist/store/bucket/bucket.js';
import { openFolderBucket } from '../../dist/store/bucket/folder.js';
import { openStore, type StoreHandle } from '../../dist/store/open.js';
import type { NewRecording } from '../../dist/store/store.js';
import { type Condition, type Machine, sampleRate } from './sound-machine.ts';
import { pcmOf } from './sound-recordings.ts';
import { until } from './until.ts';

export interface Shed {
  readonly store: StoreHandle;
  readonly bucket: Bucket;
  close(): Promise<void>;
}

/** A store and a bucket, in the places where the flows of these tests look for them. */
export async function openShed(userDir: string): Promise<Shed> {
  const store = await openStore({ url: `${userDir}/test.sqlite` });
  const bucket = await openFolderBucket({ path: `${userDir}/bucket` });
  return { store, bucket, close: async () => void (await Promise.all([store.close(), bucket.close()])) };
}

export interface Take {
  readonly source: string;
  /** ms UTC */
  readonly from: number;
  readonly seconds: number;
  readonly condition?: Condition;
  /** Instead of the WAV file that belongs there; undefined: nothing lies in the bucket. */
  readonly bytes?: (wav: Buffer, i: number) => Buffer | undefined;
  readonly channels?: number;
  readonly rate?: number;
}

const length = 10;

/** Recordings of ten seconds, one after the other, as sensor in keeps them. @returns ms UTC: the end of the last */
export async function record({ store, bucket }: Shed, machine: Machine, take: Take): Promise<number> {
  const { source, from, seconds, condition = {}, channels = 1, rate = sampleRate, bytes = (wav) => wav } = take;
  const recordings: NewRecording[] = [];
  for (let i = 0; i < seconds / length; i++) {
    const time = from + 1000 * length * i;
    const samples = machine.samples(length * sampleRate, condition);
    const pcm = pcmOf({ name: '', sampleRate: rate, channels: Array.from({ length: channels }, () => samples) });
    const key = `sound/${source}/${time}.wav`;
    const object = bytes(Buffer.concat([wavHeader(pcm), pcm.samples]), i);
    const stored = object ? await bucket.put(key, object) : { key, bytes: 1, sha256: '0'.repeat(64) };
    recordings.push({
      ...stored,
      source,
      quantity: 'sound',
      kind: 'sound',
      time,
      sequence: 0,
      receivedAt: time,
      clock: 'ok',
      meta: { sampleRate: rate, channels, format: pcm.format, seconds: length },
    });
  }
  await store.commit({ readings: [], recordings });
  return from + 1000 * seconds;
}

/** Learns in this process as the node does, and keeps what was told. */
export class Classroom {
  readonly told: Learning[] = [];
  readonly went: string[] = [];
  readonly problems: PerceptError[] = [];
  readonly logged: string[] = [];
  readonly shelf: Shelf;
  readonly jobs: Jobs;
  readonly learner: Learner;

  constructor(folder: string, places: Places, { keep = 5, checkpointMs = 60_000, againMs = 50 } = {}) {
    this.shelf = new Shelf(openModels({ folder: `${folder}/models` }), 'sound', keep, (bad) => this.problems.push(bad));
    this.jobs = new Jobs(`${folder}/learn`);
    const settings = { quantity: 'sound', preset: 'hearing', checkpointMs, againMs } as const;
    this.learner = new Learner(settings, places, this.shelf, this.jobs, {
      tell: (learning) => this.told.push(learning),
      live: async (source) => void this.went.push(`${source} ${(await this.shelf.live(source))?.version}`),
      failed: (problem) => this.problems.push(problem as PerceptError),
      log: (text) => this.logged.push(text),
    });
  }

  start(source: string, asked: Partial<Asked> = {}): Promise<void> {
    const usual: Asked = { kind: 'normal', since: 0, until: Date.now(), minutes: 60, labels: [], epochs: 50 };
    return this.learner.start(source, { ...usual, ...asked });
  }

  /** The next time that it is told to be in this state, from now on or from `after` on. */
  async state(source: string, state: Learning['state'], after = 0): Promise<Learning> {
    const is = (one: Learning): boolean => one.source === source && one.state === state;
    return await until(() => this.told.slice(after).find(is), { ms: 150_000 }).catch((thrown: Error) => {
      const { state: last, reason } = this.told.at(-1) ?? {};
      throw new Error(`${thrown.message}; ${source} was to be ${state}, it is ${last}: ${reason}`);
    });
  }
}
