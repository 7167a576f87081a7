import { randomUUID } from 'node:crypto';
import type { Progress } from '../../inference/train/options.js';
import { toPerceptError } from '../../kit/index.js';
import { learnError } from './errors.js';
import type { Gathered, Places } from './gather.js';
import type { Job, Jobs } from './job.js';
import type { Learning, LearningState } from './learning.js';
import { lastRecording, nothing } from './recordings.js';
import type { Asked } from './request.js';
import { Run } from './run.js';
import { nameOf, type Shelf } from './shelf.js';
import { say, sayLeft } from './texts.js';

export interface LearnerSettings {
  readonly quantity: string;
  readonly preset: Job['preset'];
  readonly checkpointMs: number;
  /** Before a learning that goes on after a restart asks again for a store or bucket that is away. */
  readonly againMs: number;
}

export interface LearnerHooks {
  readonly tell: (learning: Learning) => void;
  /** Another version is used from now on. */
  readonly live: (source: string) => Promise<void>;
  /** @param goesOn it is tried again */
  readonly failed: (problem: unknown, about: { readonly source: string; readonly goesOn: boolean }) => void;
  readonly log: (text: string) => void;
}

type Wish = 'cancel' | 'pause' | 'close';

interface Entry {
  job: Job;
  /** It was begun before, and stopped. */
  readonly resumed: boolean;
  /** Its job is on disk: it may have its turn. */
  placed: boolean;
  run?: Run;
  wish?: Wish;
  /** What was told last. */
  said: Omit<Learning, 'versions'>;
  /** Ends a wait. */
  wake?: () => void;
}

const mostWaiting = 32;
/** Of the progress: reading takes seconds, training minutes. */
const readingShare = { normal: 0.9, autoencoder: 0.2, vgg: 0.1 } as const;
/** What is not theirs who asked, and may be well again in a while. */
const passing = /^(store-(unreachable|silent|locked|missing|closed|failed)|bucket-(unreachable|missing|refused))$/;
/** What was learned so far is worth keeping: with room, or a new thread, it can go on. */
const canGoOn = /^(training-(no-room|died)|model-place-refused|bucket-|store-|sound-thread)/;

/** Learns one source after the other, and keeps what is needed to go on after a stop. */
export class Learner {
  readonly #settings: LearnerSettings;
  readonly #places: Places;
  readonly #shelf: Shelf;
  readonly #jobs: Jobs;
  readonly #hooks: LearnerHooks;
  /** By source; the first one is at work. */
  readonly #entries = new Map<string, Entry>();
  /** Of each source, as last read. */
  readonly #versions = new Map<string, Learning['versions']>();
  #busy = false;
  #working: Promise<void> = Promise.resolve();
  #closing = false;

  constructor(settings: LearnerSettings, places: Places, shelf: Shelf, jobs: Jobs, hooks: LearnerHooks) {
    this.#settings = settings;
    this.#places = places;
    this.#shelf = shelf;
    this.#jobs = jobs;
    this.#hooks = hooks;
  }

