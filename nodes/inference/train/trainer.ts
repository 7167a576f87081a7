import type { Runtime } from '../runtime.js';
import { markOf, readCheckpoint, removeCheckpoint, writeCheckpoint } from './checkpoint.js';
import { trainingError } from './errors.js';
import { ExampleSet, type Examples } from './examples.js';
import { inferenceModel } from './export.js';
import { forwardModel } from './graphs.js';
import { type Network, outputsOf } from './network.js';
import { type Progress, rateIn, type Trained, type TrainingOptions } from './options.js';
import { Random } from './random.js';
import { Scorer } from './scorer.js';
import { firstState, type State } from './state.js';
import { Stepper } from './stepper.js';

export interface TrainerJob {
  readonly network: Network;
  readonly examples: Examples;
  readonly options: TrainingOptions;
  /** File that a training that was stopped goes on from. */
  readonly checkpoint?: string;
  readonly checkpointMs: number;
  /** Intra-op threads of the runtime. */
  readonly threads: number;
}

export interface TrainerHooks {
  readonly gate: Int32Array;
  readonly progress: (progress: Progress) => void;
  /** Asked between steps. */
  readonly wish: () => 'go on' | 'cancel' | 'pause';
}

const tellMs = 250;
/** What a wish to stop may have to wait for. */
const callMs = 1_000;
const mostAtOnce = 64;

/** How many steps to take at once when so many took so long. */
function fitting(count: number, ms: number): number {
  return Math.max(1, Math.min(mostAtOnce, 4 * count, Math.floor((count * callMs) / Math.max(1, ms))));
}

/** Learns, in the thread that calls it. Everything is a function of examples, network and options, also over a restart. */
export class Trainer {
  readonly #runtime: Runtime;
  readonly #job: TrainerJob;
  readonly #hooks: TrainerHooks;
  readonly #set: ExampleSet;
  readonly #mark: string;
  readonly #state: State;
  readonly #batch: number;
  readonly #steps: number;
  readonly #how: { readonly threads: number; readonly gate: Int32Array };
  /** Steps in one call of the runtime. The result does not depend on it. */
  #atOnce = 1;
  #began = performance.now();
  #doneBefore = 0;
  #told = 0;
  #saved = performance.now();

