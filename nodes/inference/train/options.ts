/** How to learn. */
export interface TrainingOptions {
  /** Examples per step. */
  readonly batch: number;
  readonly epochs: number;
  /** Of Adam. */
  readonly rate: number;
  /** How the rate changes over the epochs: not at all, or along half a cosine down to nothing (arXiv 1608.03983). */
  readonly course: 'level' | 'cosine';
  /** The same seed on the same data gives the same model. */
  readonly seed: number;
  /** Share of the examples, the last ones, that are not learned from but tried on. */
  readonly validation: number;
  /** Epochs without a better score on those before it ends. */
  readonly patience: number;
}

export const usualOptions: TrainingOptions = {
  batch: 32,
  epochs: 50,
  rate: 1e-3,
  course: 'level',
  seed: 1,
  validation: 0.2,
  patience: 6,
};

/** @param epoch from 0 */
export function rateIn({ rate, course, epochs }: TrainingOptions, epoch: number): number {
  return course === 'level' ? rate : (rate * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2;
}

/** One epoch of the loss curve. */
export interface CurvePoint {
  readonly epoch: number;
  /** Mean over the epoch's steps. */
  readonly loss: number;
  /** On what was not learned from; absent without any. */
  readonly validation?: number;
}

export interface Progress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Within the epoch. */
  readonly step: number;
  readonly steps: number;
  /** Mean of this epoch so far. */
  readonly loss: number;
  /** Examples a second, since it began or went on. */
  readonly rate: number;
  /** Until the last epoch; early stopping may come before. */
  readonly remainingMs: number;
  readonly curve: readonly CurvePoint[];
}

/** What comes before the network: it gets `(value - mean) * scale`. */
export interface Normal {
  readonly mean: number;
  readonly scale: number;
}

export interface Trained {
  /** The model to be run, weights in 8 bits. */
  readonly model: Uint8Array<ArrayBuffer>;
  readonly normal: Normal;
  readonly curve: readonly CurvePoint[];
  /** The epoch whose parameters are in the model. */
  readonly epoch: number;
  /** Of the model as it is exported, on the examples not learned from (on all, where there are none). */
  readonly scores: Readonly<Record<string, number>>;
}
