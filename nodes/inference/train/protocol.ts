import type { Carried } from './errors.js';
import type { Progress, Trained } from './options.js';
import type { TrainerJob } from './trainer.js';

export interface TrainingThreadData extends TrainerJob {
  readonly gate: Int32Array;
  readonly runtimes: readonly string[];
}

export type Wish = 'cancel' | 'pause';

export type TrainingReply =
  | { readonly progress: Progress }
  | { readonly trained: Trained }
  | { readonly failure: Carried }
  /** Neither runtime can be loaded. */
  | { readonly noRuntime: string };
