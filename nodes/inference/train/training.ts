import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { inferenceError } from '../errors.js';
import { guardThread } from '../guard.js';
import { usualRuntimes } from '../runtime.js';
import { keepRuntimeSilent } from '../telemetry.js';
import { revived, trainingError } from './errors.js';
import type { Examples } from './examples.js';
import { type Network, parametersOf } from './network.js';
import { type Progress, type Trained, type TrainingOptions, usualOptions } from './options.js';
import type { TrainingReply, TrainingThreadData, Wish } from './protocol.js';

export interface TrainingJob {
  readonly network: Network;
  /** Handed over: arrays that fill their ArrayBuffer are empty afterwards, shared ones are read where they are. */
  readonly examples: Examples;
  readonly options?: Partial<TrainingOptions>;
  /** File for where training is, so that it goes on after a restart; removed at the end. */
  readonly checkpoint?: string;
  /** How often it is written; a minute unless said. */
  readonly checkpointMs?: number;
  /** Of the runtime; one, which leaves the other cores to everything else. */
  readonly threads?: number;
  readonly runtimes?: readonly string[];
  readonly onProgress?: (progress: Progress) => void;
}

export interface Training {
  /** @throws PerceptError `training-…`, `model-no-runtime` */
  readonly result: Promise<Trained>;
  /** Ends it; nothing is kept. */
  cancel(): void;
  /** Ends it after the present step; where it was is kept in the checkpoint. */
  pause(): void;
}

/**
 * Learns in a thread of its own. The same job goes on from its checkpoint, and ends with the same model as without a stop.
 * @throws PerceptError `training-bad-network`
 */
export function train(job: TrainingJob): Training {
  parametersOf(job.network);
  keepRuntimeSilent();
  const { gate, gone } = guardThread();
  const { examples, moved } = handedOver(job.examples);
  const worker = new Worker(join(__dirname, 'worker.js'), {
    workerData: {
      network: job.network,
      examples,
      options: { ...usualOptions, ...job.options },
      ...(job.checkpoint === undefined ? {} : { checkpoint: job.checkpoint }),
      checkpointMs: job.checkpointMs ?? 60_000,
      threads: job.threads ?? 1,
      gate,
      runtimes: job.runtimes ?? usualRuntimes,
    } satisfies TrainingThreadData,
    transferList: moved,
    name: 'percept training',
  });
  const { promise, resolve, reject } = Promise.withResolvers<Trained>();
  let outcome = (): void => reject(trainingError('training-died', { detail: 'it gave no reason' }));
  worker.on('message', (reply: TrainingReply) => {
    if ('progress' in reply) job.onProgress?.(reply.progress);
    else if ('trained' in reply) outcome = () => resolve(reply.trained);
    else if ('failure' in reply) outcome = () => reject(revived(reply.failure));
    else outcome = () => reject(inferenceError('model-no-runtime', { detail: reply.noRuntime }));
  });
  worker.on('error', (thrown) => {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    outcome = () => reject(trainingError('training-died', { detail }, { cause: thrown }));
  });
  // only a thread that is gone has let go of everything
  worker.on('exit', () => {
    gone();
    outcome();
  });
  const wish = (wanted: Wish): void => worker.postMessage(wanted);
  return { result: promise, cancel: () => wish('cancel'), pause: () => wish('pause') };
}

function handedOver({ x, y }: Examples): { examples: Examples; moved: ArrayBuffer[] } {
  const own = [x, ...(y ? [y] : [])].map((values) => (isPart(values) ? values.slice() : values));
  const [first, second] = own as [Float32Array, Float32Array?];
  return {
    examples: second ? { x: first, y: second } : { x: first },
    moved: own.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer),
  };
}

function isPart({ buffer, byteLength }: Float32Array): boolean {
  return buffer instanceof ArrayBuffer && buffer.byteLength !== byteLength;
}
