import type { Failure } from '../channels/channel.js';

/** How long channels are given. */
export interface Patience {
  /** ms from the first attempt until the next channel is tried. */
  readonly failover: number;
  /** ms on the last one. */
  readonly giveUp: number;
  /** ms before the second attempt; doubles with each. */
  readonly firstPause: number;
  readonly longestPause: number;
}

/** On the channel it is on. */
export interface Trying {
  readonly attempts: number;
  readonly unanswered: number;
  /** ms UTC */
  readonly begun: number;
  /** Another channel comes after this one. */
  readonly hasNext: boolean;
}

/** `due`: again here, then. */
export type Next = { readonly what: 'wait'; readonly due: number } | { readonly what: 'next' };

/** Without an answer, a channel gets a notice once more and no oftener: each attempt may have arrived. */
export const mostUnanswered = 2;

/**
 * What follows an attempt that failed.
 * @param after ms that the provider asked to wait
 */
export function afterFailure(
  failure: Failure,
  { attempts, unanswered, begun, hasNext }: Trying,
  patience: Patience,
  now: number,
  after = 0,
  random = Math.random,
): Next {
  if (failure === 'refused') return { what: 'next' };
  if (failure === 'unanswered' && unanswered >= mostUnanswered) return { what: 'next' };
  const due = now + Math.max(after, pause(attempts, patience, random));
  // whoever has to wait for longer than the next channel would is passed over at once
  return due - begun > (hasNext ? patience.failover : patience.giveUp) ? { what: 'next' } : { what: 'wait', due };
}

/** Doubles from attempt to attempt; half of it by chance, so that many do not come back at one time. */
function pause(attempts: number, { firstPause, longestPause }: Patience, random: () => number): number {
  const whole = Math.min(longestPause, firstPause * 2 ** Math.min(30, Math.max(0, attempts - 1)));
  return whole * (0.5 + random() / 2);
}
