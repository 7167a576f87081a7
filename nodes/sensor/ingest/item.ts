import type { PerceptError, Reading } from '../../kit/index.js';
import type { Stored } from '../../store/bucket/bucket.js';
import type { Arrival, Decoded, Recorded } from '../decode/contract.js';

/** What became of a message. */
export interface Outcome {
  readonly arrival: Arrival;
  /** New rows only: a repeat has none. */
  readonly readings: readonly Reading[];
  readonly recordings: readonly StoredRecording[];
  readonly rejected?: Rejection;
  /** The dead letter that was driven through again. */
  readonly redriven?: number;
}

export interface StoredRecording {
  readonly id: number;
  readonly recorded: Recorded;
  readonly stored: Stored;
}

export interface Rejection {
  readonly error: PerceptError;
  /** Its row among the dead letters. */
  readonly deadLetter: number;
}

/** Whether it comes again by itself if the node closes before it is stored: only then may it be let go. */
export type Origin = { readonly comesAgain: boolean } | { readonly comesAgain: true; readonly redriven: number };

/** A message on its way into the store. */
export interface Item {
  readonly arrival: Arrival;
  work: { readonly decoded: Decoded } | { readonly rejected: PerceptError };
  /** Of the recordings, once their bytes are in the bucket. */
  stored: readonly Stored[];
  readonly from: Origin;
  /** Called once: with what became of it, or with nothing when the node closes first. */
  readonly settle: (outcome: Outcome | undefined) => void;
}

export function redrivenOf({ from }: Item): number | undefined {
  return 'redriven' in from ? from.redriven : undefined;
}

export function rowsOf({ work }: Item): number {
  return 'decoded' in work ? work.decoded.readings.length + work.decoded.recordings.length : 1;
}