  /** Goes on with what was interrupted. */
  async open(): Promise<void> {
    for (const job of await this.#jobs.all((problem) => this.#hooks.failed(problem, { source: '', goesOn: false }))) {
      if (job.quantity !== this.#settings.quantity) continue;
      if (job.paused) await this.#tell(newEntry(job, true), { state: 'paused' });
      else this.#enter(newEntry(job, true));
    }
  }

  /** @throws PerceptError `learn-busy`, `learn-queue-full`, `store-…`, `training-no-room` */
  async start(source: string, asked: Asked): Promise<void> {
    this.#refuse(source);
    const { quantity, preset } = this.#settings;
    const job = { format: 1, id: randomUUID(), source, quantity, preset, ...asked, lastId: 0, paused: false } as const;
    const entry = newEntry(job, false);
    // before anything is waited for, so that the next start finds it
    this.#entries.set(source, entry);
    try {
      const { db } = this.#places.store;
      const lastId = await lastRecording(db, job);
      if (lastId === 0) throw await nothing(db, job);
      entry.job = { ...job, lastId };
      // a learning that was stopped half-way makes room for this one
      await this.#jobs.remove(source);
      await this.#jobs.save(entry.job);
    } catch (thrown) {
      this.#entries.delete(source);
      await this.#tell(entry, { state: 'failed', reason: toPerceptError(thrown).localized() });
      throw thrown;
    }
    if (entry.wish === undefined) this.#enter(entry);
    else await this.#stopped(entry);
  }

  /** @throws PerceptError `learn-not-running` */
  async cancel(source: string): Promise<void> {
    const entry = this.#entries.get(source);
    if (entry) return await this.#stop(entry, 'cancel');
    const job = await this.#jobs.load(source);
    if (!job) throw learnError('learn-not-running', { source });
    await this.#jobs.remove(source);
    await this.#tell(newEntry(job, false), { state: 'cancelled' });
  }

  /** @throws PerceptError `learn-not-running` */
  async pause(source: string): Promise<void> {
    const entry = this.#entries.get(source);
    if (!entry) throw learnError('learn-not-running', { source });
    await this.#stop(entry, 'pause');
  }

  /** @throws PerceptError `learn-busy`, `learn-not-running` */
  async resume(source: string): Promise<void> {
    this.#refuse(source);
    const job = await this.#jobs.load(source);
    if (!job) throw learnError('learn-not-running', { source });
    this.#refuse(source);
    const entry = newEntry({ ...job, paused: false }, true);
    this.#entries.set(source, entry);
    try {
      await this.#jobs.save(entry.job);
    } catch (thrown) {
      this.#entries.delete(source);
      throw thrown;
    }
    if (entry.wish === undefined) this.#enter(entry);
    else await this.#stopped(entry);
  }

  /** Where a source stands, with its versions. */
  async tell(source: string, kind: Job['kind']): Promise<void> {
    const versions = await this.#read(source);
    const job = this.#entries.has(source) ? undefined : await this.#jobs.load(source).catch(() => undefined);
    const idle = { source, kind: job?.kind ?? kind, state: job ? 'paused' : 'idle', progress: 0 } as const;
    this.#hooks.tell({ ...(this.#entries.get(source)?.said ?? idle), versions });
  }

  /** What is at work is kept, to be gone on with; with `removed`, nothing is. */
  async close(removed: boolean): Promise<void> {
    this.#closing = true;
    for (const entry of this.#entries.values()) this.#wish(entry, removed ? 'cancel' : 'close');
    await this.#working;
    if (removed) await this.#jobs.clear();
  }

  #refuse(source: string): void {
    if (this.#entries.has(source)) throw learnError('learn-busy', { source });
    if (this.#entries.size > mostWaiting) throw learnError('learn-queue-full', { source, limit: mostWaiting });
  }

  #enter(entry: Entry): void {
    entry.placed = true;
    this.#entries.set(entry.job.source, entry);
    const [first] = this.#entries.values();
    if (first && first !== entry)
      void this.#tell(entry, { state: 'gathering', reason: say('waits', { source: first.job.source }) });
    if (!this.#busy) this.#working = this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let entry = this.#next(); entry; entry = this.#next()) {
      const { source } = entry.job;
      try {
        await this.#learn(entry);
      } catch (thrown) {
        // even how it ended could not be kept: the next one has its turn
        this.#entries.delete(source);
        this.#hooks.failed(thrown, { source, goesOn: false });
      }
    }
    this.#busy = false;
  }

  #next(): Entry | undefined {
    if (this.#closing) return undefined;
    return [...this.#entries.values()].find(({ placed, wish }) => placed && wish === undefined);
  }

  async #learn(entry: Entry): Promise<void> {
    const { job } = entry;
    try {
      if (entry.resumed && (await this.#wasMade(job))) return await this.#finished(entry);
      if (entry.resumed) this.#hooks.log(`${job.source}: ${say('resumed')}`);
      const reason = entry.resumed ? { reason: say('resumed') } : {};
      await this.#tell(entry, { state: 'gathering', ...reason });
      const { card, bytes, gathered } = await this.#run(entry).result();
      if (entry.wish === 'cancel') return await this.#stopped(entry);
      await this.#shelf.publish(job.source, card, bytes);
      await this.#finished(entry, gathered);
    } catch (thrown) {
      if (entry.wish !== undefined) await this.#stopped(entry);
      else await this.#failed(entry, thrown);
    }
  }

  /** A crash between making a version and forgetting the job must not make a second one. */
  async #wasMade({ source, id }: Job): Promise<boolean> {
    const version = await this.#shelf.madeBy(source, id);
    if (version === undefined) return false;
    await this.#shelf.use(source, version);
    return true;
  }

  #run(entry: Entry): Run {
    const { job } = entry;
    const { checkpointMs } = this.#settings;
    const share = readingShare[job.kind];
    const places = { ...this.#places, checkpoint: this.#jobs.checkpoint(job.source), checkpointMs };
    let told = 0;
    const run = new Run(job, places, {
      gathered: (done) => {
        if (done < 1 && performance.now() - told < tellMs) return;
        told = performance.now();
        void this.#tell(entry, { state: 'features', progress: share * done });
      },
      trained: (progress) => void this.#tell(entry, { state: 'training', ...trainingOf(progress, share) }),
      numbered: async () => ({
        name: nameOf(job.source, job.quantity),
        version: await this.#shelf.next(job.source),
      }),
    });
    entry.run = run;
    return run;
  }

  async #finished(entry: Entry, gathered?: Gathered): Promise<void> {
    const { source } = entry.job;
    await this.#jobs.remove(source);
    this.#entries.delete(source);
    const reason = gathered ? sayLeft(gathered.left) : '';
    await this.#hooks.live(source);
    const { loss, validation, epoch, epochs } = entry.said;
    const curve = loss ? { loss, validation, epoch, epochs } : {};
    await this.#tell(entry, { state: 'ready', progress: 1, ...withoutUndefined(curve), ...(reason ? { reason } : {}) });
  }

  async #stop(entry: Entry, wish: Wish): Promise<void> {
    const waits = entry.run === undefined;
    this.#wish(entry, wish);
    // who waits for its turn has nobody else to say so
    if (waits && entry.placed && !entry.wake) await this.#stopped(entry);
  }

  #wish(entry: Entry, wish: Wish): void {
    entry.wish = wish;
    if (wish === 'cancel') entry.run?.cancel();
    else entry.run?.pause();
    entry.wake?.();
  }

