import type { Kind } from './kinds.js';

export type LearningState =
  | 'gathering'
  | 'features'
  | 'training'
  | 'ready'
  | 'cancelled'
  | 'paused'
  | 'failed'
  | 'idle';

/** What was learned at some time. */
export interface Version {
  readonly version: string;
  readonly kind: Kind;
  /** UTC epoch milliseconds. */
  readonly madeAt: number;
  /** The one that is used. */
  readonly live: boolean;
  /** By name: `accuracy`, `loss`, `minutes`, `threshold`. */
  readonly scores: Readonly<Record<string, number>>;
  /** How long learning took. */
  readonly seconds?: number;
}

/** `msg.learning`: how far learning a source has come, and what was learned of it before, newest first. */
export interface Learning {
  readonly source: string;
  readonly kind: Kind;
  readonly state: LearningState;
  /** 0 to 1 */
  readonly progress: number;
  readonly epoch?: number;
  readonly epochs?: number;
  /** Of each epoch: on what is learned from, and on what is held back. */
  readonly loss?: readonly number[];
  readonly validation?: readonly number[];
  /** For people: why it failed, what it waits for, what was left out. */
  readonly reason?: string;
  readonly versions: readonly Version[];
}
