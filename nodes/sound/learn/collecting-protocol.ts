import type { Collected } from './collected.js';
import type { CollectorSettings } from './collector.js';

export interface CollectingThreadData {
  readonly settings: CollectorSettings;
  readonly conditions: number;
}

export type CollectingRequest =
  | { readonly bytes: Uint8Array; readonly time: number }
  /** No more comes: what is there is made into what is learned from. */
  | 'finish';

export type CollectingReply =
  /** Stretches so far. */
  | { readonly stretches: number }
  | { readonly collected: Collected }
  /** A code of `soundError`'s, or empty. */
  | { readonly failure: { readonly code: string; readonly detail: string } };