  async #stopped(entry: Entry): Promise<void> {
    const { job, wish } = entry;
    this.#entries.delete(job.source);
    if (wish === 'close') return;
    if (wish === 'cancel') await this.#jobs.remove(job.source);
    else await this.#jobs.save({ ...job, paused: true });
    const { progress } = entry.said;
    await this.#tell(entry, wish === 'cancel' ? { state: 'cancelled' } : { state: 'paused', progress });
  }

  async #failed(entry: Entry, thrown: unknown): Promise<void> {
    const { job } = entry;
    const problem = toPerceptError(thrown);
    const goesOn = entry.resumed && passing.test(problem.code);
    this.#hooks.failed(problem, { source: job.source, goesOn });
    if (goesOn) return await this.#later(entry, problem.localized());
    this.#entries.delete(job.source);
    try {
      if (canGoOn.test(problem.code)) await this.#jobs.save({ ...job, paused: true });
      else await this.#jobs.remove(job.source);
    } catch (other) {
      this.#hooks.failed(other, { source: job.source, goesOn: false });
    }
    await this.#tell(entry, { state: 'failed', progress: entry.said.progress, reason: problem.localized() });
  }

  /** A store may start later than Node-RED. */
  async #later(entry: Entry, problem: string): Promise<void> {
    const { againMs } = this.#settings;
    await this.#tell(entry, { state: 'gathering', reason: say('again', { seconds: againMs / 1000, problem }) });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, againMs);
      entry.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    delete entry.wake;
    if (entry.wish !== undefined) await this.#stopped(entry);
  }

  async #tell(entry: Entry, what: Partial<Learning> & { readonly state: LearningState }): Promise<void> {
    const { source, kind } = entry.job;
    const said = { source, kind, progress: 0, ...what };
    entry.said = said;
    const known = isTick(what.state) ? this.#versions.get(source) : undefined;
    const versions = known ?? (await this.#read(source));
    // something newer may have been said while the versions were read
    if (said === entry.said) this.#hooks.tell({ ...said, versions });
  }

  /** What is learned goes on, whether or not the list can be read. */
  async #read(source: string): Promise<Learning['versions']> {
    try {
      const versions = await this.#shelf.versions(source);
      this.#versions.set(source, versions);
      return versions;
    } catch (thrown) {
      this.#hooks.failed(thrown, { source, goesOn: true });
      return this.#versions.get(source) ?? [];
    }
  }
}

/** Said several times a second: the versions don't change meanwhile. */
function isTick(state: LearningState): boolean {
  return state === 'features' || state === 'training';
}

const tellMs = 250;

function newEntry(job: Job, resumed: boolean): Entry {
  return { job, resumed, placed: false, said: { source: job.source, kind: job.kind, state: 'gathering', progress: 0 } };
}

function trainingOf({ epoch, epochs, step, steps, curve }: Progress, share: number): Partial<Learning> {
  const done = (epoch - 1 + step / steps) / epochs;
  return {
    progress: share + (1 - share) * Math.min(1, Math.max(0, done)),
    epoch,
    epochs,
    loss: curve.map(({ loss }) => loss),
    validation: curve.flatMap(({ validation }) => validation ?? []),
  };
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Partial<T>;
}