  /** @throws PerceptError `training-…` when the job cannot be done */
  constructor(runtime: Runtime, job: TrainerJob, hooks: TrainerHooks) {
    const { network, examples, options, checkpoint } = job;
    this.#runtime = runtime;
    this.#job = job;
    this.#hooks = hooks;
    this.#how = { threads: job.threads, gate: hooks.gate };
    this.#set = new ExampleSet(network, examples, options.validation);
    this.#mark = checkpoint === undefined ? '' : markOf(network, options, examples);
    const kept = checkpoint === undefined ? undefined : readCheckpoint(checkpoint, this.#mark);
    this.#state = kept ?? firstState(network, options.seed);
    this.#batch = Math.min(options.batch, this.#set.learned);
    this.#steps = Math.floor(this.#set.learned / this.#batch);
  }

  /** @throws PerceptError `training-cancelled`, `training-paused`, `training-diverged`, `training-no-room` */
  async run(): Promise<Trained> {
    const { network, options, checkpoint } = this.#job;
    const { at } = this.#state;
    const stepper = await Stepper.open(this.#runtime, network, this.#state, { batch: this.#batch, ...this.#how });
    const scorer = await Scorer.open(this.#runtime, network, forwardModel(network), this.#how);
    try {
      this.#began = performance.now();
      this.#doneBefore = at.steps;
      while (at.epoch < options.epochs && at.epoch - at.bestEpoch < options.patience) {
        await this.#epoch(stepper);
        await this.#judge(stepper, scorer);
      }
    } finally {
      await stepper.release();
      await scorer.release();
    }
    const trained = await this.#export();
    if (checkpoint !== undefined) removeCheckpoint(checkpoint);
    return trained;
  }

  async #epoch(stepper: Stepper): Promise<void> {
    const { options, checkpointMs } = this.#job;
    const { at } = this.#state;
    const order = new Random(options.seed, at.epoch + 1).order(this.#set.learned);
    while (at.step < this.#steps) {
      this.#obey(stepper);
      const count = Math.min(this.#atOnce, this.#steps - at.step);
      const rows = order.subarray(at.step * this.#batch, (at.step + count) * this.#batch);
      const { x, y } = this.#set.gather(rows);
      const began = performance.now();
      const losses = await stepper.run(x, y, at.steps + 1, rateIn(options, at.epoch));
      this.#atOnce = fitting(count, performance.now() - began);
      const loss = losses.reduce((sum, value) => sum + value, 0);
      if (!Number.isFinite(loss)) this.#giveUp('training-diverged');
      at.steps += count;
      at.step += count;
      at.lossSum += loss;
      this.#tell();
      if (performance.now() - this.#saved > checkpointMs) this.#save(stepper);
    }
  }

  /** Ends an epoch: how good is it on what was not learned from? */
  async #judge(stepper: Stepper, scorer: Scorer): Promise<void> {
    const { at, moments, best } = this.#state;
    stepper.settle(this.#state);
    const loss = at.lossSum / this.#steps;
    const held = this.#held();
    const validation = held.length === 0 ? undefined : (await scorer.score(this.#set, held, moments[0])).loss;
    at.epoch++;
    at.curve.push({ epoch: at.epoch, loss, ...(validation === undefined ? {} : { validation }) });
    at.step = 0;
    at.lossSum = 0;
    const score = validation ?? loss;
    if (score < at.bestScore) {
      at.bestScore = score;
      at.bestEpoch = at.epoch;
      best.set(moments[0]);
    }
    this.#tell(true);
  }

  #obey(stepper: Stepper): void {
    const wish = this.#hooks.wish();
    if (wish === 'go on') return;
    if (wish === 'cancel') this.#giveUp('training-cancelled');
    this.#save(stepper);
    throw trainingError('training-paused', { epoch: this.#state.at.epoch + 1 });
  }

  /** What would be gone on from is not worth it. */
  #giveUp(code: 'training-cancelled' | 'training-diverged'): never {
    const { checkpoint } = this.#job;
    if (checkpoint !== undefined) removeCheckpoint(checkpoint);
    throw trainingError(code, { epoch: this.#state.at.epoch + 1 });
  }

  #save(stepper: Stepper): void {
    const { checkpoint } = this.#job;
    this.#saved = performance.now();
    if (checkpoint === undefined) return;
    stepper.settle(this.#state);
    writeCheckpoint(checkpoint, this.#mark, this.#state);
  }

  #tell(now = false): void {
    const time = performance.now();
    if (!now && time - this.#told < tellMs) return;
    this.#told = time;
    const { at } = this.#state;
    const { epochs } = this.#job.options;
    const perStep = (time - this.#began) / Math.max(1, at.steps - this.#doneBefore);
    this.#hooks.progress({
      epoch: Math.min(at.epoch + (at.step > 0 ? 1 : 0), epochs),
      epochs,
      step: at.step || this.#steps,
      steps: this.#steps,
      loss: at.step > 0 ? at.lossSum / at.step : (at.curve.at(-1)?.loss ?? 0),
      rate: (1000 * this.#batch) / perStep,
      remainingMs: perStep * (epochs * this.#steps - at.steps),
      curve: at.curve,
    });
  }

  async #export(): Promise<Trained> {
    const { network, examples } = this.#job;
    const { best, at } = this.#state;
    const model = inferenceModel(network, best);
    const scorer = await Scorer.open(this.#runtime, network, model, this.#how);
    const held = this.#held();
    const rows = held.length > 0 ? held : Uint32Array.from({ length: this.#set.count }, (_, i) => i);
    const classes = examples.y !== undefined && outputsOf(network) > 1;
    const scores = await scorer.score(this.#set, rows, undefined, classes);
    await scorer.release();
    return {
      model: new Uint8Array(model),
      normal: this.#set.normal,
      curve: at.curve,
      epoch: at.bestEpoch,
      scores: { ...scores },
    };
  }

  #held(): Uint32Array {
    const { learned, count } = this.#set;
    return Uint32Array.from({ length: count - learned }, (_, i) => learned + i);
  }
}
